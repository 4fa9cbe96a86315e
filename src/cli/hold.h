/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A setting lives as long as somebody holds the device: --hold, --try. */
#ifndef CLI_HOLD_H
#define CLI_HOLD_H

#include "core/base/error.h"
#include "core/tph/target.h"

struct invocation;

/*
 * open_target() for a change. Where the change is the result of the command,
 * and it would end with it since no process holds the device, that is refused
 * before anything is opened, unless --try or --hold was given. Returns 0, or
 * -errno with *err filled: ERR_BUSY, ERR_WOULD_NOT_LAST, ...
 */
int hold_open(struct invocation *inv, struct target *target, struct error *err);

/* After a change: report the member "lasting". */
void hold_tell(struct invocation *inv, const struct target *target);

/* Behind all that is told of the change: note that what was tried is gone. */
void hold_note(const struct invocation *inv, const struct target *target);

/* Keep an open target until the program is told to end. */
int hold_keep(struct invocation *inv, struct target *target, struct error *err);

/*
 * What a dry run of --hold would do in the end. Nothing without either.
 * Returns 0, or -errno with *err filled.
 */
int hold_rehearse(struct invocation *inv, struct target *target,
		  struct error *err);

/*
 * Say that the devices are held, wait for SIGINT, SIGTERM or SIGHUP, then
 * disable TPH on each and let go. One that came since the first device was
 * begun has waited.
 */
int hold_wait(struct invocation *inv, struct error *err);
void hold_release(struct invocation *inv);

#endif

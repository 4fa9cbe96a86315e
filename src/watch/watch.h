/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeping devices as their profiles say, while whoever holds them comes and
 * goes.
 *
 * One process waits for events and never touches a device; each change is
 * made by a child of its own, so that a device that hangs stops nobody, and
 * a watch that runs for months carries nothing over from one change to the
 * next.
 */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

#include "core/base/error.h"
#include "core/pci/bdf.h"
#include "core/profile/profile.h"

struct watch;

int watch_new(struct watch **watch, const char *abi, struct error *err);

/*
 * Wait for at most five seconds for changes that are being made, say of which
 * devices the state is not known then, and free it.
 */
void watch_free(struct watch *watch);

/*
 * Tell what is to be watched from now on: begin, add each function, end. What
 * was watched before and still is goes on, a change that is being made as
 * well. wanted must outlive the next watch_end(). A function that another
 * watch has is left out, and one that is added twice: ERR_INPUT.
 */
int watch_begin(struct watch *watch, struct error *err);
int watch_add(struct watch *watch, const struct bdf *bdf,
	      const struct profile_device *wanted, struct error *err);
void watch_end(struct watch *watch);

/*
 * Run until SIGINT or SIGTERM (0), SIGHUP (1: read the profiles again), a
 * device came or went (1), or a failure (-errno with *err filled).
 */
#define WATCH_AGAIN 1
int watch_run(struct watch *watch, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What apply, verify, save and undo share. */
#ifndef CLI_PROFILE_DEVICE_H
#define CLI_PROFILE_DEVICE_H

#include "cli/invocation.h"
#include "core/profile/apply.h"
#include "core/profile/profile.h"

#define UNDO_NAME "undo.json"

/* Report every problem of a file. Returns -errno with the last one. */
int report_problems(struct invocation *inv, const struct problems *problems,
		    struct error *err);

/*
 * Have the command act on each device of a profile: what of it names none is
 * reported and counted. Returns 0, or -errno with *err filled.
 */
int act_on_profile(struct invocation *inv, const struct profile *profile,
		   void *state, struct error *err);

/*
 * Open for reading alone. A device on which TPH is off needs no opening
 * (which would reset it); one on which it is on is held by somebody, from
 * whom it is borrowed.
 */
int open_for_reading(struct invocation *inv, struct target *target,
		     struct error *err);

/* Tell the differences, a line each, as "differences" in JSON. */
void tell_differences(struct invocation *inv, const struct target *target,
		      const struct apply_plan *plan);

#endif

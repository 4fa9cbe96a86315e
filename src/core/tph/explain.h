/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an errno of the TPH interface means, in words for a user. */
#ifndef CORE_TPH_EXPLAIN_H
#define CORE_TPH_EXPLAIN_H

#include "core/tph/result.h"
#include "core/tph/target.h"

/* "ns iv ds", "none": the names of a set of modes. */
const char *steering_modes(unsigned int modes, char text[16]);

/* Each fills *err for what the kernel answered (-errno) and returns it. */
int steering_explain_enable(const struct target *target, unsigned int mode,
			    int number, struct error *err);
int steering_explain_get_tags(const struct target *target, int number,
			      struct error *err);
int steering_explain_other_mode(const struct target *target,
				unsigned int wanted, struct error *err);

/* What to do where the gate of device-specific mode is shut. */
void steering_hint_gate(const struct target *target, struct error *err);

/*
 * SET_ST failed after done entries in calls that succeeded. The table was
 * read back if result says so. ERR_PARTIAL where entries stand, else
 * ERR_REFUSED.
 */
int steering_explain_set(const struct steering_result *result, size_t done,
			 int number, struct error *err);

/*
 * Something failed on a device that somebody else holds, which keeps what was
 * changed: append what became of TPH, unless the message tells already.
 */
void steering_explain_state(struct target *target, struct error *err);

/* After that: what has become of TPH. */
void steering_explain_end(const struct target *target, bool put_back,
			  struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a device in a form that can be brought back: SET_ST takes
 * CPUs, not tags, so each tag is looked up among the tags of all CPUs.
 */
#ifndef CORE_PROFILE_SNAPSHOT_H
#define CORE_PROFILE_SNAPSHOT_H

#include <stdbool.h>

#include "core/cpu/cpulist.h"
#include "core/tph/st_plan.h"
#include "core/tph/target.h"
#include "core/cpu/topology.h"

struct snapshot {
	bool enabled;
	unsigned int mode;   /* while enabled */
	enum tph_mem mem;    /* memory type whose tags explain most */
	struct st_plan plan; /* index -> a CPU that has the entry's tag */
	struct cpulist unexplained; /* entries whose tag no CPU has */
	struct cpulist unasked;	    /* CPUs that might have it: not asked for */
	uint16_t *tags;		    /* of every entry, or NULL: not readable */
};

/*
 * Take the state of an open device. While TPH is off the entries mean
 * nothing and are not looked at. Issues GET_ST, nothing that changes
 * anything. Returns 0, or -errno with *err filled.
 */
int snapshot_take(struct target *target, const struct topology *topology,
		  struct snapshot *snapshot, struct error *err);

void snapshot_free(struct snapshot *snapshot);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bringing an open device to a wanted state, and telling how far it is from
 * it.
 */
#ifndef CORE_PROFILE_APPLY_H
#define CORE_PROFILE_APPLY_H

#include "core/profile/profile.h"
#include "core/profile/snapshot.h"
#include "core/tph/target.h"
#include "core/cpu/topology.h"

/* One difference between what is and what is wanted. */
struct difference {
	enum {
		DIFFERENT_STATE, /* on or off, or the mode */
		DIFFERENT_ENTRY,
		DIFFERENT_VECTOR,  /* of an entry: it is not allocated */
		DIFFERENT_VECTORS, /* of all that are allocated: none is */
	} kind;
	struct tph_entry entry; /* DIFFERENT_ENTRY; of a vector: the index */
	bool known; /* the tags are; wanted is 0 of one to be cleared */
	uint16_t is, wanted;
};

struct apply_plan {
	bool off;	   /* TPH is to be off */
	unsigned int mode; /* else: in this mode */
	enum tph_mem mem;
	struct st_plan entries;
	/* What would have to change. Tags are known only while TPH is on. */
	struct difference *differences;
	size_t n_differences;
};

/* Is it the device that the profile means? 0, or ERR_REFUSED. */
int apply_check_identity(const struct target *target,
			 const struct profile_device *wanted,
			 struct error *err);

/*
 * Compare the device with what a profile wants of it. Everything that can be
 * checked is checked; nothing is changed. Returns 0, or -errno with *err
 * filled.
 */
int apply_compare(struct target *target, const struct topology *topology,
		  const struct profile_device *wanted, struct apply_plan *plan,
		  struct error *err);

/*
 * The same where nothing is to be done about it: that vectors are not
 * allocated which the profile needs is a difference, and not ERR_NO_VECTORS.
 */
int apply_verify(struct target *target, const struct topology *topology,
		 const struct profile_device *wanted, struct apply_plan *plan,
		 struct error *err);

void apply_plan_free(struct apply_plan *plan);

/*
 * Carry the plan out: only what differs is written. before is the state to
 * put back, as far as the kernel allows, when a step fails; the message says
 * what stands then. Returns 0, or -errno with *err filled.
 */
int apply_execute(struct target *target, const struct apply_plan *plan,
		  const struct snapshot *before, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The entries of an ST table that maps come to on a device, and back. */
#ifndef CORE_TPH_ST_PLAN_H
#define CORE_TPH_ST_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/cpu/cpulist.h"
#include "core/cpu/topology.h"
#include "core/tph/abi.h"
#include "core/tph/map.h"
#include "core/tph/msix_vectors.h"

/* The indexes that "all" stands for and that may be named. */
struct st_indexes {
	unsigned int table_size; /* 1-2048 */
	/* The device's allocated MSI-X vectors, ascending by index. */
	const struct msix_vector *vectors;
	size_t n_vectors;
	/* The table is in the MSI-X table: only their entries can be set. */
	bool only_vectors;
	/*
	 * To compare, not to program: indexes whose vector is not allocated
	 * are put here, and are no error. Or NULL.
	 */
	struct cpulist *missing;
};

struct st_plan {
	struct tph_entry *entries; /* ascending by index */
	size_t n;
	/* Of maps that follow interrupts: vectors without a single CPU. */
	struct cpulist left_alone;
};

void st_plan_free(struct st_plan *plan);

/*
 * Make the plan of maps. Indexes of a map in order, its CPUs in order,
 * CPUs repeated in turn where they are fewer; a word (local, node:N, all) may
 * stand for more CPUs than there are indexes, the rest go unused. The
 * CPUs "irq" are those to which the vectors of the same index are delivered;
 * "none" is TPH_CPU_NONE. A list of more CPUs than indexes, an index given
 * twice, or one beyond the table is ERR_USAGE; a vector that is not allocated
 * is ERR_NO_VECTORS, but for indexes->missing. device_node is what "local"
 * means. Returns 0, or -errno with *err filled.
 */
int st_plan_make(const struct st_maps *maps, const struct st_indexes *indexes,
		 const struct topology *topology, int device_node,
		 struct st_plan *plan, struct error *err);

/* Does it clear an entry? */
bool st_plan_clears(const struct st_plan *plan);

/*
 * The maps that make the plan, as few as can be: "0-7=8-15", "8-15=3". They
 * have no text. Returns 0, or -ENOMEM and no maps.
 */
int st_plan_maps(const struct st_plan *plan, struct st_maps *maps);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to stand in an ST table: INDEXES=CPUS, as users write it, and the
 * plan of entries made from it.
 */
#ifndef CORE_TPH_MAP_H
#define CORE_TPH_MAP_H

#include <stddef.h>

#include "core/cpu/cpulist.h"
#include "core/base/error.h"
#include "core/tph/msix_vectors.h"
#include "core/tph/abi.h"
#include "core/cpu/topology.h"

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
 * Is text of the form of a map? For telling maps from devices on a command
 * line; the map may still be wrong.
 */
bool st_map_looks_like(const char *text);

/*
 * Check what can be checked without a device: the form, the lists, an index
 * beyond 2047. Returns 0, or -EINVAL with ERR_USAGE.
 */
int st_map_check(const char *text, struct error *err);

/* The same for either half of a map by itself. */
int st_map_check_indexes(const char *indexes, struct error *err);
int st_map_check_cpus(const char *cpus, struct error *err);

/* Does a map that was checked follow interrupts (INDEXES=irq)? */
bool st_map_follows_irq(const char *map);

/*
 * Make the plan of n maps. Indexes of a map in order, its CPUs in order,
 * CPUs repeated in turn where they are fewer; a selector (local, node:N,
 * all) may have more CPUs than there are indexes, the rest go unused. The
 * CPUs "irq" are those to which the vectors of the same index are delivered. A
 * list of more CPUs than indexes, an index given twice, or one beyond the table
 * is ERR_USAGE; a vector that is not allocated is ERR_NO_VECTORS, but for
 * indexes->missing. device_node is what "local" means.
 * Returns 0, or -errno with *err filled.
 */
int st_plan_make(const char *const *maps, size_t n,
		 const struct st_indexes *indexes,
		 const struct topology *topology, int device_node,
		 struct st_plan *plan, struct error *err);

#endif

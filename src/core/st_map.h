/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to stand in an ST table: INDEXES=CPUS, as users write it, and the
 * plan of entries made from it.
 */
#ifndef CORE_ST_MAP_H
#define CORE_ST_MAP_H

#include <stddef.h>

#include "core/error.h"
#include "core/tph_abi.h"
#include "core/topology.h"

/* The indexes that "all" stands for and that may be named. */
struct st_indexes {
	unsigned int table_size;	/* 1-2048 */
	/* Those of a table in MSI-X that are allocated; NULL: every one. */
	const unsigned int *usable;
	size_t n_usable;
};

struct st_plan {
	struct tph_entry *entries;	/* ascending by index */
	size_t n;
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

/*
 * Make the plan of n maps. Indexes of a map in order, its CPUs in order,
 * CPUs repeated in turn where they are fewer. More CPUs than indexes, an
 * index given twice, or one beyond the table is ERR_USAGE; a vector that is
 * not allocated is ERR_NO_VECTORS. device_node is what "local" means.
 * Returns 0, or -errno with *err filled.
 */
int st_plan_make(const char *const *maps, size_t n,
		 const struct st_indexes *indexes,
		 const struct topology *topology, int device_node,
		 struct st_plan *plan, struct error *err);

#endif

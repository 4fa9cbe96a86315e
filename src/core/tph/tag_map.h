/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other way round: which CPUs does a tag stand for? The kernel tells the
 * tag of a CPU only, so that of every CPU is asked for once.
 */
#ifndef CORE_TPH_TAG_MAP_H
#define CORE_TPH_TAG_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cpu/cpulist.h"
#include "core/tph/target.h"

struct tag_map {
	enum tph_mem mem;    /* memory type that its tags are of */
	struct cpulist cpus; /* ascending */
	uint16_t last;	     /* the highest tag */
	int *first; /* by tag: place in cpus of the lowest one, or -1 */
	int *next;  /* by place: that of the next CPU of the same tag, or -1 */
	/* CPUs that were not asked for: the kernel would not have answered. */
	struct cpulist unasked;
	/* The other type might explain more, but could not be asked for. */
	struct error incomplete; /* ERR_NONE: it was not needed, or asked */
};

/*
 * Ask an open device that has TPH on for the tags of CPUs, which become the
 * map's, ascending. A driver may give no tags of CPUs on which this process
 * cannot run, such as those that are offline: they are unasked then. A table
 * does not say which memory type its tags are of: it is the one that explains
 * more of the n tags in table, volatile if both do. Issues GET_ST, nothing that
 * changes anything. Returns 0, or -errno with *err filled.
 */
int tag_map_load(struct target *target, struct cpulist *cpus,
		 const uint16_t *table, size_t n, struct tag_map *map,
		 struct error *err);
void tag_map_free(struct tag_map *map);

/* The lowest CPU that has a tag, or -1. */
int tag_map_cpu(const struct tag_map *map, uint16_t tag);

/* Append all CPUs that have it, ascending. Returns 0 or -ENOMEM. */
int tag_map_cpus(const struct tag_map *map, uint16_t tag, struct cpulist *list);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A map: which entries of an ST table get the tags of which CPUs. It is made
 * from INDEXES=CPUS, as users write it, from the two halves by themselves, as
 * profiles have them, or from a plan (st_plan.h); it is printed here alone.
 */
#ifndef CORE_TPH_MAP_H
#define CORE_TPH_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/cpu/cpu_choice.h"
#include "core/cpu/cpulist.h"

struct st_map {
	bool all;		/* every entry that can be set, or: */
	struct cpulist indexes; /* these, 0-2047, in the order given */
	struct cpu_choice cpus;
	char text[65]; /* what was read, cut, for messages */
};

struct st_maps {
	struct st_map *list;
	size_t n;
};

/* Where the CPUs of INDEXES=CPUS begin; NULL: the word is not a map. */
const char *st_map_split(const char *word);

/*
 * Parse INDEXES=CPUS. What can be found wrong without a device, is: the form,
 * the lists, an index beyond 2047. *map is empty after a failure. Returns 0,
 * -EINVAL with ERR_USAGE, or -ENOMEM.
 */
int st_map_parse(const char *text, struct st_map *map, struct error *err);

/* The same in two steps; the indexes come first, into an empty map. */
int st_map_parse_indexes(const char *text, size_t length, struct st_map *map,
			 struct error *err);
int st_map_parse_cpus(const char *text, struct st_map *map, struct error *err);

/*
 * Print both halves in the form that is parsed; either is to be freed in any
 * case. Returns 0 or -ENOMEM.
 */
int st_map_print(const struct st_map *map, char **indexes, char **cpus);

void st_map_free(struct st_map *map);

/* Append a map, which is then the list's. Returns 0 or -ENOMEM. */
int st_maps_add(struct st_maps *maps, struct st_map *map);

/* Append the map all=CPUS. Returns 0, or as st_map_parse(). */
int st_maps_add_all(struct st_maps *maps, const char *cpus, struct error *err);

/*
 * What is wrong with maps together, or with the numbers in one, whatever the
 * device. Returns 0, or -EINVAL with ERR_USAGE.
 */
int st_maps_check(const struct st_maps *maps, struct error *err);

/* Does one of them follow interrupts? */
bool st_maps_follow_irq(const struct st_maps *maps);

void st_maps_free(struct st_maps *maps);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/tag_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/cpu/affinity.h"
#include "core/tph/steering.h"

void tag_map_free(struct tag_map *map)
{
	cpulist_free(&map->cpus);
	cpulist_free(&map->unasked);
	free(map->first);
	free(map->next);
	*map = (struct tag_map){ 0 };
}

static int ask(struct target *target, enum tph_mem mem, struct tag_map *map,
	       struct error *err)
{
	size_t n = map->cpus.count;
	_cleanup_free_ uint16_t *tags = calloc(n + 1, sizeof(*tags));
	int r;

	map->mem = mem;
	free(map->first);
	free(map->next);
	map->first = NULL;
	map->last = 0;
	map->next = calloc(n + 1, sizeof(*map->next));
	if (!tags || !map->next)
		return error_system(err, ENOMEM, "cannot look the tags up");
	r = steering_get_tags(target, map->cpus.items, n, mem, tags, err);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++)
		if (tags[i] > map->last)
			map->last = tags[i];
	map->first = malloc((map->last + 1u) * sizeof(*map->first));
	if (!map->first)
		return error_system(err, ENOMEM, "cannot look the tags up");
	memset(map->first, -1, (map->last + 1u) * sizeof(*map->first));
	for (size_t i = n; i-- > 0;) {
		map->next[i] = map->first[tags[i]];
		map->first[tags[i]] = (int)i;
	}
	map->first[0] = -1; /* no tag */
	return 0;
}

/* The place of the lowest CPU that has a tag, or -1. */
static int first_of(const struct tag_map *map, uint16_t tag)
{
	return tag <= map->last ? map->first[tag] : -1;
}

/* How many entries hold a tag that no CPU has? */
static size_t count_unexplained(const struct tag_map *map,
				const uint16_t *table, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += table[i] && first_of(map, table[i]) < 0;
	return count;
}

/* A failure leaves what is known already. */
static void try_persistent(struct target *target, const uint16_t *table,
			   size_t n, size_t unexplained, struct tag_map *map)
{
	struct tag_map other = { .cpus = map->cpus };

	if (ask(target, TPH_MEM_PERSISTENT, &other, &map->incomplete) == 0) {
		map->incomplete.kind = ERR_NONE;
		if (count_unexplained(&other, table, n) < unexplained) {
			struct tag_map less = *map;

			*map = other;
			other = less;
		}
	}
	other.cpus = (struct cpulist){ 0 }; /* they are the other map's, too */
	tag_map_free(&other);
}

/* Leave out those on which this process cannot run. Returns 0 or -ENOMEM. */
static int leave_out_cut(struct tag_map *map)
{
	_cleanup_(affinity_restore) struct affinity own = { 0 };
	size_t kept = 0, at = 0;

	affinity_widen(map->cpus.items, map->cpus.count, &own, &map->unasked);
	for (size_t i = 0; i < map->cpus.count; i++) {
		if (at < map->unasked.count &&
		    map->unasked.items[at] == map->cpus.items[i])
			at++;
		else
			map->cpus.items[kept++] = map->cpus.items[i];
	}
	map->cpus.count = kept;
	return at ? 0 : -ENOENT;
}

int tag_map_load(struct target *target, struct cpulist *cpus,
		 const uint16_t *table, size_t n, struct tag_map *map,
		 struct error *err)
{
	size_t unexplained;
	int r;

	*map = (struct tag_map){ .cpus = *cpus };
	*cpus = (struct cpulist){ 0 };
	r = ask(target, TPH_MEM_VOLATILE, map, err);
	if (r == -EPERM && target->tph.cut_cpu >= 0 && leave_out_cut(map) == 0)
		r = ask(target, TPH_MEM_VOLATILE, map, err);
	if (r) {
		tag_map_free(map);
		return r;
	}
	unexplained = count_unexplained(map, table, n);
	if (unexplained)
		try_persistent(target, table, n, unexplained, map);
	return 0;
}

int tag_map_cpu(const struct tag_map *map, uint16_t tag)
{
	int at = first_of(map, tag);

	return at < 0 ? -1 : (int)map->cpus.items[at];
}

int tag_map_cpus(const struct tag_map *map, uint16_t tag, struct cpulist *list)
{
	for (int at = first_of(map, tag); at >= 0; at = map->next[at])
		if (cpulist_append(list, map->cpus.items[at], 1, 1))
			return -ENOMEM;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/tag_map.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/tph/steering.h"

void tag_map_free(struct tag_map *map)
{
	free(map->cpus);
	free(map->tags);
	*map = (struct tag_map){ 0 };
}

static int load(struct target *target, const struct topology *topology,
		enum tph_mem mem, struct tag_map *map, struct error *err)
{
	struct cpulist cpus = { 0 };
	int r = topology_online_cpus(topology, &cpus);

	*map = (struct tag_map){ .mem = mem,
				 .cpus = cpus.items,
				 .n = cpus.count };
	map->tags = calloc(map->n + 1, sizeof(*map->tags));
	if (r || !map->tags)
		r = error_system(err, ENOMEM, "cannot look the tags up");
	else
		r = steering_get_tags(target, map->cpus, map->n, mem, map->tags,
				      err);
	if (r)
		tag_map_free(map);
	return r;
}

/* How many entries hold a tag that no CPU has? */
static int count_unexplained(const struct tag_map *map, const uint16_t *table,
			     size_t n, size_t *count)
{
	_cleanup_free_ bool *known = calloc(UINT16_MAX + 1, sizeof(*known));

	*count = 0;
	if (!known)
		return -ENOMEM;
	known[0] = true; /* an entry without a tag needs no CPU */
	for (size_t i = 0; i < map->n; i++)
		known[map->tags[i]] = true;
	for (size_t i = 0; i < n; i++)
		*count += !known[table[i]];
	return 0;
}

int tag_map_load(struct target *target, const struct topology *topology,
		 const uint16_t *table, size_t n, struct tag_map *map,
		 struct error *err)
{
	size_t by_volatile, by_persistent;
	struct tag_map other;
	int r = load(target, topology, TPH_MEM_VOLATILE, map, err);

	if (r)
		return r;
	if (count_unexplained(map, table, n, &by_volatile) || by_volatile == 0)
		return 0;
	r = load(target, topology, TPH_MEM_PERSISTENT, &other, err);
	if (r)
		return 0; /* what is known is better than nothing */
	if (count_unexplained(&other, table, n, &by_persistent) == 0 &&
	    by_persistent < by_volatile) {
		tag_map_free(map);
		*map = other;
	} else {
		tag_map_free(&other);
	}
	return 0;
}

int tag_map_cpus(const struct tag_map *map, uint16_t tag, struct cpulist *list)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < map->n; i++)
		if (map->tags[i] == tag)
			r = cpulist_append(list, map->cpus[i], 1, 1);
	return r;
}

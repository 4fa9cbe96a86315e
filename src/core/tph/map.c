/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "uapi/vfio_pci_tph.h"

#define MAX_INDEX (VFIO_PCI_TPH_MAX_ENTRIES - 1)
#define ALL	  "all"

const char *st_map_split(const char *word)
{
	const char *equals = strchr(word, '=');

	return equals ? equals + 1 : NULL;
}

int st_map_parse_indexes(const char *text, size_t length, struct st_map *map,
			 struct error *err)
{
	*map = (struct st_map){ .all = length == strlen(ALL) &&
				       memcmp(text, ALL, length) == 0 };
	snprintf(map->text, sizeof(map->text), "%.*s", (int)length, text);
	return map->all ? 0
			: cpulist_parse(text, length, MAX_INDEX, "index",
					&map->indexes, err);
}

int st_map_parse_cpus(const char *text, struct st_map *map, struct error *err)
{
	size_t used = strlen(map->text);

	snprintf(map->text + used, sizeof(map->text) - used, "=%s", text);
	return cpu_choice_parse(text, strlen(text), CPU_CHOICE_IN_MAP,
				&map->cpus, err);
}

int st_map_parse(const char *text, struct st_map *map, struct error *err)
{
	const char *cpus = st_map_split(text);
	int r;

	*map = (struct st_map){ 0 };
	if (!cpus)
		return error_set(err, ERR_USAGE, EINVAL,
				 "not a map: '%.64s' (INDEXES=CPUS)", text);
	r = st_map_parse_indexes(text, (size_t)(cpus - text) - 1, map, err);
	if (r == 0)
		r = st_map_parse_cpus(cpus, map, err);
	if (r)
		st_map_free(map);
	return r;
}

int st_map_print(const struct st_map *map, char **indexes, char **cpus)
{
	*indexes = map->all ? strdup(ALL) : cpulist_print(&map->indexes);
	*cpus = cpu_choice_print(&map->cpus);
	return *indexes && *cpus ? 0 : -ENOMEM;
}

void st_map_free(struct st_map *map)
{
	cpulist_free(&map->indexes);
	cpu_choice_free(&map->cpus);
	*map = (struct st_map){ 0 };
}

int st_maps_add(struct st_maps *maps, struct st_map *map)
{
	/* There is room for the next power of two. */
	if ((maps->n & (maps->n - 1)) == 0) {
		size_t room = maps->n ? 2 * maps->n : 1;
		struct st_map *larger =
			reallocarray(maps->list, room, sizeof(*larger));

		if (!larger) {
			st_map_free(map);
			return -ENOMEM;
		}
		maps->list = larger;
	}
	maps->list[maps->n++] = *map;
	*map = (struct st_map){ 0 };
	return 0;
}

int st_maps_add_all(struct st_maps *maps, const char *cpus, struct error *err)
{
	struct st_map map;
	int r = st_map_parse_indexes(ALL, strlen(ALL), &map, err);

	if (r == 0)
		r = st_map_parse_cpus(cpus, &map, err);
	if (r == 0 && st_maps_add(maps, &map))
		r = error_system(err, ENOMEM, "cannot read the map");
	return r;
}

bool st_maps_follow_irq(const struct st_maps *maps)
{
	for (size_t i = 0; i < maps->n; i++)
		if (maps->list[i].cpus.kind == CPUS_OF_INTERRUPTS)
			return true;
	return false;
}

void st_maps_free(struct st_maps *maps)
{
	for (size_t i = 0; i < maps->n; i++)
		st_map_free(&maps->list[i]);
	free(maps->list);
	*maps = (struct st_maps){ 0 };
}

int st_maps_check(const struct st_maps *maps, struct error *err)
{
	bool given[VFIO_PCI_TPH_MAX_ENTRIES] = { false };
	size_t n_all = 0;

	for (size_t i = 0; i < maps->n; i++) {
		const struct st_map *map = &maps->list[i];

		n_all += map->all;
		if (!map->all && map->cpus.kind == CPUS_LISTED &&
		    map->cpus.list.count > map->indexes.count)
			return error_set(err, ERR_USAGE, EINVAL,
					 "map '%s': more CPUs (%zu) than "
					 "indexes (%zu)",
					 map->text, map->cpus.list.count,
					 map->indexes.count);
		for (size_t k = 0; k < map->indexes.count; k++) {
			bool *seen = &given[map->indexes.items[k]];

			if (*seen)
				return error_set(err, ERR_USAGE, EINVAL,
						 "index %u is given twice",
						 map->indexes.items[k]);
			*seen = true;
		}
	}
	return n_all > 1 ? error_set(err, ERR_USAGE, EINVAL,
				     "map '%s': every index is given twice",
				     maps->list[maps->n - 1].text)
			 : 0;
}

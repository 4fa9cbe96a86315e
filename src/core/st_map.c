/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/st_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "uapi/vfio_pci_tph.h"

#define MAX_INDEX (VFIO_PCI_TPH_MAX_ENTRIES - 1)

void st_plan_free(struct st_plan *plan)
{
	free(plan->entries);
	*plan = (struct st_plan){ 0 };
}

bool st_map_looks_like(const char *text)
{
	return strchr(text, '=') != NULL;
}

static int parse_indexes(const char *text, size_t length,
			 const struct st_indexes *indexes,
			 struct cpulist *list, struct error *err)
{
	int r;

	if (length != 3 || memcmp(text, "all", 3) != 0)
		return cpulist_parse(text, length, MAX_INDEX, "index", list,
				     err);
	*list = (struct cpulist){ 0 };
	if (!indexes)
		return 0;
	if (!indexes->usable)
		r = cpulist_append(list, 0, indexes->table_size, 1);
	else
		for (r = 0; r == 0 && list->count < indexes->n_usable;)
			r = cpulist_append(list,
					   indexes->usable[list->count], 1, 1);
	if (r == 0)
		return 0;
	cpulist_free(list);
	return error_system(err, ENOMEM, "cannot list the indexes");
}

static bool is_selector(const char *text)
{
	return strcmp(text, "all") == 0 || strcmp(text, "local") == 0;
}

int st_map_check(const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	struct cpulist list;
	int r;

	if (!equals)
		return error_set(err, ERR_USAGE, EINVAL,
				 "not a map: '%.64s' (INDEXES=CPUS)", text);
	r = parse_indexes(text, (size_t)(equals - text), NULL, &list, err);
	cpulist_free(&list);
	equals++;
	if (r || is_selector(equals))
		return r;
	r = strncmp(equals, "node:", 5) == 0
		    ? cpulist_parse(equals + 5, strlen(equals + 5),
				    CPULIST_MAX_CPU, "node", &list, err)
		    : cpulist_parse(equals, strlen(equals), CPULIST_MAX_CPU,
				    "CPU", &list, err);
	cpulist_free(&list);
	return r;
}

/* The CPU of every index as the maps go on; -1: none yet. */
struct table {
	const struct st_indexes *indexes;
	int cpus[VFIO_PCI_TPH_MAX_ENTRIES];
	size_t n;
};

static bool is_usable(const struct st_indexes *indexes, unsigned int index)
{
	if (!indexes->usable)
		return true;
	for (size_t i = 0; i < indexes->n_usable; i++)
		if (indexes->usable[i] == index)
			return true;
	return false;
}

static int place(struct table *table, unsigned int index, unsigned int cpu,
		 struct error *err)
{
	if (index >= table->indexes->table_size)
		return error_set(err, ERR_USAGE, EINVAL,
				 "index %u is beyond the ST table (%u "
				 "entries, 0-%u)",
				 index, table->indexes->table_size,
				 table->indexes->table_size - 1);
	if (!is_usable(table->indexes, index))
		return error_set(err, ERR_NO_VECTORS, ENXIO,
				 "the MSI-X vector of index %u is not "
				 "allocated",
				 index);
	if (table->cpus[index] >= 0)
		return error_set(err, ERR_USAGE, EINVAL,
				 "index %u is given twice", index);
	table->cpus[index] = (int)cpu;
	table->n++;
	return 0;
}

static int add_map(struct table *table, const char *map,
		   const struct topology *topology, int device_node,
		   struct error *err)
{
	const char *equals = strchr(map, '=');
	struct cpulist indexes = { 0 }, cpus = { 0 };
	int r;

	if (!equals)
		return st_map_check(map, err);
	r = parse_indexes(map, (size_t)(equals - map), table->indexes,
			  &indexes, err);
	if (r == 0)
		r = topology_resolve(topology, equals + 1, strlen(equals + 1),
				     device_node, &cpus, err);
	/* A selector gives what there is; a list means each CPU it names. */
	if (r == 0 && cpus.count > indexes.count &&
	    !is_selector(equals + 1) && strncmp(equals + 1, "node:", 5) != 0)
		r = error_set(err, ERR_USAGE, EINVAL,
			      "map '%.64s': more CPUs (%zu) than indexes "
			      "(%zu)",
			      map, cpus.count, indexes.count);
	for (size_t i = 0; r == 0 && i < indexes.count; i++)
		r = place(table, indexes.items[i], cpus.items[i % cpus.count],
			  err);
	cpulist_free(&indexes);
	cpulist_free(&cpus);
	return r;
}

int st_plan_make(const char *const *maps, size_t n,
		 const struct st_indexes *indexes,
		 const struct topology *topology, int device_node,
		 struct st_plan *plan, struct error *err)
{
	_cleanup_free_ struct table *table = malloc(sizeof(*table));
	int r = 0;

	*plan = (struct st_plan){ 0 };
	if (!table)
		return error_system(err, ENOMEM, "cannot make the plan");
	table->indexes = indexes;
	table->n = 0;
	memset(table->cpus, -1, sizeof(table->cpus));
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_map(table, maps[i], topology, device_node, err);
	if (r)
		return r;
	plan->entries = calloc(table->n ? table->n : 1,
			       sizeof(*plan->entries));
	if (!plan->entries)
		return error_system(err, ENOMEM, "cannot make the plan");
	for (unsigned int i = 0; i < indexes->table_size; i++)
		if (table->cpus[i] >= 0)
			plan->entries[plan->n++] = (struct tph_entry){
				.index = i, .cpu = (unsigned int)table->cpus[i]
			};
	return 0;
}

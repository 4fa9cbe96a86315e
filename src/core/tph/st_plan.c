/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/st_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "uapi/vfio_pci_tph.h"

void st_plan_free(struct st_plan *plan)
{
	free(plan->entries);
	cpulist_free(&plan->left_alone);
	*plan = (struct st_plan){ 0 };
}

static int out_of_memory(struct error *err)
{
	return error_system(err, ENOMEM, "cannot make the plan");
}

/* The CPU of every index as the maps go on, or TPH_CPU_NONE; -1: not yet. */
struct table {
	const struct st_indexes *indexes;
	int64_t cpus[VFIO_PCI_TPH_MAX_ENTRIES];
	size_t n;
};

static const struct msix_vector *find_vector(const struct st_indexes *indexes,
					     unsigned int index)
{
	for (size_t i = 0; i < indexes->n_vectors; i++)
		if (indexes->vectors[i].index == index)
			return &indexes->vectors[i];
	return NULL;
}

static int no_vector(const struct st_indexes *indexes, unsigned int index,
		     struct error *err)
{
	if (indexes->missing)
		return cpulist_append(indexes->missing, index, 1, 1)
			       ? out_of_memory(err)
			       : 0;
	return error_set(err, ERR_NO_VECTORS, ENXIO,
			 "the MSI-X vector of index %u is not allocated",
			 index);
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
	if (table->indexes->only_vectors && !find_vector(table->indexes, index))
		return no_vector(table->indexes, index, err);
	if (table->cpus[index] != -1)
		return error_set(err, ERR_USAGE, EINVAL,
				 "index %u is given twice", index);
	table->cpus[index] = cpu;
	table->n++;
	return 0;
}

/* "all": every entry that can be set; of interrupts: that has a vector. */
static int all_indexes(const struct st_indexes *indexes, bool vectors,
		       struct cpulist *list)
{
	int r = 0;

	if (!vectors)
		return cpulist_append(list, 0, indexes->table_size, 1);
	for (size_t i = 0; r == 0 && i < indexes->n_vectors; i++)
		if (indexes->vectors[i].index < indexes->table_size)
			r = cpulist_append(list, indexes->vectors[i].index, 1,
					   1);
	return r;
}

static int place_irqs(struct table *table, const struct cpulist *indexes,
		      const struct topology *topology,
		      struct cpulist *left_alone, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < indexes->count; i++) {
		unsigned int index = indexes->items[i], cpu;
		const struct msix_vector *vector =
			find_vector(table->indexes, index);
		const struct cpulist one = { .items = &cpu, .count = 1 };

		if (!vector) {
			r = no_vector(table->indexes, index, err);
			continue;
		}
		if (vector->cpu < 0) {
			if (cpulist_append(left_alone, index, 1, 1))
				return out_of_memory(err);
			continue;
		}
		cpu = (unsigned int)vector->cpu;
		r = topology_check(topology, &one, err);
		if (r == 0)
			r = place(table, index, cpu, err);
		else
			error_prefix(err, "vector %u", index);
	}
	return r;
}

static int place_cpus(struct table *table, const struct st_map *map,
		      const struct cpulist *indexes,
		      const struct topology *topology, int device_node,
		      struct error *err)
{
	_cleanup_(cpulist_free) struct cpulist cpus = { 0 };
	int r = topology_resolve(topology, &map->cpus, device_node, &cpus, err);

	if (r == 0 && cpus.count > indexes->count &&
	    map->cpus.kind == CPUS_LISTED)
		r = error_set(err, ERR_USAGE, EINVAL,
			      "map '%s': more CPUs (%zu) than indexes (%zu)",
			      map->text, cpus.count, indexes->count);
	for (size_t i = 0; r == 0 && i < indexes->count; i++)
		r = place(table, indexes->items[i], cpus.items[i % cpus.count],
			  err);
	return r;
}

static int place_none(struct table *table, const struct cpulist *indexes,
		      struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < indexes->count; i++)
		r = place(table, indexes->items[i], TPH_CPU_NONE, err);
	return r;
}

static int add_map(struct table *table, const struct st_map *map,
		   const struct topology *topology, int device_node,
		   struct cpulist *left_alone, struct error *err)
{
	bool irq = map->cpus.kind == CPUS_OF_INTERRUPTS;
	_cleanup_(cpulist_free) struct cpulist all = { 0 };
	const struct cpulist *indexes = map->all ? &all : &map->indexes;

	if (map->all && all_indexes(table->indexes,
				    irq || table->indexes->only_vectors, &all))
		return out_of_memory(err);
	if (map->cpus.kind == CPUS_NONE)
		return place_none(table, indexes, err);
	return irq ? place_irqs(table, indexes, topology, left_alone, err)
		   : place_cpus(table, map, indexes, topology, device_node,
				err);
}

int st_plan_make(const struct st_maps *maps, const struct st_indexes *indexes,
		 const struct topology *topology, int device_node,
		 struct st_plan *plan, struct error *err)
{
	_cleanup_free_ struct table *table = malloc(sizeof(*table));
	int r = 0;

	*plan = (struct st_plan){ 0 };
	if (!table)
		return out_of_memory(err);
	table->indexes = indexes;
	table->n = 0;
	memset(table->cpus, -1, sizeof(table->cpus));
	for (size_t i = 0; r == 0 && i < maps->n; i++)
		r = add_map(table, &maps->list[i], topology, device_node,
			    &plan->left_alone, err);
	if (r) {
		st_plan_free(plan);
		return r;
	}
	plan->entries = calloc(table->n ? table->n : 1, sizeof(*plan->entries));
	if (!plan->entries)
		return out_of_memory(err);
	for (unsigned int i = 0; i < indexes->table_size; i++)
		if (table->cpus[i] != -1)
			plan->entries[plan->n++] = (struct tph_entry){
				.index = i, .cpu = (unsigned int)table->cpus[i]
			};
	return 0;
}

bool st_plan_clears(const struct st_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->entries[i].cpu == TPH_CPU_NONE)
			return true;
	return false;
}

/* A run of entries: the CPU counts up with the index, or stays (step 0). */
static int add_run(struct st_maps *maps, const struct tph_entry *first,
		   size_t length, unsigned int step)
{
	struct st_map map = { .cpus = { .kind = CPUS_LISTED } };

	if (cpulist_append(&map.indexes, first->index, length, 1) ||
	    cpulist_append(&map.cpus.list, first->cpu, step ? length : 1, 1)) {
		st_map_free(&map);
		return -ENOMEM;
	}
	return st_maps_add(maps, &map);
}

int st_plan_maps(const struct st_plan *plan, struct st_maps *maps)
{
	const struct tph_entry *e = plan->entries;
	size_t length;

	*maps = (struct st_maps){ 0 };
	for (size_t i = 0; i < plan->n; i += length) {
		unsigned int step = 1;

		if (i + 1 < plan->n && e[i + 1].index == e[i].index + 1 &&
		    e[i + 1].cpu == e[i].cpu)
			step = 0;
		for (length = 1; i + length < plan->n; length++)
			if (e[i + length].index != e[i].index + length ||
			    e[i + length].cpu != e[i].cpu + step * length)
				break;
		if (add_run(maps, &e[i], length, step)) {
			st_maps_free(maps);
			return -ENOMEM;
		}
	}
	return 0;
}

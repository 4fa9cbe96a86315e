/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "uapi/vfio_pci_tph.h"

#define MAX_INDEX (VFIO_PCI_TPH_MAX_ENTRIES - 1)

void st_plan_free(struct st_plan *plan)
{
	free(plan->entries);
	cpulist_free(&plan->left_alone);
	*plan = (struct st_plan){ 0 };
}

bool st_map_looks_like(const char *text)
{
	return strchr(text, '=') != NULL;
}

static bool is_all(const char *text, size_t length)
{
	return length == 3 && memcmp(text, "all", 3) == 0;
}

static bool follows_irq(const char *cpus)
{
	return strcmp(cpus, "irq") == 0;
}

/* A selector gives the CPUs there are; a list means each that it names. */
static bool is_selector(const char *cpus)
{
	return strcmp(cpus, "all") == 0 || strcmp(cpus, "local") == 0 ||
	       strncmp(cpus, "node:", 5) == 0;
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

static int parse_indexes(const char *text, size_t length,
			 const struct st_indexes *indexes, bool irq,
			 struct cpulist *list, struct error *err)
{
	if (!is_all(text, length))
		return cpulist_parse(text, length, MAX_INDEX, "index", list,
				     err);
	*list = (struct cpulist){ 0 };
	if (all_indexes(indexes, irq || indexes->only_vectors, list) == 0)
		return 0;
	cpulist_free(list);
	return error_system(err, ENOMEM, "cannot list the indexes");
}

static int check_indexes(const char *text, size_t length, struct error *err)
{
	static const struct st_indexes none = { 0 };
	struct cpulist list;
	int r = parse_indexes(text, length, &none, false, &list, err);

	if (r == 0)
		cpulist_free(&list);
	return r;
}

int st_map_check_indexes(const char *indexes, struct error *err)
{
	return check_indexes(indexes, strlen(indexes), err);
}

int st_map_check_cpus(const char *cpus, struct error *err)
{
	bool nodes = strncmp(cpus, "node:", 5) == 0;
	struct cpulist list;
	int r;

	if (follows_irq(cpus) || (is_selector(cpus) && !nodes))
		return 0;
	if (nodes)
		cpus += 5;
	r = cpulist_parse(cpus, strlen(cpus), CPULIST_MAX_CPU,
			  nodes ? "node" : "CPU", &list, err);
	if (r == 0)
		cpulist_free(&list);
	return r;
}

int st_map_check(const char *text, struct error *err)
{
	const char *equals = strchr(text, '=');
	int r;

	if (!equals)
		return error_set(err, ERR_USAGE, EINVAL,
				 "not a map: '%.64s' (INDEXES=CPUS)", text);
	r = check_indexes(text, (size_t)(equals - text), err);
	return r ? r : st_map_check_cpus(equals + 1, err);
}

bool st_map_follows_irq(const char *map)
{
	const char *equals = strchr(map, '=');

	return equals && follows_irq(equals + 1);
}

/* The CPU of every index as the maps go on; -1: none yet. */
struct table {
	const struct st_indexes *indexes;
	int cpus[VFIO_PCI_TPH_MAX_ENTRIES];
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
			       ? error_system(err, ENOMEM,
					      "cannot make the plan")
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
	if (table->cpus[index] >= 0)
		return error_set(err, ERR_USAGE, EINVAL,
				 "index %u is given twice", index);
	table->cpus[index] = (int)cpu;
	table->n++;
	return 0;
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
				return error_system(err, ENOMEM,
						    "cannot make the plan");
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

static int place_cpus(struct table *table, const char *map, const char *text,
		      const struct cpulist *indexes,
		      const struct topology *topology, int device_node,
		      struct error *err)
{
	struct cpulist cpus;
	int r = topology_resolve(topology, text, strlen(text), device_node,
				 &cpus, err);

	if (r == 0 && cpus.count > indexes->count && !is_selector(text))
		r = error_set(err, ERR_USAGE, EINVAL,
			      "map '%.64s': more CPUs (%zu) than indexes "
			      "(%zu)",
			      map, cpus.count, indexes->count);
	for (size_t i = 0; r == 0 && i < indexes->count; i++)
		r = place(table, indexes->items[i], cpus.items[i % cpus.count],
			  err);
	cpulist_free(&cpus);
	return r;
}

static int add_map(struct table *table, const char *map,
		   const struct topology *topology, int device_node,
		   struct cpulist *left_alone, struct error *err)
{
	const char *equals = strchr(map, '=');
	bool irq = equals && follows_irq(equals + 1);
	struct cpulist indexes;
	int r;

	if (!equals)
		return st_map_check(map, err);
	r = parse_indexes(map, (size_t)(equals - map), table->indexes, irq,
			  &indexes, err);
	if (r)
		return r;
	r = irq ? place_irqs(table, &indexes, topology, left_alone, err)
		: place_cpus(table, map, equals + 1, &indexes, topology,
			     device_node, err);
	cpulist_free(&indexes);
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
		r = add_map(table, maps[i], topology, device_node,
			    &plan->left_alone, err);
	if (r) {
		st_plan_free(plan);
		return r;
	}
	plan->entries = calloc(table->n ? table->n : 1, sizeof(*plan->entries));
	if (!plan->entries)
		return error_system(err, ENOMEM, "cannot make the plan");
	for (unsigned int i = 0; i < indexes->table_size; i++)
		if (table->cpus[i] >= 0)
			plan->entries[plan->n++] = (struct tph_entry){
				.index = i, .cpu = (unsigned int)table->cpus[i]
			};
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/table_read.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/tph/msix_vectors.h"
#include "core/tph/tag_map.h"

static int out_of_memory(struct error *err)
{
	return error_system(err, ENOMEM, "cannot read the ST table");
}

static int read_tags(struct target *target, struct st_table *table,
		     uint16_t *tags)
{
	if (target->cap.location == TPH_TABLE_MSIX && !target->open)
		return 0;
	if (target_read_tags(target, 0, (unsigned int)table->n, tags,
			     &table->no_tags))
		return 0;
	table->no_tags.kind = ERR_NONE;
	table->tags_known = true;
	for (size_t i = 0; i < table->n; i++)
		table->entries[i].tag = tags[i];
	return 0;
}

static bool holds_any(const uint16_t *tags, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tags[i])
			return true;
	return false;
}

/* An entry often has the tag of the one before: it is looked up once. */
static int fill_cpus(struct st_table *table, const struct tag_map *map)
{
	for (size_t i = 0; i < table->n; i++) {
		struct st_entry *e = &table->entries[i];

		if (e->tag && tag_map_cpus(map, e->tag, &e->cpus))
			return -ENOMEM;
	}
	return 0;
}

static int look_up(struct target *target, const struct topology *topology,
		   const uint16_t *tags, struct st_table *table)
{
	_cleanup_(cpulist_free) struct cpulist present = { 0 };
	_cleanup_(tag_map_free) struct tag_map map = { 0 };

	if (!table->tags_known || !topology || !target->open ||
	    !target->control.enabled || target->vfio.fd < 0 ||
	    !holds_any(tags, table->n))
		return 0;
	if (topology_present_cpus(topology, &present))
		return -ENOMEM;
	if (tag_map_load(target, &present, tags, table->n, &map,
			 &table->no_cpus))
		return 0;
	table->no_cpus.kind = ERR_NONE;
	table->cpus_known = true;
	table->mem = map.mem;
	return fill_cpus(table, &map);
}

static int read_vectors(const struct target *target, struct st_table *table,
			struct error *err)
{
	_cleanup_free_ struct msix_vector *vectors = NULL;
	size_t n;
	int r = msix_vectors(&target->pci, &vectors, &n, err);

	if (r)
		return r == -ENODATA ? 0 : r;
	for (size_t i = 0; i < n; i++) {
		struct st_entry *e;

		if (vectors[i].index >= table->n)
			continue;
		e = &table->entries[vectors[i].index];
		cpulist_free(&e->irq_cpus);
		e->irq = (int)vectors[i].irq;
		r = msix_affinity(vectors[i].irq, &e->irq_cpus);
		/* It may have been freed meanwhile. */
		if (r && r != -ENOENT && r != -ENODATA)
			error_system(&table->no_irqs, -r,
				     "cannot read where interrupt %u goes",
				     vectors[i].irq);
	}
	return 0;
}

/* Where a CPU is, by one measure; -1: not known. */
typedef int place_fn(const struct topology *topology, unsigned int cpu);

static int l3_of(const struct topology *topology, unsigned int cpu)
{
	const struct cpulist *sharing;
	struct error ignored;

	return caches_sharing(topology_caches(topology), CACHE_L3, cpu,
			      &sharing, &ignored) ||
			       !sharing
		       ? -1
		       : (int)sharing->items[0];
}

/* In no place in common? Not if one of them is in no known place. */
static bool are_apart(const struct topology *topology, place_fn *place,
		      const struct cpulist *a, const struct cpulist *b)
{
	bool known = false;

	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++) {
			int x = place(topology, a->items[i]);
			int y = place(topology, b->items[k]);

			if (x == y)
				return false;
			known |= x >= 0 && y >= 0;
		}
	return known;
}

/* The L3 cache that all CPUs of a tag share. Returns 0 or -ENOMEM. */
static int fill_l3(const struct topology *topology, struct st_entry *e)
{
	const struct cpulist *all = NULL, *one;
	struct error ignored;

	for (size_t i = 0; i < e->cpus.count; i++) {
		if (caches_sharing(topology_caches(topology), CACHE_L3,
				   e->cpus.items[i], &one, &ignored) ||
		    (i && one != all))
			return 0;
		all = one;
	}
	for (size_t i = 0; all && i < all->count; i++)
		if (cpulist_append(&e->l3, all->items[i], 1, 1))
			return -ENOMEM;
	return 0;
}

static enum st_mark find_mark(const struct topology *topology,
			      const struct st_entry *e)
{
	if (are_apart(topology, topology_node_of_cpu, &e->cpus, &e->irq_cpus))
		return ST_MARK_OTHER_NODE;
	if (are_apart(topology, l3_of, &e->cpus, &e->irq_cpus))
		return ST_MARK_OTHER_CACHE;
	return ST_MARK_NONE;
}

int st_table_read(struct target *target, const struct topology *topology,
		  bool held, struct st_table *table, struct error *err)
{
	_cleanup_free_ uint16_t *tags = NULL;
	size_t n = target->cap.table_size;
	int r;

	*table = (struct st_table){ 0 };
	if (n == 0)
		return 0;
	tags = calloc(n, sizeof(*tags));
	table->entries = calloc(n, sizeof(*table->entries));
	if (!tags || !table->entries) {
		st_table_free(table);
		return out_of_memory(err);
	}
	table->n = n;
	for (size_t i = 0; i < n; i++)
		table->entries[i].irq = -1;
	r = read_tags(target, table, tags);
	if (r == 0)
		r = look_up(target, topology, tags, table);
	if (r) {
		st_table_free(table);
		return out_of_memory(err);
	}
	r = held ? read_vectors(target, table, err) : 0;
	if (r) {
		st_table_free(table);
		return r;
	}
	for (size_t i = 0; topology && i < n; i++) {
		struct st_entry *e = &table->entries[i];

		e->mark = find_mark(topology, e);
		if (fill_l3(topology, e)) {
			st_table_free(table);
			return out_of_memory(err);
		}
	}
	return 0;
}

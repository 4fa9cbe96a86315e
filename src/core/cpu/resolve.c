/* SPDX-License-Identifier: GPL-2.0-or-later */
/* topology_resolve(): the CPUs that a choice means on this machine. */
#include <errno.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/cpu/caches.h"
#include "core/cpu/topology.h"

static int out_of_memory(struct error *err)
{
	return error_system(err, ENOMEM, "cannot list the CPUs");
}

static int resolve_node(const struct topology *t, int node,
			struct cpulist *list, struct error *err)
{
	size_t before = list->count;
	int r = topology_cpus_of_node(t, node, true, list);

	if (r == -ENOMEM)
		return out_of_memory(err);
	if (r)
		return error_set(err, ERR_USAGE, EINVAL,
				 "node %d does not exist or has no CPU", node);
	if (list->count == before)
		return error_set(err, ERR_USAGE, EINVAL,
				 "node %d has no CPU that is %s", node,
				 topology_usable_name(t));
	return 0;
}

/* The CPUs of the device's node, for this word. */
static int resolve_local(const struct topology *t, const char *word,
			 int device_node, struct cpulist *list,
			 struct error *err)
{
	/* With a single node, or none, every CPU is as near as another. */
	if (device_node < 0 && topology_max_node(t) <= 0)
		return topology_usable_cpus(t, list) ? out_of_memory(err) : 0;
	if (device_node < 0) {
		error_set(err, ERR_NO_NODE, EINVAL,
			  "the device has no NUMA node: '%s' means nothing",
			  word);
		error_hint(err, "name the CPUs, or node:N");
		return -EINVAL;
	}
	return resolve_node(t, device_node, list, err);
}

static int resolve_nodes(const struct topology *t, const struct cpulist *nodes,
			 struct cpulist *list, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < nodes->count; i++)
		r = resolve_node(t, (int)nodes->items[i], list, err);
	return r;
}

static int resolve_list(const struct topology *t, const struct cpulist *cpus,
			struct cpulist *list, struct error *err)
{
	int r = topology_check(t, cpus, err);

	for (size_t i = 0; r == 0 && i < cpus->count; i++)
		if (cpulist_append(list, cpus->items[i], 1, 1))
			r = out_of_memory(err);
	return r;
}

/* The CPUs that share something with a CPU; not known is an error. */
static int find_sharing(const struct topology *t, enum cache_kind kind,
			unsigned int cpu, const struct cpulist **cpus,
			struct error *err)
{
	const struct cpulist one = { .items = &cpu, .count = 1 };
	int r = caches_sharing(topology_caches(t), kind, cpu, cpus, err);

	if (r || *cpus)
		return r;
	r = topology_check(t, &one, err);
	return r ? r
		 : error_set(err, ERR_USAGE, EINVAL,
			     "the %s of CPU %u is not known",
			     kind == CACHE_L3 ? "L3 cache" : "core", cpu);
}

static int resolve_l3(const struct topology *t, unsigned int cpu,
		      struct cpulist *list, struct error *err)
{
	size_t before = list->count;
	const struct cpulist *sharing;
	int r = find_sharing(t, CACHE_L3, cpu, &sharing, err);

	for (size_t i = 0; r == 0 && i < sharing->count; i++)
		if (topology_is_usable(t, sharing->items[i]) &&
		    cpulist_append(list, sharing->items[i], 1, 1))
			r = out_of_memory(err);
	if (r == 0 && list->count == before)
		r = error_set(err, ERR_USAGE, EINVAL,
			      "the L3 cache of CPU %u has no CPU that is %s",
			      cpu, topology_usable_name(t));
	return r;
}

static int resolve_l3s(const struct topology *t, const struct cpulist *cpus,
		       struct cpulist *list, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < cpus->count; i++)
		r = resolve_l3(t, cpus->items[i], list, err);
	return r;
}

/* Of an ascending list. */
static bool contains(const struct cpulist *list, unsigned int cpu)
{
	size_t first = 0, end = list->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (list->items[middle] == cpu)
			return true;
		if (list->items[middle] < cpu)
			first = middle + 1;
		else
			end = middle;
	}
	return false;
}

/* Is cpu the first of those that share it, as far as they are in near? */
static bool is_first(const struct cpulist *sharing, unsigned int cpu,
		     const struct cpulist *near)
{
	for (size_t i = 0; sharing->items[i] != cpu; i++)
		if (contains(near, sharing->items[i]))
			return false;
	return true;
}

/* One CPU of each core, or cache, of the device's node. */
static int resolve_each(const struct topology *t,
			const struct cpu_choice *choice, int device_node,
			struct cpulist *list, struct error *err)
{
	_cleanup_(cpulist_free) struct cpulist near = { 0 };
	enum cache_kind kind =
		choice->kind == CPUS_EACH_L3 ? CACHE_L3 : CACHE_CORE;
	int r = resolve_local(t, cpu_choice_word(choice->kind), device_node,
			      &near, err);

	for (size_t i = 0; r == 0 && i < near.count; i++) {
		const struct cpulist *sharing;

		r = find_sharing(t, kind, near.items[i], &sharing, err);
		if (r == 0 && is_first(sharing, near.items[i], &near) &&
		    cpulist_append(list, near.items[i], 1, 1))
			r = out_of_memory(err);
	}
	return r;
}

int topology_resolve(const struct topology *t, const struct cpu_choice *choice,
		     int device_node, struct cpulist *list, struct error *err)
{
	int r;

	*list = (struct cpulist){ 0 };
	switch (choice->kind) {
	case CPUS_LISTED:
		r = resolve_list(t, &choice->list, list, err);
		break;
	case CPUS_LOCAL:
		r = resolve_local(t, "local", device_node, list, err);
		break;
	case CPUS_OF_NODES:
		r = resolve_nodes(t, &choice->list, list, err);
		break;
	case CPUS_OF_L3:
		r = resolve_l3s(t, &choice->list, list, err);
		break;
	case CPUS_EACH_L3:
	case CPUS_EACH_CORE:
		r = resolve_each(t, choice, device_node, list, err);
		break;
	case CPUS_ALL:
		r = topology_usable_cpus(t, list) ? out_of_memory(err) : 0;
		break;
	default:
		abort(); /* a bug of ours */
	}
	if (r)
		cpulist_free(list);
	return r;
}

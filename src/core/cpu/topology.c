/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/topology.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/cpu/affinity.h"
#include "core/cpu/numa_library.h"
#include "core/base/sysfs.h"

#define CPU_DIR	 "/sys/devices/system/cpu/"
#define NODE_DIR "/sys/devices/system/node/"

struct topology {
	size_t cpus;	 /* one past the largest present CPU number */
	size_t set_size; /* bytes of each set */
	cpu_set_t *present;
	cpu_set_t *online;
	cpu_set_t *allowed; /* of the caller */
	bool keep_allowed;  /* nothing else is usable */
	int max_node;
	int *node_of; /* by CPU number; -1: not known */
	struct caches *caches;
};

static bool has(const struct topology *t, unsigned int cpu,
		const cpu_set_t *set)
{
	return cpu < t->cpus && CPU_ISSET_S(cpu, t->set_size, set);
}

void topology_free(struct topology *t)
{
	if (!t)
		return;
	free(t->present);
	free(t->online);
	free(t->allowed);
	free(t->node_of);
	caches_free(t->caches);
	free(t);
}

static void cleanup_topology(struct topology **t)
{
	topology_free(*t);
}

static int read_list(const char *path, struct cpulist *list, struct error *err)
{
	_cleanup_free_ char *text = sysfs_read_all(path);
	size_t length;

	if (!text)
		return error_system(err, errno, "cannot read %s", path);
	length = strcspn(text, "\n");
	if (length == 0) {
		*list = (struct cpulist){ 0 };
		return 0;
	}
	if (cpulist_parse(text, length, CPULIST_MAX_CPU, "CPU", list, err)) {
		error_prefix(err, "%s", path);
		return -EINVAL;
	}
	return 0;
}

static cpu_set_t *set_of(const struct topology *t, const struct cpulist *list)
{
	cpu_set_t *set = calloc(1, t->set_size);

	for (size_t i = 0; set && i < list->count; i++)
		if (list->items[i] < t->cpus)
			CPU_SET_S(list->items[i], t->set_size, set);
	return set;
}

static int read_set(struct topology *t, const char *path, cpu_set_t **set,
		    struct error *err)
{
	struct cpulist list = { 0 };
	int r = read_list(path, &list, err);

	if (r == 0) {
		*set = set_of(t, &list);
		if (!*set)
			r = error_system(err, ENOMEM, "cannot read %s", path);
	}
	cpulist_free(&list);
	return r;
}

static int read_present(struct topology *t, struct error *err)
{
	struct cpulist list = { 0 };
	int r = read_list(CPU_DIR "present", &list, err);

	if (r == 0) {
		for (size_t i = 0; i < list.count; i++)
			if (list.items[i] >= t->cpus)
				t->cpus = (size_t)list.items[i] + 1;
		t->set_size = CPU_ALLOC_SIZE(t->cpus);
		t->present = set_of(t, &list);
		if (!t->present)
			r = error_system(err, ENOMEM, "cannot list the CPUs");
	}
	cpulist_free(&list);
	return r;
}

static int read_affinity(struct topology *t, struct error *err)
{
	size_t size; /* as large as the others, or more */

	t->allowed = affinity_read(t->cpus, &size);
	return t->allowed ? 0
			  : error_system(err, errno,
					 "cannot read the CPU affinity");
}

int topology_read_node(unsigned int node, struct cpulist *list,
		       struct error *err)
{
	char path[sizeof(NODE_DIR) + 32];

	snprintf(path, sizeof(path), NODE_DIR "node%u/cpulist", node);
	return read_list(path, list, err);
}

static int place_cpus(struct topology *t, unsigned int node, struct error *err)
{
	struct cpulist cpus = { 0 };
	int r = topology_read_node(node, &cpus, err);

	for (size_t i = 0; r == 0 && i < cpus.count; i++)
		if (has(t, cpus.items[i], t->present))
			t->node_of[cpus.items[i]] = (int)node;
	cpulist_free(&cpus);
	return r;
}

/* A kernel without NUMA has no such directory. */
static int read_nodes(struct topology *t, struct error *err)
{
	struct cpulist nodes = { 0 };
	int r = 0;

	t->max_node = -1;
	t->node_of = malloc((t->cpus + 1) * sizeof(*t->node_of));
	if (!t->node_of)
		return error_system(err, ENOMEM, "cannot read the NUMA nodes");
	for (size_t cpu = 0; cpu <= t->cpus; cpu++)
		t->node_of[cpu] = -1;
	if (access(NODE_DIR, F_OK) == 0 || errno != ENOENT)
		r = read_list(NODE_DIR "online", &nodes, err);
	for (size_t i = 0; r == 0 && i < nodes.count; i++) {
		r = place_cpus(t, nodes.items[i], err);
		if ((int)nodes.items[i] > t->max_node)
			t->max_node = (int)nodes.items[i];
	}
	cpulist_free(&nodes);
	return r;
}

int topology_load(struct topology **topology, struct error *err)
{
	_cleanup_(cleanup_topology) struct topology *t = calloc(1, sizeof(*t));
	int r;

	if (t)
		t->caches = caches_new();
	if (!t || !t->caches)
		return error_system(err, ENOMEM, "cannot read the topology");
	r = read_present(t, err);
	if (r == 0)
		r = read_set(t, CPU_DIR "online", &t->online, err);
	if (r == 0)
		r = read_affinity(t, err);
	if (r == 0)
		r = read_nodes(t, err);
	if (r == 0)
		*topology = take_ptr(t);
	return r;
}

int topology_node_of_cpu(const struct topology *t, unsigned int cpu)
{
	return cpu < t->cpus ? t->node_of[cpu] : -1;
}

/*
 * Is there nothing wrong with the file of a node's distances? It is not there
 * on some machines, and firmware may give 0 for the node itself.
 */
static bool has_distances(int node)
{
	char some[16];
	long n = sysfs_readf(some, sizeof(some), NODE_DIR "/node%d/distance",
			     node);

	return n >= 0 || n == -ENOENT || n == -EFBIG;
}

int topology_distance(const struct topology *t, int from, int to, int *distance,
		      struct error *err)
{
	const struct numa_library *numa;

	*distance = -1;
	if (from < 0 || to < 0 || from > t->max_node || to > t->max_node)
		return 0;
	numa = numa_library(err);
	if (!numa)
		return -err->number;
	if (!numa->available)
		return 0;
	/* Its 0 is "not known", and also "could not be read". */
	if (numa->numa_distance(from, from) == 0 && !has_distances(from))
		return error_system(
			err, EIO, "cannot read the distances of node %d", from);
	*distance = numa->numa_distance(from, to);
	if (*distance == 0)
		*distance = -1;
	return 0;
}

int topology_max_node(const struct topology *t)
{
	return t->max_node;
}

struct caches *topology_caches(const struct topology *t)
{
	return t->caches;
}

bool topology_is_usable(const struct topology *t, unsigned int cpu)
{
	return has(t, cpu, t->online) &&
	       (!t->keep_allowed || has(t, cpu, t->allowed));
}

int topology_cpus_of_node(const struct topology *t, int node, bool usable,
			  struct cpulist *list)
{
	bool found = false;

	for (unsigned int cpu = 0; cpu < t->cpus; cpu++) {
		if (t->node_of[cpu] != node || !has(t, cpu, t->present))
			continue;
		found = true;
		if ((!usable || topology_is_usable(t, cpu)) &&
		    cpulist_append(list, cpu, 1, 1))
			return -ENOMEM;
	}
	return found ? 0 : -ENOENT;
}

void topology_keep_allowed(struct topology *t)
{
	t->keep_allowed = true;
}

const char *topology_usable_name(const struct topology *t)
{
	return t->keep_allowed
		       ? "online and in the CPU affinity of this process"
		       : "online";
}

int topology_usable_cpus(const struct topology *t, struct cpulist *list)
{
	for (unsigned int cpu = 0; cpu < t->cpus; cpu++)
		if (topology_is_usable(t, cpu) &&
		    cpulist_append(list, cpu, 1, 1))
			return -ENOMEM;
	return 0;
}

int topology_present_cpus(const struct topology *t, struct cpulist *list)
{
	for (unsigned int cpu = 0; cpu < t->cpus; cpu++)
		if (has(t, cpu, t->present) && cpulist_append(list, cpu, 1, 1))
			return -ENOMEM;
	return 0;
}

int topology_check(const struct topology *t, const struct cpulist *list,
		   struct error *err)
{
	for (size_t i = 0; i < list->count; i++) {
		unsigned int cpu = list->items[i];

		if (!has(t, cpu, t->present))
			return error_set(err, ERR_USAGE, EINVAL,
					 "CPU %u is not present", cpu);
		if (!has(t, cpu, t->online))
			return error_set(err, ERR_USAGE, EINVAL,
					 "CPU %u is offline", cpu);
		if (t->keep_allowed && !has(t, cpu, t->allowed))
			return error_set(err, ERR_USAGE, EINVAL,
					 "CPU %u is not in the CPU affinity "
					 "of this process",
					 cpu);
	}
	return 0;
}

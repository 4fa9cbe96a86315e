/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUs and NUMA nodes: which CPUs are there, online and allowed to the
 * caller, on which node they are and how far that is.
 */
#ifndef CORE_CPU_TOPOLOGY_H
#define CORE_CPU_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/cpu/caches.h"
#include "core/cpu/cpu_choice.h"
#include "core/cpu/cpulist.h"
#include "core/base/error.h"

struct topology;

/*
 * Read the machine: /sys/devices/system/cpu and node, and the caller's
 * affinity mask. Returns 0, or -errno with *err filled.
 */
int topology_load(struct topology **topology, struct error *err);
void topology_free(struct topology *topology);

/*
 * Without the whole of it: the online CPUs of one node, as the kernel has
 * them. Returns 0, or -errno with *err filled.
 */
int topology_read_node(unsigned int node, struct cpulist *list,
		       struct error *err);

/* Node of a CPU, or -1 where that is not known. */
int topology_node_of_cpu(const struct topology *topology, unsigned int cpu);

/*
 * SLIT distance (10: the same node) through libnuma; -1 where it is not
 * known, or a node is -1. Returns 0, -ELIBACC if libnuma is missing, or
 * another -errno; with *err filled.
 */
int topology_distance(const struct topology *topology, int from, int to,
		      int *distance, struct error *err);

/* Largest node number; -1 where the kernel knows of no nodes. */
int topology_max_node(const struct topology *topology);

/* What CPUs share; read when it is asked for. Freed with the topology. */
struct caches *topology_caches(const struct topology *topology);

/* Is the CPU usable? See topology_keep_allowed(). */
bool topology_is_usable(const struct topology *topology, unsigned int cpu);

/*
 * Append the CPUs of a node, ascending: all that are present, or only those
 * that are usable. Returns 0, -ENOENT where there
 * is no such node, or -ENOMEM.
 */
int topology_cpus_of_node(const struct topology *topology, int node,
			  bool usable, struct cpulist *list);

/*
 * A CPU is usable if it is online: whether the caller may run on it matters to
 * a driver alone, and can be helped (see affinity.h). From now on nothing else
 * is usable but what the caller may run on.
 */
void topology_keep_allowed(struct topology *topology);

/* "online", and what else makes a CPU usable. */
const char *topology_usable_name(const struct topology *topology);

/* Append every CPU that is usable, ascending. */
int topology_usable_cpus(const struct topology *topology, struct cpulist *list);

/* Append every CPU that is present, ascending. */
int topology_present_cpus(const struct topology *topology,
			  struct cpulist *list);

/*
 * Check every CPU of a list: is it present and usable?
 * Returns 0, or -EINVAL with ERR_USAGE naming the first that is not.
 */
int topology_check(const struct topology *topology, const struct cpulist *list,
		   struct error *err);

/*
 * Find the CPUs that a choice means; device_node is the node of "local", "l3"
 * and "core". A list keeps its order and is checked; a word gives what is
 * usable, nodes and caches in the order given. Not for
 * CPUS_OF_INTERRUPTS, which takes a device. Returns 0, or -errno with *err
 * filled (ERR_USAGE, ERR_NO_NODE).
 */
int topology_resolve(const struct topology *topology,
		     const struct cpu_choice *choice, int device_node,
		     struct cpulist *list, struct error *err);

#endif

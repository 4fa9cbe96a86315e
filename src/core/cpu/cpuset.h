/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control groups that decide which CPUs a process may run on (cgroup v2). */
#ifndef CORE_CPU_CPUSET_H
#define CORE_CPU_CPUSET_H

#include <stdbool.h>
#include <stddef.h>

#define CPUSET_PATH_SIZE 512

/* The cpuset of this process, as /proc/self/cpuset has it; "" if not known. */
void cpuset_own(char path[CPUSET_PATH_SIZE]);

/*
 * The partition (cpuset.cpus.partition "root" or "isolated") that has a CPU to
 * itself. Returns whether one was found.
 */
bool cpuset_partition_of(unsigned int cpu, char path[CPUSET_PATH_SIZE]);

#endif

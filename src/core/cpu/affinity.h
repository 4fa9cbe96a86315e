/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPUs that this process may run on. A driver may take only those for
 * targets: they are widened for a call, and put back after it. Where isolcpus=
 * or a cpuset keeps a shell off the CPUs that are to be aimed at, that is what
 * taskset(1) would do for the whole command.
 */
#ifndef CORE_CPU_AFFINITY_H
#define CORE_CPU_AFFINITY_H

#include <sched.h>
#include <stddef.h>

#include "core/cpu/cpulist.h"

/* How it was; { 0 }: it was left alone. */
struct affinity {
	cpu_set_t *before;
	size_t size;
};

/*
 * Let this process run on these CPUs, too, as far as the kernel allows it; cut
 * gets those to which it does not: they are offline, or the cpuset does not
 * have them. What cannot be found out is not cut. affinity_restore() follows in
 * any case.
 */
void affinity_widen(const unsigned int *cpus, size_t n, struct affinity *own,
		    struct cpulist *cut);
void affinity_restore(struct affinity *own);

/*
 * The mask of this process, to be freed, and its size in bytes. Returns NULL
 * with errno.
 */
cpu_set_t *affinity_read(size_t least_cpus, size_t *size);

#endif

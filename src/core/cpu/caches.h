/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which CPUs share a core, an L2 or an L3 cache, as sysfs has it
 * (Documentation/ABI/testing/sysfs-devices-system-cpu). A file is read when
 * its answer is asked for, and once: the list of one CPU answers for all
 * CPUs in it.
 */
#ifndef CORE_CPU_CACHES_H
#define CORE_CPU_CACHES_H

#include "core/base/error.h"
#include "core/cpu/cpulist.h"

/* What CPUs can share. */
enum cache_kind {
	CACHE_CORE, /* threads of one core */
	CACHE_L2,
	CACHE_L3,
	CACHE_KINDS
};

struct caches;

/* Nothing is read yet. NULL when memory ran out. */
struct caches *caches_new(void);
void caches_free(struct caches *caches);

/*
 * The online CPUs that share this with cpu, itself among them, ascending:
 * *cpus belongs to caches. Two CPUs that share it get the same pointer. NULL
 * if it is not known: the CPU is offline or has no such cache, or the kernel
 * does not report it. Returns 0, or -errno with *err filled if memory or
 * descriptors ran out.
 */
int caches_sharing(struct caches *caches, enum cache_kind kind,
		   unsigned int cpu, const struct cpulist **cpus,
		   struct error *err);

/*
 * The level of a cache that holds data, from the contents of level and type;
 * 0 if it is one for instructions alone, or the two are not understood.
 */
unsigned int caches_parse_level(const char *level, const char *type);

/*
 * The contents of shared_cpu_list or core_cpus_list of cpu, ascending.
 * Returns 0, -EINVAL if it is no list with cpu in it, or -ENOMEM.
 */
int caches_parse_sharing(const char *text, unsigned int cpu,
			 struct cpulist *cpus);

#endif

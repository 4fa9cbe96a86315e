/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/affinity.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"

/*
 * The kernel refuses a mask smaller than its own number of possible CPUs,
 * which no file tells in full: grow until it takes it.
 */
cpu_set_t *affinity_read(size_t least_cpus, size_t *size)
{
	for (size_t n = least_cpus < 1024 ? 1024 : least_cpus;
	     n <= 16 * ((size_t)CPULIST_MAX_CPU + 1); n *= 2) {
		cpu_set_t *set;
		int number;

		*size = CPU_ALLOC_SIZE(n);
		set = calloc(1, *size);
		if (!set || sched_getaffinity(0, *size, set) == 0)
			return set;
		number = errno;
		free(set);
		errno = number;
		if (number != EINVAL)
			return NULL;
	}
	errno = EINVAL;
	return NULL;
}

static size_t past_last(const unsigned int *cpus, size_t n)
{
	size_t past = 0;

	for (size_t i = 0; i < n; i++)
		if (cpus[i] >= past)
			past = (size_t)cpus[i] + 1;
	return past;
}

/* Returns whether any of them was not in it. */
static bool add(cpu_set_t *set, size_t size, const unsigned int *cpus, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		any |= !CPU_ISSET_S(cpus[i], size, set);
		CPU_SET_S(cpus[i], size, set);
	}
	return any;
}

/* A cpuset cuts the mask without a word: what did the kernel make of it? */
static void find_cut(const unsigned int *cpus, size_t n, struct cpulist *cut)
{
	size_t size;
	_cleanup_free_ cpu_set_t *now =
		affinity_read(past_last(cpus, n), &size);

	for (size_t i = 0; now && i < n; i++)
		if (!CPU_ISSET_S(cpus[i], size, now) &&
		    cpulist_append(cut, cpus[i], 1, 1))
			return;
}

void affinity_widen(const unsigned int *cpus, size_t n, struct affinity *own,
		    struct cpulist *cut)
{
	_cleanup_free_ cpu_set_t *wider = NULL;

	*own = (struct affinity){ 0 };
	own->before = affinity_read(past_last(cpus, n), &own->size);
	wider = own->before ? malloc(own->size) : NULL;
	if (wider)
		memcpy(wider, own->before, own->size);
	if (!wider || !add(wider, own->size, cpus, n)) {
		free(own->before);
		*own = (struct affinity){ 0 };
		return;
	}
	sched_setaffinity(0, own->size, wider);
	find_cut(cpus, n, cut);
}

void affinity_restore(struct affinity *own)
{
	if (own->before)
		sched_setaffinity(0, own->size, own->before);
	free(own->before);
	*own = (struct affinity){ 0 };
}

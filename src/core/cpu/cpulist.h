/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of numbers as the kernel and taskset write them: 0-3,8,16-31:2.
 *
 * Used for CPUs and for indexes of an ST table. Strict: no blanks, no signs,
 * no empty parts, no descending ranges. (libnuma's parser is relative to the
 * caller's cpuset, and its manual says not to feed it untrusted input.)
 */
#ifndef CORE_CPU_CPULIST_H
#define CORE_CPU_CPULIST_H

#include <stddef.h>

#include "core/base/error.h"

/* Largest CPU number taken: eight times the largest NR_CPUS of any kernel. */
#define CPULIST_MAX_CPU 65535u

/* Numbers in the order in which they were given; may repeat. */
struct cpulist {
	unsigned int *items;
	size_t count;
	size_t room; /* of cpulist_append(): how many fit into items */
};

void cpulist_free(struct cpulist *list);

/*
 * Append n numbers counting up from first by step. Returns 0 or -ENOMEM.
 */
int cpulist_append(struct cpulist *list, unsigned int first, size_t n,
		   unsigned int step);

/*
 * Parse text[0..length) into *list, every number at most max. what names
 * the thing in messages ("CPU", "index"). On failure *list is empty.
 * Returns 0, -EINVAL with ERR_USAGE, or -ENOMEM.
 */
int cpulist_parse(const char *text, size_t length, unsigned int max,
		  const char *what, struct cpulist *list, struct error *err);

/*
 * Print a list in its order ("3,8-11,8"): a string that cpulist_parse makes
 * the same list of, unless it is empty. To be freed; NULL when memory ran out.
 */
char *cpulist_print(const struct cpulist *list);

/*
 * Format a list as ascending ranges without repeats ("0-3,8"): a string
 * that cpulist_parse takes, to be freed; NULL when memory ran out.
 */
char *cpulist_format(const struct cpulist *list);

/* Sort ascending and drop repeats. */
void cpulist_normalize(struct cpulist *list);

#endif

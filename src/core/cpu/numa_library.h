/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libnuma, loaded when the first distance is asked for. It looks at every
 * node and at the memory policy as soon as it is there: that is too much for
 * a command that wants no distance.
 */
#ifndef CORE_CPU_NUMA_LIBRARY_H
#define CORE_CPU_NUMA_LIBRARY_H

#include <numa.h>
#include <stdbool.h>

#include "core/base/error.h"

/* The functions of <numa.h> that are used, each as numa->name. */
#define NUMA_FUNCTIONS(X) \
	X(numa_available) \
	X(numa_distance)

struct numa_library {
	bool available; /* what numa_available() said, once */
#define NUMA_MEMBER(name) __typeof__(&name) name;
	NUMA_FUNCTIONS(NUMA_MEMBER)
#undef NUMA_MEMBER
};

/*
 * Load it the first time; it is never unloaded. Returns NULL with *err filled:
 * err->number is ELIBACC if the library is missing or cannot be used, and the
 * errno if memory or descriptors ran out.
 */
const struct numa_library *numa_library(struct error *err);

#endif

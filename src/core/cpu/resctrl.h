/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What resctrl reports about the share of an L3 cache that data written by
 * devices may use (Documentation/filesystems/resctrl.rst, io_alloc).
 */
#ifndef CORE_CPU_RESCTRL_H
#define CORE_CPU_RESCTRL_H

#include <stdbool.h>

/*
 * The contents of io_alloc_cbm, "0=ffff;1=000f": which L3, by resctrl's
 * number, has the fewest ways for devices, and how many; the first of several.
 * False if it is not of that form.
 */
bool resctrl_fewest_ways(const char *text, unsigned int *l3,
			 unsigned int *ways);

#endif

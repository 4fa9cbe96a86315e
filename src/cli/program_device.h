/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the maps of a command line to a programmed device. */
#ifndef CLI_PROGRAM_DEVICE_H
#define CLI_PROGRAM_DEVICE_H

#include "core/tph/target.h"
#include "core/tph/steering.h"

struct invocation;

/*
 * Sort the words of the command line: devices come first, maps are those
 * with "=". Parses the maps; --cpus LIST is all=LIST, --follow-irq all=irq.
 * *maps, empty before, is to be freed in any case. Returns 0, or -errno with
 * *err filled.
 */
int maps_take(const struct invocation *inv, struct st_maps *maps,
	      int *n_devices, struct error *err);

/*
 * Open a device that was looked at, and program the maps. Returns 0, or -errno
 * with *err filled; see steering_set() for what result holds then.
 */
int program_device(struct invocation *inv, struct target *t,
		   const struct st_maps *maps, struct steering_result *result,
		   struct error *err);

#endif

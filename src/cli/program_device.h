/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the maps of a command line to a programmed device. */
#ifndef CLI_PROGRAM_DEVICE_H
#define CLI_PROGRAM_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/tph/target.h"
#include "core/tph/steering.h"

struct invocation;

/* Maps as the user wrote them; --cpus LIST is all=LIST. */
struct maps {
	const char **list;
	size_t n;
	bool need_vectors; /* one of them follows interrupts */
	char *from_cpus;
};

/*
 * Sort the words of the command line: devices come first, maps are those
 * with "=". Checks the form of the maps. Returns 0, or -errno with *err
 * filled.
 */
int maps_take(const struct invocation *inv, struct maps *maps, int *n_devices,
	      struct error *err);
void maps_free(struct maps *maps);

/*
 * Open a device that was looked at, and program the maps. Returns 0, or -errno
 * with *err filled; see steering_set() for what result holds then.
 */
int program_device(struct invocation *inv, struct target *t,
		   const struct maps *maps, struct steering_result *result,
		   struct error *err);

#endif

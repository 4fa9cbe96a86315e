/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The families of metrics, and what of a device goes into each. */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/tph/target.h"

struct device_metrics {
	struct target target; /* as it was looked at; closed */
	bool seen;	      /* else nothing but its address is known */
	bool success;	      /* everything could be read */
	int programmed;	      /* entries with a tag; -1: cannot be seen */
	int vectors;	      /* allocated through VFIO; -1: not known */
};

struct metrics {
	struct device_metrics *devices;
	size_t n;
	unsigned int unreadable; /* functions without config space to see */
};

void metrics_write(FILE *out, const struct metrics *metrics);

#endif

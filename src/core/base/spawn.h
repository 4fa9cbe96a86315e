/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a program as a shell would, and lending it descriptors. */
#ifndef CORE_BASE_SPAWN_H
#define CORE_BASE_SPAWN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

/* A number that the program is told in its environment. */
struct spawn_variable {
	const char *name;
	long long number; /* negative: not there, and the name is unset */
	bool is_fd;	  /* of a descriptor that it gets */
};

/* Statuses as the shell gives them. */
#define SPAWN_NOT_EXECUTABLE 126
#define SPAWN_NOT_FOUND	     127

/*
 * Run argv (found by PATH, no shell), with the variables in its
 * environment and their descriptors open, and wait for it. Signals that ask
 * this process to end are passed on, but for those that the terminal already
 * sent to both. Returns the status to leave with: the program's own, 128 + n
 * where signal n ended it, 126 or 127 where it could not be run; or -errno
 * with *err filled.
 */
int spawn_and_wait(char *const argv[], const struct spawn_variable *variables,
		   size_t n, struct error *err);

#endif

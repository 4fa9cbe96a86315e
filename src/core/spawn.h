/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running a program as a shell would, and lending it descriptors. */
#ifndef CORE_SPAWN_H
#define CORE_SPAWN_H

#include <stddef.h>

#include "core/error.h"

/* A descriptor that the program gets, and where its number is told. */
struct spawn_fd {
	const char *variable;	/* of the environment */
	int fd;			/* negative: not there */
};

/* Statuses as the shell gives them. */
#define SPAWN_NOT_EXECUTABLE 126
#define SPAWN_NOT_FOUND	     127

/*
 * Run argv (found by PATH, no shell), with the descriptors open under the
 * numbers that the variables tell, and wait for it. Signals that ask this
 * process to end are passed on, but for those that the terminal already
 * sent to both. Returns the status to leave with: the program's own, 128 + n
 * where signal n ended it, 126 or 127 where it could not be run; or -errno
 * with *err filled.
 */
int spawn_and_wait(char *const argv[], const struct spawn_fd *fds, size_t n,
		   struct error *err);

#endif

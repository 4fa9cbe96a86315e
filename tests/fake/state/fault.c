// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults on order: lines of STATE/faults, or words of VFIO_TPH_FAKE_FAULT,
 * "operation:nth:errno" (nth from 1, '*' is every one). STATE/calls counts
 * the operations seen, for whoever wants to go through them all.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/*
 * STATE/calls is a table of lines of one length, placed by a hash of their
 * name: a machine may have tens of thousands of them. Unused places are holes
 * of the file.
 */
#define RECORD 160 /* name, blanks, count, newline */
#define PLACES 65536u

static int error_number(const char *name)
{
	int i;

	for (i = 1; i < 134; i++) {
		const char *known = strerrorname_np(i);

		if (known && !strcmp(known, name))
			return i;
	}
	return atoi(name) > 0 ? atoi(name) : EIO;
}

static unsigned int place_of(const char *name)
{
	uint32_t hash = 2166136261u;

	while (*name)
		hash = (hash ^ (uint8_t)*name++) * 16777619u;
	return hash % PLACES;
}

static unsigned int count(const char *operation)
{
	char line[2 * RECORD], name[RECORD];
	unsigned int seen = 0, place, tries;
	int fd = state_open("calls", O_RDWR | O_CREAT);

	if (fd < 0)
		return 0;
	snprintf(name, sizeof(name), "%.140s", operation);
	place = place_of(name);
	for (tries = 0; tries < PLACES; tries++) {
		memset(line, 0, sizeof(line));
		if (sys_pread(fd, line, RECORD, (off_t)place * RECORD) < 0 ||
		    !line[0])
			break;
		if (!strncmp(line, name, strlen(name)) &&
		    line[strlen(name)] == ' ') {
			seen = (unsigned int)atoi(line + 141);
			break;
		}
		place = (place + 1) % PLACES;
	}
	snprintf(line, sizeof(line), "%-141s%*u\n", name, RECORD - 142, ++seen);
	if (sys_pwrite(fd, line, RECORD, (off_t)place * RECORD) != RECORD)
		seen = 0;
	sys_close(fd);
	return seen;
}

/* One order against the nth call; 0 or the errno that it asks for. */
static int match(char *order, const char *operation, unsigned int nth)
{
	char *error = strrchr(order, ':'), *which;

	if (!error)
		return 0;
	*error++ = '\0';
	which = strrchr(order, ':');
	if (!which)
		return 0;
	*which++ = '\0';
	if (strcmp(order, operation))
		return 0;
	if (strcmp(which, "*") && (unsigned int)atoi(which) != nth)
		return 0;
	return error_number(error);
}

static int search(char *orders, const char *operation, unsigned int nth)
{
	char *rest = orders, *word;
	int error = 0;

	while (!error && (word = strtok_r(rest, ", \n", &rest)))
		error = match(word, operation, nth);
	return error;
}

int fault(const char *operation)
{
	char orders[8192];
	const char *given = getenv("VFIO_TPH_FAKE_FAULT");
	unsigned int nth = count(operation);
	int error = 0;

	if (given) {
		snprintf(orders, sizeof(orders), "%s", given);
		error = search(orders, operation, nth);
	}
	if (!error && state_read("faults", orders, sizeof(orders)) > 0)
		error = search(orders, operation, nth);
	return -error;
}

bool fault_paths(void)
{
	struct stat st;
	char path[PATH_MAX + 16];

	if (getenv("VFIO_TPH_FAKE_FAULT"))
		return true;
	snprintf(path, sizeof(path), "%s/faults", machine.dir);
	if (!sys_fstatat(AT_FDCWD, path, &st, 0) && st.st_size)
		return true;
	snprintf(path, sizeof(path), "%s/calls.paths", machine.dir);
	return !sys_fstatat(AT_FDCWD, path, &st, 0);
}

int fault_path(const char *operation, const char *path)
{
	char name[PATH_MAX + 32];
	int error;

	if (!fault_paths())
		return 0;
	snprintf(name, sizeof(name), "%s:%s", operation, path);
	lock_enter();
	error = fault(name);
	lock_leave();
	return error;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults on order: lines of STATE/faults, or words of VFIO_TPH_FAKE_FAULT,
 * "operation:nth:errno" (nth from 1, "N+" from the nth on, '*' every one).
 * Operations, and the errors of each, are those of tests/faults/points.def:
 * an order of anything else ends the program. STATE/calls counts the
 * operations seen, for whoever wants to go through them all.
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

/* clang-format off */
static const struct point {
	const char *name, *errors;
} points[] = {
#define LIBC(name, errors)
#define BOTH(name, errors) { #name, errors },
#define FAKE(name, errors) { #name, errors },
#define IOCTL(name, request, operation, errors) { "ioctl." #name, errors },
#include "points.def"
#undef LIBC
#undef BOTH
#undef FAKE
#undef IOCTL
};
/* clang-format on */

/* An order that cannot be carried out is a mistake of the test, which would
 * see no failure and pass. */
static void __attribute__((noreturn))
refuse(const char *operation, const char *error, const char *why)
{
	dprintf(2, "fake: fault %s, %s: %s\n", operation, error, why);
	abort();
}

/* The point of an operation, with a path behind ':' or without; or NULL. */
static const struct point *find_point(const char *operation)
{
	size_t n = strcspn(operation, ":");

	for (size_t i = 0; i < sizeof(points) / sizeof(*points); i++)
		if (!strncmp(points[i].name, operation, n) &&
		    !points[i].name[n])
			return &points[i];
	return NULL;
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (; *words; words += strspn(words, " ")) {
		size_t length = strcspn(words, " ");

		if (length == n && !strncmp(words, word, n))
			return true;
		words += length;
	}
	return false;
}

static int error_number(const char *operation, const char *name)
{
	const struct point *point = find_point(operation);

	if (!point)
		refuse(operation, name, "no such point");
	for (int i = 1; i < 134 && has_word(point->errors, name); i++) {
		const char *known = strerrorname_np(i);

		if (known && !strcmp(known, name))
			return i;
	}
	refuse(operation, name, "no error of this point");
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

/* Is the nth call one of "N", "N+" or "*"? */
static bool is_meant(const char *operation, const char *which, unsigned int nth)
{
	char *end;
	unsigned long first = strtoul(which, &end, 10);

	if (!strcmp(which, "*"))
		return true;
	if (!first || (*end && strcmp(end, "+")))
		refuse(operation, which, "not a number of a call");
	return *end ? nth >= first : nth == first;
}

/* One order against the nth call; 0 or the errno that it asks for. */
static int match(char *order, const char *operation, unsigned int nth)
{
	char *error = strrchr(order, ':'), *which = NULL;
	int number;

	if (error) {
		*error++ = '\0';
		which = strrchr(order, ':');
	}
	if (!which)
		refuse(order, "", "not operation:nth:errno");
	*which++ = '\0';
	number = error_number(order, error);
	if (!is_meant(order, which, nth) || strcmp(order, operation))
		return 0;
	return number;
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

	if (!find_point(operation))
		refuse(operation, "", "missing in points.def");
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

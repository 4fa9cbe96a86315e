/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all unit tests share: cmocka with the headers that it wants before
 * it, checks that say what was given, expected and got, and numbers that are
 * random but the same in every run.
 *
 * Tests are named as sentences, and each has one reason to fail.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/error.h"

/* given: what was handed in, for the message; NULL where that is clear. */
static inline void unit_given(const char *given)
{
	if (given)
		print_error("given '%.100s'%s: ", given,
			    strlen(given) > 100 ? "..." : "");
}

static inline void unit_want_int(long long expected, long long got,
				 const char *what, const char *given,
				 const char *file, int line)
{
	if (expected == got)
		return;
	unit_given(given);
	print_error("%s: expected %lld (0x%llx), got %lld (0x%llx)\n", what,
		    expected, (unsigned long long)expected, got,
		    (unsigned long long)got);
	_fail(file, line);
}

static inline void unit_want_string(const char *expected, const char *got,
				    const char *what, const char *given,
				    const char *file, int line)
{
	if (expected == got || (expected && got && strcmp(expected, got) == 0))
		return;
	unit_given(given);
	print_error("%s: expected \"%s\", got \"%s\"\n", what,
		    expected ? expected : "(null)", got ? got : "(null)");
	_fail(file, line);
}

static inline void unit_want_within(const char *part, const char *got,
				    const char *what, const char *given,
				    const char *file, int line)
{
	if (strstr(got, part))
		return;
	unit_given(given);
	print_error("%s: expected \"%s\" in it, got \"%s\"\n", what, part, got);
	_fail(file, line);
}

#define want_int(expected, got, given)                                      \
	unit_want_int((long long)(expected), (long long)(got), #got, given, \
		      __FILE__, __LINE__)
#define want_string(expected, got, given) \
	unit_want_string(expected, got, #got, given, __FILE__, __LINE__)
#define want_within(part, got, given) \
	unit_want_within(part, got, #got, given, __FILE__, __LINE__)

/* Does text hold nothing that breaks a line or drives a terminal? */
static inline bool is_one_line(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

/* Marsaglia's xorshift64*: the same numbers in every run. */
static inline uint32_t unit_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * 0x2545f4914f6cdd1dull) >> 32);
}

#define UNIT_SEED 0x9e3779b97f4a7c15ull

#endif

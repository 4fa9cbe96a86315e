/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compat: the names of errnos, compared with glibc's where that is the libc. */
#include <errno.h>
#include <stdio.h>

#include "unit.h"

#include "core/base/compat.h"

#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 32)
#define HAVE_STRERRORNAME_NP
#endif
#endif

static void errno_has_its_name(void **state)
{
	(void)state;
	assert_string_equal("EPERM", errno_name(EPERM));
	assert_string_equal("EAGAIN", errno_name(EAGAIN));
	assert_string_equal("EHWPOISON", errno_name(EHWPOISON));
}

static void number_without_a_name_has_none(void **state)
{
	static const int numbers[] = { 0, -1, 524, 1 << 30, -(1 << 30) };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		assert_null(errno_name(numbers[i]));
}

static void names_are_those_of_glibc(void **state)
{
	(void)state;
#ifdef HAVE_STRERRORNAME_NP
	for (int number = 1; number < 4096; number++) {
		const char *name = strerrorname_np(number);
		char text[16];

		snprintf(text, sizeof(text), "%d", number);
		unit_want_string(name ? name : "none",
				 errno_name(number) ? errno_name(number)
						    : "none",
				 "name", text, __FILE__, __LINE__);
	}
#else
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errno_has_its_name),
		cmocka_unit_test(number_without_a_name_has_none),
		cmocka_unit_test(names_are_those_of_glibc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

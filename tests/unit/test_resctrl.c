/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/resctrl: the masks of io_alloc_cbm. */
#include "unit.h"

#include <stdio.h>

#include "core/cpu/resctrl.h"

#define MASKS(X)                                                 \
	X(one_l3, "0=ffff\n", 0, 16)                             \
	X(the_fewest_of_several, "0=ffff;1=000f;2=00ff\n", 1, 4) \
	X(the_first_of_equals, "3=3;5=3", 3, 2)                  \
	X(a_mask_of_no_bits, "0=f;1=0\n", 1, 0)                  \
	X(a_mask_of_more_than_64_bits, "0=ffffffffffffffffffff", 0, 80)

#define X(name, text, expected_l3, expected_ways)                            \
	static void name(void **state)                                       \
	{                                                                    \
		unsigned int l3, ways;                                       \
                                                                             \
		(void)state;                                                 \
		want_int(true, resctrl_fewest_ways(text, &l3, &ways), text); \
		want_int(expected_l3, l3, text);                             \
		want_int(expected_ways, ways, text);                         \
	}
MASKS(X)
#undef X

#define WRONG(X)                            \
	X(no_text, "")                      \
	X(no_mask, "0=\n")                  \
	X(no_number, "=ff\n")               \
	X(capitals, "0=FF\n")               \
	X(an_end_that_is_none, "0=ff;\n")   \
	X(more_than_a_line, "0=ff\n1=ff\n") \
	X(a_number_that_is_too_large, "4294967296=ff\n")

#define X(name, text)                                                         \
	static void name##_is_refused(void **state)                           \
	{                                                                     \
		unsigned int l3, ways;                                        \
                                                                              \
		(void)state;                                                  \
		want_int(false, resctrl_fewest_ways(text, &l3, &ways), text); \
	}
WRONG(X)
#undef X

int main(void)
{
	const struct CMUnitTest tests[] = {
#define X(name, ...) cmocka_unit_test(name),
		MASKS(X)
#undef X
#define X(name, ...) cmocka_unit_test(name##_is_refused),
			WRONG(X)
#undef X
	};

	return cmocka_run_group_tests_name("resctrl", tests, NULL, NULL);
}

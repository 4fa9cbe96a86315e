/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/utf8: what is a character, after RFC 3629, and what is not. */
#include "unit.h"

#include <stdlib.h>

#include "core/base/utf8.h"

#define FFFD UTF8_REPLACEMENT

/* The first and the last of each length, and what is next to a hole. */
#define KEPT(X)                                               \
	X(empty_text_stays_empty, "")                         \
	X(ascii_is_kept, " plain~\x7f")                       \
	X(control_characters_are_kept, "\x01\x1b\n")          \
	X(first_of_two_bytes_is_kept, "\xc2\x80")             \
	X(last_of_two_bytes_is_kept, "\xdf\xbf")              \
	X(first_of_three_bytes_is_kept, "\xe0\xa0\x80")       \
	X(last_below_the_surrogates_is_kept, "\xed\x9f\xbf")  \
	X(first_above_the_surrogates_is_kept, "\xee\x80\x80") \
	X(last_of_three_bytes_is_kept, "\xef\xbf\xbf")        \
	X(first_of_four_bytes_is_kept, "\xf0\x90\x80\x80")    \
	X(last_of_all_is_kept, "\xf4\x8f\xbf\xbf")            \
	X(words_are_kept, "Ger\xc3\xa4t \xe2\x84\xa2 \xf0\x9f\x94\x8c")

#define REPLACED(X)                                                          \
	X(stray_continuation_is_replaced,                                    \
	  "a\x80"                                                            \
	  "b",                                                               \
	  "a" FFFD "b")                                                      \
	X(latin_1_is_replaced, "Ger\xe4t", "Ger" FFFD "t")                   \
	X(two_bytes_cut_at_the_end_are_replaced, "\xc3", FFFD)               \
	X(three_bytes_cut_at_the_end_are_replaced, "\xe2\x84", FFFD FFFD)    \
	X(four_bytes_cut_at_the_end_are_replaced, "\xf0\x9f\x94",            \
	  FFFD FFFD FFFD)                                                    \
	X(slash_in_two_bytes_is_replaced, "\xc0\xaf", FFFD FFFD)             \
	X(too_long_two_bytes_are_replaced, "\xc1\xbf", FFFD FFFD)            \
	X(too_long_three_bytes_are_replaced, "\xe0\x9f\xbf", FFFD FFFD FFFD) \
	X(too_long_four_bytes_are_replaced, "\xf0\x8f\xbf\xbf",              \
	  FFFD FFFD FFFD FFFD)                                               \
	X(first_surrogate_is_replaced, "\xed\xa0\x80", FFFD FFFD FFFD)       \
	X(last_surrogate_is_replaced, "\xed\xbf\xbf", FFFD FFFD FFFD)        \
	X(one_above_the_last_is_replaced, "\xf4\x90\x80\x80",                \
	  FFFD FFFD FFFD FFFD)                                               \
	X(five_bytes_are_replaced, "\xf8\x88\x80\x80\x80",                   \
	  FFFD FFFD FFFD FFFD FFFD)                                          \
	X(byte_ff_is_replaced, "\xff", FFFD)                                 \
	X(what_follows_a_cut_character_is_kept, "\xe2\x84\xc3\xa4",          \
	  FFFD FFFD "\xc3\xa4")

static void want_clean(const char *expected, const char *text)
{
	char *got = utf8_clean(text);

	assert_non_null(got);
	want_string(expected, got, text);
	want_int(strcmp(text, expected) == 0, utf8_valid(text), text);
	free(got);
}

#define X(name, text)                   \
	static void name(void **state)  \
	{                               \
		(void)state;            \
		want_clean(text, text); \
	}
KEPT(X)
#undef X

#define X(name, text, expected)             \
	static void name(void **state)      \
	{                                   \
		(void)state;                \
		want_clean(expected, text); \
	}
REPLACED(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = { KEPT(X) REPLACED(X) };
#undef X

	return cmocka_run_group_tests(tests, NULL, NULL);
}

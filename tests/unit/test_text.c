/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/text: numbers and words in text from outside, read step by step. */
#include "unit.h"

#include "core/base/text.h"

/* What is read, or -1; *rest is what is left. */
static long long decimal(const char *text, const char **rest)
{
	unsigned int value;

	*rest = text;
	return text_take_number(rest, &value) ? (long long)value : -1;
}

static long long hexadecimal(const char *text, const char **rest)
{
	unsigned int value;

	*rest = text;
	return text_take_hex(rest, &value) ? (long long)value : -1;
}

#define NUMBERS(X)                                                           \
	X(number_ends_where_its_digits_end, decimal, "12x", 12, "x")         \
	X(leading_zeros_count_as_digits, decimal, "000000001", 1, "")        \
	X(largest_number_is_read, decimal, "999999999", 999999999, "")       \
	X(number_of_ten_digits_is_refused, decimal, "1000000000", -1,        \
	  "1000000000")                                                      \
	X(number_that_would_wrap_to_0_is_refused, decimal, "4294967296", -1, \
	  "4294967296")                                                      \
	X(no_digit_is_no_number, decimal, "x1", -1, "x1")                    \
	X(nothing_is_no_number, decimal, "", -1, "")                         \
	X(minus_sign_is_no_number, decimal, "-1", -1, "-1")                  \
	X(plus_sign_is_no_number, decimal, "+1", -1, "+1")                   \
	X(blank_before_a_number_is_not_skipped, decimal, " 1", -1, " 1")     \
	X(hexadecimal_number_is_read, hexadecimal, "0x1f2 y", 0x1f2, " y")   \
	X(largest_hexadecimal_number_is_read, hexadecimal, "0xffffffff",     \
	  0xffffffff, "")                                                    \
	X(hexadecimal_number_of_nine_digits_is_refused, hexadecimal,         \
	  "0x100000000", -1, "100000000")                                    \
	X(hexadecimal_number_needs_0x, hexadecimal, "1f", -1, "1f")          \
	X(hexadecimal_sign_is_refused, hexadecimal, "-0x1", -1, "-0x1")

#define X(name, read, text, number, left)                  \
	static void name(void **state)                     \
	{                                                  \
		const char *rest;                          \
                                                           \
		(void)state;                               \
		want_int(number, read(text, &rest), text); \
		want_string(left, rest, text);             \
	}
NUMBERS(X)
#undef X

static void word_that_is_there_is_stepped_over(void **state)
{
	const char *p = "port 1";

	(void)state;
	want_int(true, text_take(&p, "port "), NULL);
	want_string("1", p, NULL);
}

static void word_that_is_not_there_is_not_stepped_over(void **state)
{
	const char *p = "por";

	(void)state;
	want_int(false, text_take(&p, "port "), NULL);
	want_string("por", p, NULL);
}

#define LINES(X)                                                         \
	X(plain_text_stays, "a b", "a b")                                \
	X(newline_becomes_a_question_mark, "a\nb", "a?b")                \
	X(escape_becomes_a_question_mark, "\033[2J", "?[2J")             \
	X(delete_becomes_a_question_mark, "\177", "?")                   \
	X(control_of_utf8_becomes_question_marks,                        \
	  "\xc2\x9b"                                                     \
	  "m",                                                           \
	  "??m")                                                         \
	X(control_of_latin_1_becomes_a_question_mark, "\x9b[2J", "?[2J") \
	X(direction_of_writing_becomes_question_marks,                   \
	  "a\xe2\x80\xae"                                                \
	  "b\xe2\x81\xa6",                                               \
	  "a???b???")                                                    \
	X(letters_of_utf8_stay, "\xc3\xa4\xc2\xa0", "\xc3\xa4\xc2\xa0")  \
	X(half_a_letter_of_utf8_at_the_end_stays, "\xc2", "\xc2")

#define X(name, text, line)                      \
	static void name(void **state)           \
	{                                        \
		char buffer[] = text;            \
                                                 \
		(void)state;                     \
		text_keep_one_line(buffer);      \
		want_string(line, buffer, NULL); \
	}
LINES(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		NUMBERS(X) LINES(X)
			cmocka_unit_test(word_that_is_there_is_stepped_over),
		cmocka_unit_test(word_that_is_not_there_is_not_stepped_over),
	};
#undef X

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}

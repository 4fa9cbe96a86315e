/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/cpulist: lists of CPUs and of indexes. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/cpu/cpulist.h"

static int parse(const char *text, struct cpulist *list, struct error *err)
{
	return cpulist_parse(text, strlen(text), CPULIST_MAX_CPU, "CPU", list,
			     err);
}

/* The numbers in the order of the list, with blanks between. */
static void spell(const struct cpulist *list, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < list->count && used < size; i++)
		used += (size_t)snprintf(out + used, size - used,
					 i ? " %u" : "%u", list->items[i]);
}

static const char *numbers(const char *text, char *out, size_t size)
{
	struct error err = { 0 };
	struct cpulist list;

	if (parse(text, &list, &err))
		snprintf(out, size, "%s", err.message);
	else
		spell(&list, out, size);
	cpulist_free(&list);
	return out;
}

#define READ(X)                                                            \
	X(one_number_is_read, "8", "8")                                    \
	X(range_is_read, "0-3", "0 1 2 3")                                 \
	X(range_of_one_is_read, "5-5", "5")                                \
	X(stride_is_read, "16-31:5", "16 21 26 31")                        \
	X(stride_need_not_meet_the_end, "0-7:3", "0 3 6")                  \
	X(stride_longer_than_the_range_gives_the_first, "4-7:100", "4")    \
	X(stride_of_20_digits_gives_the_first, "4-7:99999999999999999999", \
	  "4")                                                             \
	X(stride_of_2_to_the_32_is_not_taken_for_0, "4-7:4294967296", "4") \
	X(parts_are_joined, "0-1,8,16-20:2", "0 1 8 16 18 20")             \
	X(order_is_kept, "5,3,9,0-1", "5 3 9 0 1")                         \
	X(repeats_are_kept, "2,2,1-3", "2 2 1 2 3")                        \
	X(leading_zeros_are_decimal, "010", "10")                          \
	X(largest_number_is_read, "65535", "65535")

#define REFUSED(X)                                                          \
	X(empty_list_is_refused, "", "a number is missing")                 \
	X(range_that_runs_backwards_is_refused, "3-1", "backwards")         \
	X(range_without_end_is_refused, "0-", "end of a range is missing")  \
	X(range_without_beginning_is_refused, "-3", "a number is missing")  \
	X(empty_part_is_refused, "1,,2", "a number is missing")             \
	X(comma_at_the_end_is_refused, "1,", "a number is missing")         \
	X(comma_at_the_beginning_is_refused, ",1", "a number is missing")   \
	X(comma_alone_is_refused, ",", "a number is missing")               \
	X(number_of_33_bits_is_refused, "4294967296", "too large")          \
	X(number_that_wraps_to_0_in_64_bits_is_refused,                     \
	  "18446744073709551616", "too large")                              \
	X(number_that_wraps_to_1_in_64_bits_is_refused,                     \
	  "18446744073709551617", "too large")                              \
	X(range_to_2_to_the_64_is_refused, "1-18446744073709551616",        \
	  "too large")                                                      \
	X(range_of_a_hundred_million_is_refused, "0-99999999", "too large") \
	X(number_one_beyond_the_largest_is_refused, "65536", "too large")   \
	X(message_names_the_largest, "65536", "the largest is 65535")       \
	X(stride_of_0_is_refused, "0-3:0", "stride is 0")                   \
	X(stride_of_many_zeros_is_refused, "0-3:000", "stride is 0")        \
	X(missing_stride_is_refused, "0-3:", "stride is missing")           \
	X(stride_of_a_single_number_is_refused, "3:2", "does not belong")   \
	X(two_strides_are_refused, "0-7:2:2", "does not belong")            \
	X(range_of_three_is_refused, "0-1-2", "does not belong")            \
	X(space_before_is_refused, " 1", "a number is missing")             \
	X(space_behind_is_refused, "1 ", "does not belong")                 \
	X(space_within_is_refused, "1, 2", "a number is missing")           \
	X(newline_behind_is_refused, "1\n", "does not belong")              \
	X(plus_sign_is_refused, "+1", "a number is missing")                \
	X(minus_sign_is_refused, "1,-1", "a number is missing")             \
	X(prefix_0x_is_refused, "0x1", "does not belong")                   \
	X(letters_are_refused, "x", "a number is missing")                  \
	X(point_is_refused, "1.5", "does not belong")                       \
	X(exclamation_mark_of_libnuma_is_refused, "!1", "a number is missing")

#define X(name, text, expected)                                               \
	static void name(void **state)                                        \
	{                                                                     \
		char out[1024];                                               \
                                                                              \
		(void)state;                                                  \
		want_string(expected, numbers(text, out, sizeof(out)), text); \
	}
READ(X)
#undef X

#define X(name, text, expected)                                    \
	static void name(void **state)                             \
	{                                                          \
		struct error err = { 0 };                          \
		struct cpulist list;                               \
                                                                   \
		(void)state;                                       \
		want_int(-EINVAL, parse(text, &list, &err), text); \
		want_within(expected, err.message, text);          \
	}
REFUSED(X)
#undef X

static void refusal_is_an_error_of_usage(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	parse("3-1", &list, &err);
	want_int(ERR_USAGE, err.kind, "3-1");
}

static void refused_list_is_empty(void **state)
{
	struct error err = { 0 };
	struct cpulist list = { .items = (unsigned int *)state, .count = 99 };

	(void)state;
	parse("0-63,x", &list, &err);
	want_int(0, list.count, "0-63,x");
}

static void refused_list_holds_no_memory(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	parse("0-63,x", &list, &err);
	want_int(true, list.items == NULL, "0-63,x");
}

static void message_names_what_it_is_a_list_of(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	cpulist_parse("9-", 2, 2047, "index", &list, &err);
	want_within("index list '9-'", err.message, "9-");
}

static void limit_of_the_caller_holds(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	want_int(-EINVAL, cpulist_parse("2048", 4, 2047, "index", &list, &err),
		 "2048");
}

static void limit_of_the_caller_itself_is_read(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	want_int(0, cpulist_parse("2047", 4, 2047, "index", &list, &err),
		 "2047");
	cpulist_free(&list);
}

static void nothing_beyond_the_length_is_read(void **state)
{
	struct error err = { 0 };
	struct cpulist list;
	char out[32];

	(void)state;
	want_int(0, cpulist_parse("0-12=7", 3, 2047, "index", &list, &err),
		 "0-1|2=7");
	spell(&list, out, sizeof(out));
	cpulist_free(&list);
	want_string("0 1", out, "0-1|2=7");
}

static void ten_thousand_digits_are_refused(void **state)
{
	static char text[10001];
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	memset(text, '9', sizeof(text) - 1);
	want_int(-EINVAL, parse(text, &list, &err), text);
}

static void message_about_a_long_list_is_short(void **state)
{
	static char text[10001];
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	memset(text, ',', sizeof(text) - 1);
	parse(text, &list, &err);
	want_int(true, strlen(err.message) < 200, err.message);
}

/* n times the longest range: 8 bytes of text ask for 256 KiB each. */
static int parse_longest_ranges(int n, struct cpulist *list, struct error *err)
{
	char text[1024] = "0-65535";
	size_t used = strlen(text);

	while (--n)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 ",0-65535");
	return parse(text, list, err);
}

static void sixteen_of_the_longest_ranges_are_read(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	want_int(0, parse_longest_ranges(16, &list, &err), NULL);
	cpulist_free(&list);
}

static void one_more_of_the_longest_ranges_is_refused(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	want_int(-EINVAL, parse_longest_ranges(17, &list, &err), NULL);
}

static void message_about_too_many_numbers_says_so(void **state)
{
	struct error err = { 0 };
	struct cpulist list;

	(void)state;
	parse_longest_ranges(100, &list, &err);
	want_within("too long", err.message, NULL);
}

static const char *normalized(const char *text, char *out, size_t size)
{
	struct error err = { 0 };
	struct cpulist list;

	want_int(0, parse(text, &list, &err), text);
	cpulist_normalize(&list);
	spell(&list, out, size);
	cpulist_free(&list);
	return out;
}

static void normalizing_sorts(void **state)
{
	char out[64];

	(void)state;
	want_string("0 3 5 9", normalized("9,5,0,3", out, sizeof(out)),
		    "9,5,0,3");
}

static void normalizing_drops_repeats(void **state)
{
	char out[64];

	(void)state;
	want_string("1 2 3", normalized("1-3,2,3,1", out, sizeof(out)),
		    "1-3,2,3,1");
}

static void normalizing_an_empty_list_does_nothing(void **state)
{
	struct cpulist list = { 0 };

	(void)state;
	cpulist_normalize(&list);
	want_int(0, list.count, NULL);
}

#define FORMATTED(X)                                                      \
	X(one_number_is_formatted, "7", "7")                              \
	X(neighbours_become_a_range, "0,1", "0-1")                        \
	X(ranges_and_numbers_are_formatted, "0-3,8,10-11", "0-3,8,10-11") \
	X(formatting_sorts, "8,0-3", "0-3,8")                             \
	X(formatting_drops_repeats, "1,1,1-2", "1-2")                     \
	X(strides_are_spelt_out, "0-6:2", "0,2,4,6")                      \
	X(largest_range_is_formatted, "0-65535", "0-65535")

#define X(name, given, expected)                               \
	static void name(void **state)                         \
	{                                                      \
		struct error err = { 0 };                      \
		struct cpulist list;                           \
		char *text;                                    \
                                                               \
		(void)state;                                   \
		want_int(0, parse(given, &list, &err), given); \
		text = cpulist_format(&list);                  \
		cpulist_free(&list);                           \
		want_string(expected, text, given);            \
		free(text);                                    \
	}
FORMATTED(X)
#undef X

static void empty_list_is_formatted_as_nothing(void **state)
{
	struct cpulist list = { 0 };
	char *text = cpulist_format(&list);

	(void)state;
	want_string("", text, NULL);
	free(text);
}

static void formatting_leaves_the_list_alone(void **state)
{
	unsigned int items[] = { 9, 1, 9 };
	struct cpulist list = { .items = items, .count = 3 };
	char out[32];

	(void)state;
	free(cpulist_format(&list));
	spell(&list, out, sizeof(out));
	want_string("9 1 9", out, NULL);
}

/* A set of CPUs below limit, each in it with a chance of one in few. */
static void random_set(uint64_t *seed, unsigned int limit, unsigned int few,
		       struct cpulist *list)
{
	*list = (struct cpulist){ 0 };
	for (unsigned int cpu = 0; cpu < limit; cpu++)
		if (unit_random(seed) % few == 0)
			assert_int_equal(0, cpulist_append(list, cpu, 1, 1));
}

static void parsing_undoes_formatting(void **state)
{
	uint64_t seed = UNIT_SEED;

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		struct cpulist set, parsed;
		struct error err = { 0 };
		char *text;

		random_set(&seed, 1 + unit_random(&seed) % 512, 1 + i % 7,
			   &set);
		text = cpulist_format(&set);
		if (set.count) {
			want_int(0, parse(text, &parsed, &err), text);
			want_int(set.count, parsed.count, text);
			want_int(0,
				 memcmp(set.items, parsed.items,
					set.count * sizeof(*set.items)),
				 text);
			cpulist_free(&parsed);
		}
		free(text);
		cpulist_free(&set);
	}
}

/* Bytes that the grammar is made of, in any order: no crash, no leak. */
static void random_text_is_read_or_refused_with_one_line(void **state)
{
	static const char letters[] = "0123456789--,,:: x\n";
	uint64_t seed = UNIT_SEED;
	char text[24];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		size_t n = unit_random(&seed) % (sizeof(text) - 1);
		struct error err = { 0 };
		struct cpulist list;

		for (size_t at = 0; at < n; at++)
			text[at] = letters[unit_random(&seed) %
					   (sizeof(letters) - 1)];
		text[n] = '\0';
		if (parse(text, &list, &err))
			want_int(true,
				 err.message[0] != '\0' &&
					 is_one_line(err.message),
				 text);
		cpulist_free(&list);
	}
}

static void appending_counts_up_by_the_step(void **state)
{
	struct cpulist list = { 0 };
	char out[32];

	(void)state;
	assert_int_equal(0, cpulist_append(&list, 10, 3, 4));
	spell(&list, out, sizeof(out));
	cpulist_free(&list);
	want_string("10 14 18", out, NULL);
}

/* Not as often as something is appended: long lists would be copied so often.
 */
static void appending_one_by_one_seldom_moves_the_list(void **state)
{
	struct cpulist list = { 0 };
	size_t room = 0, changes = 0;

	(void)state;
	for (unsigned int i = 0; i < 10000; i++) {
		assert_int_equal(0, cpulist_append(&list, i, 1, 1));
		assert_int_equal(i, list.items[i]);
		changes += list.room != room;
		room = list.room;
	}
	assert_in_range(changes, 1, 20);
	cpulist_free(&list);
}

static void appending_nothing_takes_no_memory(void **state)
{
	struct cpulist list = { 0 };

	(void)state;
	cpulist_append(&list, 10, 0, 1);
	want_int(true, list.items == NULL, NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		READ(X) REFUSED(X) FORMATTED(X)
			cmocka_unit_test(refusal_is_an_error_of_usage),
		cmocka_unit_test(refused_list_is_empty),
		cmocka_unit_test(refused_list_holds_no_memory),
		cmocka_unit_test(message_names_what_it_is_a_list_of),
		cmocka_unit_test(limit_of_the_caller_holds),
		cmocka_unit_test(limit_of_the_caller_itself_is_read),
		cmocka_unit_test(nothing_beyond_the_length_is_read),
		cmocka_unit_test(ten_thousand_digits_are_refused),
		cmocka_unit_test(message_about_a_long_list_is_short),
		cmocka_unit_test(sixteen_of_the_longest_ranges_are_read),
		cmocka_unit_test(one_more_of_the_longest_ranges_is_refused),
		cmocka_unit_test(message_about_too_many_numbers_says_so),
		cmocka_unit_test(normalizing_sorts),
		cmocka_unit_test(normalizing_drops_repeats),
		cmocka_unit_test(normalizing_an_empty_list_does_nothing),
		cmocka_unit_test(empty_list_is_formatted_as_nothing),
		cmocka_unit_test(formatting_leaves_the_list_alone),
		cmocka_unit_test(parsing_undoes_formatting),
		cmocka_unit_test(random_text_is_read_or_refused_with_one_line),
		cmocka_unit_test(appending_counts_up_by_the_step),
		cmocka_unit_test(appending_one_by_one_seldom_moves_the_list),
		cmocka_unit_test(appending_nothing_takes_no_memory),
	};
#undef X

	return cmocka_run_group_tests_name("cpulist", tests, NULL, NULL);
}

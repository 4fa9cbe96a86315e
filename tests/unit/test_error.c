/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/error: one line whatever comes in, words and statuses of all kinds. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "core/base/error.h"

static const enum error_kind kinds[] = {
#define X(name, status, word) name,
	ERROR_KINDS(X)
#undef X
};

#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Every byte but the final 0, and what terminals listen to. */
static const char *every_byte(void)
{
	static char text[256];

	for (int i = 1; i < 256; i++)
		text[i - 1] = (char)i;
	return text;
}

static void message_of_every_byte_is_one_line(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_USAGE, EINVAL, "%s", every_byte());
	want_int(true, is_one_line(err.message), NULL);
}

static void system_message_of_every_byte_is_one_line(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_system(&err, EIO, "%s", every_byte());
	want_int(true, is_one_line(err.message), NULL);
}

static void hint_of_every_byte_is_one_line(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_hint(&err, "%s", every_byte());
	want_int(true, is_one_line(err.hint), NULL);
}

static void prefix_of_every_byte_is_one_line(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_USAGE, EINVAL, "x");
	error_prefix(&err, "%s", every_byte());
	want_int(true, is_one_line(err.message), NULL);
}

static void control_characters_become_question_marks(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_USAGE, EINVAL,
		  "a\nb\tc\033[1m\x7f"
		  "d\r");
	want_string("a?b?c?[1m?d?", err.message, NULL);
}

static void letters_beyond_ascii_are_kept(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_USAGE, EINVAL, "J\xc3\xbcrgen");
	want_string("J\xc3\xbcrgen", err.message, NULL);
}

static const char *long_text(void)
{
	static char text[10001];

	memset(text, 'x', sizeof(text) - 1);
	return text;
}

static void long_message_is_cut(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_USAGE, EINVAL, "%s", long_text());
	want_int(sizeof(err.message) - 1, strlen(err.message), NULL);
}

static void long_system_message_is_cut(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_system(&err, EIO, "%s", long_text());
	want_int(sizeof(err.message) - 1, strlen(err.message), NULL);
}

static void long_hint_is_cut(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_hint(&err, "%s", long_text());
	want_int(sizeof(err.hint) - 1, strlen(err.hint), NULL);
}

static void long_prefix_is_cut(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_USAGE, EINVAL, "x");
	error_prefix(&err, "%s", long_text());
	want_int(sizeof(err.message) - 1, strlen(err.message), NULL);
}

static void prefix_before_a_long_message_is_kept(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_USAGE, EINVAL, "%s", long_text());
	error_prefix(&err, "map '%s'", "0=1");
	want_int(0, strncmp("map '0=1': xxx", err.message, 14), err.message);
}

static void prefix_stands_before_the_message(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_NO_TAG, ENOENT, "no tag");
	error_prefix(&err, "CPU %d", 3);
	want_string("CPU 3: no tag", err.message, NULL);
}

static void prefix_leaves_the_kind_alone(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_NO_TAG, ENOENT, "no tag");
	error_prefix(&err, "CPU %d", 3);
	want_int(ERR_NO_TAG, err.kind, NULL);
}

static void prefix_leaves_the_hint_alone(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_set(&err, ERR_NO_TAG, ENOENT, "no tag");
	error_hint(&err, "ask again");
	error_prefix(&err, "CPU %d", 3);
	want_string("ask again", err.hint, NULL);
}

static void new_message_drops_the_old_hint(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_hint(&err, "old");
	error_set(&err, ERR_USAGE, EINVAL, "new");
	want_string("", err.hint, NULL);
}

static void new_system_message_drops_the_old_hint(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_hint(&err, "old");
	error_system(&err, EIO, "new");
	want_string("", err.hint, NULL);
}

static void setting_returns_the_negative_number(void **state)
{
	struct error err = { 0 };

	(void)state;
	want_int(-ENXIO, error_set(&err, ERR_REFUSED, ENXIO, "x"), NULL);
}

static void setting_without_a_number_returns_einval(void **state)
{
	struct error err = { 0 };

	(void)state;
	want_int(-EINVAL, error_set(&err, ERR_REFUSED, 0, "x"), NULL);
}

static void system_error_returns_the_negative_number(void **state)
{
	struct error err = { 0 };

	(void)state;
	want_int(-EBUSY, error_system(&err, EBUSY, "x"), NULL);
}

static void system_error_ends_with_the_text_of_the_number(void **state)
{
	struct error err = { 0 };

	(void)state;
	error_system(&err, EBUSY, "cannot open %s", "x");
	want_string("cannot open x: Device or resource busy", err.message,
		    NULL);
}

#define SYSTEM(X)                                                   \
	X(eacces_is_a_matter_of_permission, EACCES, ERR_PERMISSION) \
	X(eperm_is_a_matter_of_permission, EPERM, ERR_PERMISSION)   \
	X(other_numbers_are_system_errors, EIO, ERR_SYSTEM)

#define X(name, number, expected)                   \
	static void name(void **state)              \
	{                                           \
		struct error err = { 0 };           \
                                                    \
		(void)state;                        \
		error_system(&err, number, "x");    \
		want_int(expected, err.kind, NULL); \
	}
SYSTEM(X)
#undef X

static void no_two_kinds_share_a_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_KINDS; i++)
		for (size_t j = 0; j < i; j++) {
			struct error a = { .kind = kinds[i] };
			struct error b = { .kind = kinds[j] };

			want_int(false,
				 strcmp(error_word(&a), error_word(&b)) == 0,
				 error_word(&a));
		}
}

static void words_are_small_letters_and_dashes(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_KINDS; i++) {
		struct error err = { .kind = kinds[i] };
		const char *word = error_word(&err);

		want_int(strlen(word),
			 strspn(word, "abcdefghijklmnopqrstuvwxyz-"), word);
	}
}

static void statuses_of_all_kinds_are_within_1_and_11(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_KINDS; i++) {
		struct error err = { .kind = kinds[i] };
		int status = (int)error_status(&err);

		if (status < 1 || status > 11)
			want_int(1, status, error_word(&err));
	}
}

static void no_error_has_status_0(void **state)
{
	struct error err = { .kind = ERR_NONE };

	(void)state;
	want_int(STATUS_OK, error_status(&err), NULL);
}

/* The promise to scripts: these numbers are documented. */
#define DOCUMENTED(X)                                 \
	X(refusal_of_the_kernel_is_1, ERR_REFUSED, 1) \
	X(failed_output_is_1, ERR_OUTPUT, 1)          \
	X(usage_is_2, ERR_USAGE, 2)                   \
	X(absent_device_is_3, ERR_NOT_FOUND, 3)       \
	X(device_not_bound_is_4, ERR_NOT_BOUND, 4)    \
	X(device_without_tph_is_5, ERR_NO_TPH, 5)     \
	X(kernel_without_abi_is_6, ERR_NO_ABI, 6)     \
	X(unknown_abi_is_6, ERR_UNKNOWN_ABI, 6)       \
	X(permission_is_7, ERR_PERMISSION, 7)         \
	X(device_held_by_another_is_8, ERR_BUSY, 8)   \
	X(work_done_in_part_is_9, ERR_PARTIAL, 9)

#define X(name, which, expected)                                          \
	static void name(void **state)                                    \
	{                                                                 \
		struct error err = { .kind = which };                     \
                                                                          \
		(void)state;                                              \
		want_int(expected, error_status(&err), error_word(&err)); \
	}
DOCUMENTED(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		SYSTEM(X) DOCUMENTED(X)
			cmocka_unit_test(message_of_every_byte_is_one_line),
		cmocka_unit_test(system_message_of_every_byte_is_one_line),
		cmocka_unit_test(hint_of_every_byte_is_one_line),
		cmocka_unit_test(prefix_of_every_byte_is_one_line),
		cmocka_unit_test(control_characters_become_question_marks),
		cmocka_unit_test(letters_beyond_ascii_are_kept),
		cmocka_unit_test(long_message_is_cut),
		cmocka_unit_test(long_system_message_is_cut),
		cmocka_unit_test(long_hint_is_cut),
		cmocka_unit_test(long_prefix_is_cut),
		cmocka_unit_test(prefix_before_a_long_message_is_kept),
		cmocka_unit_test(prefix_stands_before_the_message),
		cmocka_unit_test(prefix_leaves_the_kind_alone),
		cmocka_unit_test(prefix_leaves_the_hint_alone),
		cmocka_unit_test(new_message_drops_the_old_hint),
		cmocka_unit_test(new_system_message_drops_the_old_hint),
		cmocka_unit_test(setting_returns_the_negative_number),
		cmocka_unit_test(setting_without_a_number_returns_einval),
		cmocka_unit_test(system_error_returns_the_negative_number),
		cmocka_unit_test(system_error_ends_with_the_text_of_the_number),
		cmocka_unit_test(no_two_kinds_share_a_word),
		cmocka_unit_test(words_are_small_letters_and_dashes),
		cmocka_unit_test(statuses_of_all_kinds_are_within_1_and_11),
		cmocka_unit_test(no_error_has_status_0),
	};
#undef X

	return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}

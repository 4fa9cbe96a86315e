/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/tph_abi_ioctl: batches of GET_ST and SET_ST, and how they are split. */
#include "unit.h"

#include "core/tph/abi.h"
#include "fake_ioctl.h"

#define MOST 5000

static struct io io;
static uint16_t tags[MOST + 1];

static uint32_t word(unsigned int call, unsigned int offset)
{
	assert_true(call < fake_n && offset + 4 <= fake_calls[call].size);
	return fake_get32(fake_calls[call].bytes + offset);
}

/* Entry i of a batch begins at 16 + 12 i. */
static const uint8_t *entry(unsigned int call, unsigned int i)
{
	assert_true(call < fake_n && 28 + 12 * i <= fake_calls[call].size);
	return fake_calls[call].bytes + 16 + 12 * i;
}

/* Tag of a CPU: never 0. */
static uint32_t tag_of(uint32_t cpu)
{
	return 0x8000 + cpu;
}

static int answer_tags(unsigned int call, uint8_t *bytes)
{
	uint32_t n = fake_get32(bytes + 8);

	(void)call;
	for (uint32_t i = 0; i < n && fake_get32(bytes + 4) == 3; i++) {
		uint8_t *e = bytes + 16 + 12 * i;
		uint32_t tag = tag_of(fake_get32(e));

		e[8] = (uint8_t)tag;
		e[9] = (uint8_t)(tag >> 8);
	}
	return 0;
}

/* A kernel that takes no more than so many entries. */
static uint32_t limit;

static int answer_up_to_limit(unsigned int call, uint8_t *bytes)
{
	if (fake_get32(bytes + 8) > limit)
		return -EINVAL;
	return answer_tags(call, bytes);
}

/* A kernel that fails the call of this number. */
static unsigned int failing;

static int answer_enxio_once(unsigned int call, uint8_t *bytes)
{
	return call == failing ? -ENXIO : answer_tags(call, bytes);
}

/* Ask for the tags of CPUs 0 to n - 1. */
static int get(size_t n, enum tph_mem mem)
{
	struct tph_handle h = { .abi = &tph_abi_ioctl,
				.io = &io,
				.fd = FAKE_FD };
	static unsigned int cpus[MOST];

	for (unsigned int i = 0; i < n; i++)
		cpus[i] = i;
	memset(tags, 0, sizeof(tags));
	if (!fake_answer)
		fake_answer = answer_tags;
	return h.abi->get_st(&h, cpus, n, mem, tags);
}

/* Program entry i with CPU i + 7, for i from 0 to n - 1. */
static int set(size_t n, enum tph_mem mem, size_t *done)
{
	struct tph_handle h = { .abi = &tph_abi_ioctl,
				.io = &io,
				.fd = FAKE_FD };
	static struct tph_entry entries[MOST];

	for (unsigned int i = 0; i < n; i++)
		entries[i] = (struct tph_entry){ .index = i, .cpu = i + 7 };
	return h.abi->set_st(&h, entries, n, mem, done);
}

static int get_3(void)
{
	return get(3, TPH_MEM_PERSISTENT);
}

static int set_3(void)
{
	size_t done;

	return set(3, TPH_MEM_PERSISTENT, &done);
}

#define BYTES(X)                                                            \
	X(get_st_is_op_3, get_3, 3, word(0, 4))                             \
	X(get_st_of_3_has_argsz_52, get_3, 52, word(0, 0))                  \
	X(count_of_get_st_is_that_of_the_cpus, get_3, 3, word(0, 8))        \
	X(reserved_word_of_get_st_is_0, get_3, 0, word(0, 12))              \
	X(get_st_hands_in_the_cpu, get_3, 2, fake_get32(entry(0, 2)))       \
	X(get_st_hands_in_the_memory_type, get_3, 1, entry(0, 2)[4])        \
	X(first_reserved_byte_of_get_st_is_0, get_3, 0, entry(0, 2)[5])     \
	X(get_st_hands_in_no_index, get_3, 0, fake_get16(entry(0, 2) + 6))  \
	X(get_st_hands_in_no_tag, get_3, 0, fake_get16(entry(0, 2) + 8))    \
	X(last_reserved_bytes_of_get_st_are_0, get_3, 0,                    \
	  fake_get16(entry(0, 2) + 10))                                     \
	X(set_st_is_op_4, set_3, 4, word(0, 4))                             \
	X(set_st_of_3_has_argsz_52, set_3, 52, word(0, 0))                  \
	X(count_of_set_st_is_that_of_the_entries, set_3, 3, word(0, 8))     \
	X(reserved_word_of_set_st_is_0, set_3, 0, word(0, 12))              \
	X(set_st_hands_in_the_cpu, set_3, 9, fake_get32(entry(0, 2)))       \
	X(set_st_hands_in_the_memory_type, set_3, 1, entry(0, 2)[4])        \
	X(first_reserved_byte_of_set_st_is_0, set_3, 0, entry(0, 2)[5])     \
	X(set_st_hands_in_the_index, set_3, 2, fake_get16(entry(0, 2) + 6)) \
	X(set_st_hands_in_no_tag, set_3, 0, fake_get16(entry(0, 2) + 8))    \
	X(last_reserved_bytes_of_set_st_are_0, set_3, 0,                    \
	  fake_get16(entry(0, 2) + 10))

#define X(name, function, expected, got)       \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		want_int(0, function(), NULL); \
		want_int(expected, got, NULL); \
	}
BYTES(X)
#undef X

static void volatile_memory_is_type_0(void **state)
{
	(void)state;
	get(1, TPH_MEM_VOLATILE);
	want_int(0, entry(0, 0)[4], NULL);
}

static void tags_come_back_in_the_order_of_the_cpus(void **state)
{
	(void)state;
	get(3, TPH_MEM_VOLATILE);
	want_int(tag_of(2), tags[2], NULL);
}

/* As few calls as the limit of 2048 allows. */

#define SPLIT(X)                                                               \
	X(2048_cpus_are_one_call, get(2048, TPH_MEM_VOLATILE), 1, 0, 2048)     \
	X(2049_cpus_are_two_calls, get(2049, TPH_MEM_VOLATILE), 2, 1, 1)       \
	X(5000_cpus_are_three_calls, get(5000, TPH_MEM_VOLATILE), 3, 2, 904)   \
	X(2048_entries_are_one_call, set(2048, TPH_MEM_VOLATILE, &done), 1, 0, \
	  2048)                                                                \
	X(2049_entries_are_two_calls, set(2049, TPH_MEM_VOLATILE, &done), 2,   \
	  1, 1)                                                                \
	X(5000_entries_are_three_calls, set(5000, TPH_MEM_VOLATILE, &done), 3, \
	  2, 904)

#define X(name, issue, calls, last, count)                                \
	static void split_##name(void **state)                            \
	{                                                                 \
		size_t done = 0;                                          \
                                                                          \
		(void)state, (void)done;                                  \
		want_int(0, issue, NULL);                                 \
		want_int(calls, fake_n, NULL);                            \
		want_int(count, word(last, 8), "count of the last call"); \
	}
SPLIT(X)
#undef X

static void tags_of_every_call_land_in_their_place(void **state)
{
	(void)state;
	get(MOST, TPH_MEM_VOLATILE);
	for (unsigned int i = 0; i < MOST; i++)
		want_int(tag_of(i), tags[i], NULL);
}

static void no_tag_is_written_behind_the_last(void **state)
{
	(void)state;
	get(MOST, TPH_MEM_VOLATILE);
	want_int(0, tags[MOST], NULL);
}

static void second_call_goes_on_where_the_first_ended(void **state)
{
	size_t done;

	(void)state;
	set(2049, TPH_MEM_VOLATILE, &done);
	want_int(2048, fake_get16(entry(1, 0) + 6), NULL);
}

static void second_call_hands_in_the_cpu_of_its_entry(void **state)
{
	size_t done;

	(void)state;
	set(2049, TPH_MEM_VOLATILE, &done);
	want_int(2048 + 7, fake_get32(entry(1, 0)), NULL);
}

static void all_entries_are_done(void **state)
{
	size_t done = 0;

	(void)state;
	set(MOST, TPH_MEM_VOLATILE, &done);
	want_int(MOST, done, NULL);
}

static void no_cpus_are_no_call(void **state)
{
	(void)state;
	get(0, TPH_MEM_VOLATILE);
	want_int(0, fake_n, NULL);
}

static void no_entries_are_no_call(void **state)
{
	size_t done;

	(void)state;
	set(0, TPH_MEM_VOLATILE, &done);
	want_int(0, fake_n, NULL);
}

/* Kernels that refuse. */

static void get_st_is_halved_where_the_kernel_takes_less(void **state)
{
	(void)state;
	limit = 512;
	fake_answer = answer_up_to_limit;
	want_int(0, get(1024, TPH_MEM_VOLATILE), NULL);
	want_int(512, word(1, 8), "count of the second call");
}

static void halved_get_st_gives_every_tag(void **state)
{
	(void)state;
	limit = 300;
	fake_answer = answer_up_to_limit;
	get(MOST, TPH_MEM_VOLATILE);
	for (unsigned int i = 0; i < MOST; i++)
		want_int(tag_of(i), tags[i], NULL);
}

static void get_st_of_one_is_not_halved(void **state)
{
	(void)state;
	limit = 0;
	fake_answer = answer_up_to_limit;
	want_int(-EINVAL, get(1, TPH_MEM_VOLATILE), NULL);
}

static void get_st_that_is_refused_at_any_size_ends(void **state)
{
	(void)state;
	limit = 0;
	fake_answer = answer_up_to_limit;
	want_int(-EINVAL, get(2048, TPH_MEM_VOLATILE), NULL);
}

static void get_st_is_not_halved_on_another_error(void **state)
{
	(void)state;
	failing = 0;
	fake_answer = answer_enxio_once;
	want_int(-ENXIO, get(2048, TPH_MEM_VOLATILE), NULL);
	want_int(1, fake_n, NULL);
}

static void set_st_is_never_halved(void **state)
{
	size_t done;

	(void)state;
	limit = 512;
	fake_answer = answer_up_to_limit;
	want_int(-EINVAL, set(1024, TPH_MEM_VOLATILE, &done), NULL);
	want_int(1, fake_n, NULL);
}

static void set_st_that_fails_at_once_has_done_nothing(void **state)
{
	size_t done = 99;

	(void)state;
	failing = 0;
	fake_answer = answer_enxio_once;
	set(MOST, TPH_MEM_VOLATILE, &done);
	want_int(0, done, NULL);
}

static void set_st_that_fails_later_has_done_the_calls_before(void **state)
{
	size_t done = 99;

	(void)state;
	failing = 1;
	fake_answer = answer_enxio_once;
	set(MOST, TPH_MEM_VOLATILE, &done);
	want_int(2048, done, NULL);
}

static void set_st_issues_nothing_after_a_failure(void **state)
{
	size_t done;

	(void)state;
	failing = 1;
	fake_answer = answer_enxio_once;
	set(MOST, TPH_MEM_VOLATILE, &done);
	want_int(2, fake_n, NULL);
}

static void errno_of_set_st_is_passed_on(void **state)
{
	size_t done;

	(void)state;
	failing = 1;
	fake_answer = answer_enxio_once;
	want_int(-ENXIO, set(MOST, TPH_MEM_VOLATILE, &done), NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test_teardown(name, fake_reset),
#define S(name, ...) cmocka_unit_test_teardown(split_##name, fake_reset),
	const struct CMUnitTest tests[] = {
		BYTES(X) SPLIT(S) X(volatile_memory_is_type_0) X(
			tags_come_back_in_the_order_of_the_cpus) X(tags_of_every_call_land_in_their_place)
			X(no_tag_is_written_behind_the_last) X(
				second_call_goes_on_where_the_first_ended) X(second_call_hands_in_the_cpu_of_its_entry)
				X(all_entries_are_done) X(no_cpus_are_no_call) X(
					no_entries_are_no_call) X(get_st_is_halved_where_the_kernel_takes_less)
					X(halved_get_st_gives_every_tag) X(
						get_st_of_one_is_not_halved)
						X(get_st_that_is_refused_at_any_size_ends) X(
							get_st_is_not_halved_on_another_error)
							X(set_st_is_never_halved) X(
								set_st_that_fails_at_once_has_done_nothing)
								X(set_st_that_fails_later_has_done_the_calls_before)
									X(set_st_issues_nothing_after_a_failure)
										X(errno_of_set_st_is_passed_on)
	};
#undef X
#undef S

	return cmocka_run_group_tests_name("tph_batch", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph_cap: finding and decoding the TPH capability, and the MSI-X
 * capability with it.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "config_space.h"

/* Decode what stands in c. */
static struct tph_cap decode(struct config_space *c)
{
	struct config_reader reader = config_space_reader(c);
	struct tph_cap cap;

	want_int(0, tph_cap_read(&reader, &cap), NULL);
	return cap;
}

/* Decode it, and say what came of it. */
static int result(struct config_space *c)
{
	struct config_reader reader = config_space_reader(c);
	struct tph_cap cap;

	return tph_cap_read(&reader, &cap);
}

/* Decode a TPH capability register; MSI-X has 16 vectors. */
static struct tph_cap decode_register(uint32_t reg)
{
	struct config_space c;

	config_space_init(&c);
	config_put_tph(&c, reg);
	config_put_msix(&c, 16, 0, 0x2000);
	return decode(&c);
}

static void every_combination_of_modes_is_read(void **state)
{
	char given[16];

	(void)state;
	for (unsigned int modes = 0; modes < 8; modes++) {
		snprintf(given, sizeof(given), "modes %u", modes);
		want_int(modes, decode_register(modes).modes, given);
	}
}

static void bits_beside_the_modes_are_no_modes(void **state)
{
	(void)state;
	want_int(0, decode_register(0xfffffff8u).modes, NULL);
}

#define REGISTERS(X)                                                           \
	X(extended_bit_is_read, TPH_EXT, extended, true)                       \
	X(device_without_extended_bit_is_not_extended, ~TPH_EXT, extended,     \
	  false)                                                               \
	X(location_0_is_no_table, TPH_LOC(0) | TPH_SIZE(64), location,         \
	  TPH_TABLE_NONE)                                                      \
	X(no_table_has_no_size, TPH_LOC(0) | TPH_SIZE(64), table_size, 0)      \
	X(location_1_is_the_capability, TPH_LOC(1), location,                  \
	  TPH_TABLE_CAPABILITY)                                                \
	X(location_2_is_msix, TPH_LOC(2), location, TPH_TABLE_MSIX)            \
	X(reserved_location_3_is_no_table, TPH_LOC(3) | TPH_SIZE(64),          \
	  location, TPH_TABLE_NONE)                                            \
	X(table_at_a_reserved_location_has_no_size, TPH_LOC(3) | TPH_SIZE(64), \
	  table_size, 0)                                                       \
	X(size_field_0_is_one_entry, TPH_LOC(1) | TPH_SIZE(1), table_size, 1)  \
	X(size_field_15_is_16_entries, TPH_LOC(1) | 15u << 16, table_size, 16) \
	X(largest_size_field_is_2048_entries, TPH_LOC(1) | 0x7ffu << 16,       \
	  table_size, 2048)                                                    \
	X(bits_above_the_size_do_not_count, TPH_LOC(1) | 0xf8000000u,          \
	  table_size, 1)                                                       \
	X(size_of_a_table_in_msix_is_that_of_msix, TPH_LOC(2) | TPH_SIZE(64),  \
	  table_size, 16)                                                      \
	X(capability_is_found_at_its_offset, 0, offset, 0x100)

#define X(name, reg, member, expected)                                 \
	static void name(void **state)                                 \
	{                                                              \
		(void)state;                                           \
		want_int(expected, decode_register(reg).member, #reg); \
	}
REGISTERS(X)
#undef X

static void table_in_msix_without_msix_is_no_table(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, TPH_LOC(2) | TPH_SIZE(64));
	want_int(TPH_TABLE_NONE, decode(&c).location, NULL);
}

static struct msix_cap decode_msix(unsigned int vectors, unsigned int bar,
				   uint32_t offset)
{
	struct config_space c;

	config_space_init(&c);
	config_put_tph(&c, TPH_LOC(2));
	config_put_msix(&c, vectors, bar, offset);
	return decode(&c).msix;
}

#define MSIX(X)                                                              \
	X(msix_of_one_vector_is_read, (1, 0, 0), vectors, 1)                 \
	X(msix_of_2048_vectors_is_read, (2048, 0, 0), vectors, 2048)         \
	X(lowest_bar_of_msix_is_read, (16, 0, 0x3000), bar, 0)               \
	X(highest_bar_of_msix_is_read, (16, 5, 0x3000), bar, 5)              \
	X(offset_of_the_vector_table_is_read, (16, 5, 0x3000), table_offset, \
	  0x3000)                                                            \
	X(largest_offset_of_the_vector_table_is_read, (16, 5, 0xfffffff8u),  \
	  table_offset, 0xfffffff8u)                                         \
	X(msix_is_found_at_its_offset, (16, 0, 0), offset, 0x70)             \
	X(msix_that_is_off_is_off, (16, 0, 0), enabled, false)

#define X(name, arguments, member, expected)                                  \
	static void name(void **state)                                        \
	{                                                                     \
		(void)state;                                                  \
		want_int(expected, decode_msix arguments.member, #arguments); \
	}
MSIX(X)
#undef X

static void msix_that_is_on_is_on(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put_msix(&c, 16, 0, 0);
	config_put16(&c, 0x72, 0x8000 | 15);
	want_int(true, decode(&c).msix.enabled, NULL);
}

static void masked_msix_has_as_many_vectors(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put_msix(&c, 16, 0, 0);
	config_put16(&c, 0x72, 0xc000 | 15);
	want_int(16, decode(&c).msix.vectors, NULL);
}

static void msix_behind_other_capabilities_is_found(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put8(&c, 0x34, 0x40);
	config_put_cap(&c, 0x40, 0x01, 0xf0);
	config_put_cap(&c, 0xf0, 0x10, 0x80);
	config_put_cap(&c, 0x80, 0x11, 0);
	want_int(0x80, decode(&c).msix.offset, NULL);
}

static void low_bits_of_a_capability_pointer_do_not_count(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put_msix(&c, 16, 0, 0);
	config_put8(&c, 0x34, 0x73);
	want_int(0x70, decode(&c).msix.offset, NULL);
}

static void without_the_list_bit_there_is_no_msix(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put_msix(&c, 16, 0, 0);
	config_put16(&c, 0x06, 0);
	want_int(0, decode(&c).msix.offset, NULL);
}

/* Lists that end in another way than the specification wants. */
static struct tph_cap decode_list(unsigned int at, unsigned int next)
{
	struct config_space c;

	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put8(&c, 0x34, 0x40);
	config_put_cap(&c, 0x40, 0x01, at);
	config_put_cap(&c, at, 0x05, next);
	return decode(&c);
}

static void list_of_one_that_loops_ends(void **state)
{
	(void)state;
	want_int(0, decode_list(0x40, 0x40).msix.offset, NULL);
}

static void list_of_two_that_loops_ends(void **state)
{
	(void)state;
	want_int(0, decode_list(0x50, 0x40).msix.offset, NULL);
}

static void list_that_leads_into_the_header_ends(void **state)
{
	(void)state;
	want_int(0, decode_list(0x50, 0x3c).msix.offset, NULL);
}

static void list_that_leads_to_all_ones_ends(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put8(&c, 0x34, 0x40);
	memset(c.bytes + 0x40, 0xff, 0xc0);
	want_int(0, decode(&c).msix.offset, NULL);
}

static void longest_list_is_walked_to_its_end(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, 0);
	config_put8(&c, 0x34, 0x40);
	for (unsigned int at = 0x40; at < 0xfc; at += 4)
		config_put_cap(&c, at, 0x05, at + 4);
	config_put_cap(&c, 0xfc, 0x11, 0);
	want_int(0xfc, decode(&c).msix.offset, NULL);
}

/* The extended list. */

static void tph_in_the_last_place_of_the_list_is_found(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_ext_cap(&c, 0x100, 0x01, 0x148);
	config_put_ext_cap(&c, 0x148, 0x0b, 0xa00);
	config_put_ext_cap(&c, 0xa00, 0x03, 0x200);
	config_put_ext_cap(&c, 0x200, 0x17, 0);
	want_int(0x200, decode(&c).offset, NULL);
}

static void tph_at_the_end_of_config_space_is_found(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_ext_cap(&c, 0x100, 0x01, 0xff4);
	config_put_ext_cap(&c, 0xff4, 0x17, 0);
	want_int(0xff4, decode(&c).offset, NULL);
}

static void longest_extended_list_is_walked_to_its_end(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	for (unsigned int at = 0x100; at < 0xff0; at += 8)
		config_put_ext_cap(&c, at, 0x0b, at + 8);
	config_put_ext_cap(&c, 0xff0, 0x17, 0);
	want_int(0xff0, decode(&c).offset, NULL);
}

static void first_of_two_tph_capabilities_counts(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_ext_cap(&c, 0x100, 0x17, 0x200);
	config_put_ext_cap(&c, 0x200, 0x17, 0);
	want_int(0x100, decode(&c).offset, NULL);
}

static void capability_of_another_id_is_not_tph(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_ext_cap(&c, 0x100, 0x16, 0);
	want_int(0, decode(&c).offset, NULL);
}

static void function_without_extended_capabilities_has_no_tph(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	want_int(0, decode(&c).offset, NULL);
}

static void extended_list_that_loops_ends(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_ext_cap(&c, 0x100, 0x01, 0x200);
	config_put_ext_cap(&c, 0x200, 0x0b, 0x100);
	want_int(0, decode(&c).offset, NULL);
}

static void extended_list_that_leads_below_100_ends(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_ext_cap(&c, 0x100, 0x01, 0x0c0);
	config_put32(&c, 0xc0, 0x17);
	want_int(0, decode(&c).offset, NULL);
}

static void extended_list_that_leads_to_all_ones_ends(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_ext_cap(&c, 0x100, 0x01, 0x200);
	memset(c.bytes + 0x200, 0xff, sizeof(c.bytes) - 0x200);
	want_int(-ENXIO, result(&c), NULL);
}

static void device_that_is_gone_does_not_say_whether_it_has_tph(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	memset(c.bytes, 0xff, sizeof(c.bytes));
	want_int(-ENXIO, result(&c), NULL);
}

static void device_that_is_gone_is_asked_once(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	memset(c.bytes, 0xff, sizeof(c.bytes));
	result(&c);
	want_int(1, c.reads, NULL);
}

static void conventional_function_has_no_tph(void **state)
{
	struct config_space c;

	(void)state;
	config_space_init(&c);
	config_put_msix(&c, 16, 0, 0);
	c.size = c.visible = 256;
	want_int(0, decode(&c).offset, NULL);
}

static void config_space_that_may_not_be_read_is_eperm(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap;

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, TPH_LOC(1));
	c.visible = 64;
	want_int(-EPERM, tph_cap_read(&reader, &cap), NULL);
}

static void error_of_any_read_is_passed_on(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap;
	unsigned int reads;
	char given[32];

	(void)state;
	config_space_init(&c);
	config_put_tph(&c, TPH_LOC(2));
	config_put_msix(&c, 16, 0, 0);
	want_int(0, tph_cap_read(&reader, &cap), NULL);
	reads = c.reads;
	for (unsigned int i = 1; i <= reads; i++) {
		c.reads = 0;
		c.fail_at = i;
		c.error = -EIO;
		snprintf(given, sizeof(given), "read %u of %u", i, reads);
		want_int(-EIO, tph_cap_read(&reader, &cap), given);
	}
}

/* Any bytes: an answer that keeps its own promises, and an end. */
static void random_bytes_give_an_answer_within_bounds(void **state)
{
	uint64_t seed = UNIT_SEED;
	struct config_space c;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		struct config_reader reader = config_space_reader(&c);
		struct tph_cap cap;

		config_space_init(&c);
		for (size_t at = 0; at < sizeof(c.bytes); at++)
			c.bytes[at] = (uint8_t)unit_random(&seed);
		config_put_ext_cap(&c, 0x100, i % 2 ? 0x17 : 0x01,
				   unit_random(&seed) & 0xfff);
		tph_cap_read(&reader, &cap);
		want_int(true, cap.table_size <= 2048, NULL);
		want_int(cap.location == TPH_TABLE_NONE, cap.table_size == 0,
			 NULL);
	}
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		REGISTERS(X) MSIX(X)
			cmocka_unit_test(every_combination_of_modes_is_read),
		cmocka_unit_test(bits_beside_the_modes_are_no_modes),
		cmocka_unit_test(table_in_msix_without_msix_is_no_table),
		cmocka_unit_test(msix_that_is_on_is_on),
		cmocka_unit_test(masked_msix_has_as_many_vectors),
		cmocka_unit_test(msix_behind_other_capabilities_is_found),
		cmocka_unit_test(low_bits_of_a_capability_pointer_do_not_count),
		cmocka_unit_test(without_the_list_bit_there_is_no_msix),
		cmocka_unit_test(list_of_one_that_loops_ends),
		cmocka_unit_test(list_of_two_that_loops_ends),
		cmocka_unit_test(list_that_leads_into_the_header_ends),
		cmocka_unit_test(list_that_leads_to_all_ones_ends),
		cmocka_unit_test(longest_list_is_walked_to_its_end),
		cmocka_unit_test(tph_in_the_last_place_of_the_list_is_found),
		cmocka_unit_test(tph_at_the_end_of_config_space_is_found),
		cmocka_unit_test(longest_extended_list_is_walked_to_its_end),
		cmocka_unit_test(first_of_two_tph_capabilities_counts),
		cmocka_unit_test(capability_of_another_id_is_not_tph),
		cmocka_unit_test(
			function_without_extended_capabilities_has_no_tph),
		cmocka_unit_test(extended_list_that_loops_ends),
		cmocka_unit_test(extended_list_that_leads_below_100_ends),
		cmocka_unit_test(extended_list_that_leads_to_all_ones_ends),
		cmocka_unit_test(
			device_that_is_gone_does_not_say_whether_it_has_tph),
		cmocka_unit_test(device_that_is_gone_is_asked_once),
		cmocka_unit_test(conventional_function_has_no_tph),
		cmocka_unit_test(config_space_that_may_not_be_read_is_eperm),
		cmocka_unit_test(error_of_any_read_is_passed_on),
		cmocka_unit_test(random_bytes_give_an_answer_within_bounds),
	};
#undef X

	return cmocka_run_group_tests_name("tph_cap", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph/abi_layouts: which of the two layouts a kernel has, by what its
 * GET_CAP says of a device of which config space is known.
 */
#include "unit.h"

#include "core/tph/abi_layouts.h"

#define V1 (&tph_layout_v1)
#define V8 (&tph_layout_v8)

static const char *name_of(const struct tph_layout *layout)
{
	return layout ? layout->name : "none";
}

/* c: modes of config space, t: table, m and b: bytes 0 and 1 of GET_CAP. */
static const char *tell(unsigned int c, bool t, uint8_t m, uint8_t b,
			const struct tph_layout *named,
			const struct tph_layout *hint)
{
	const struct tph_layout_look look = { c, t, m, b };

	return name_of(tph_layout_tell(&look, named, hint));
}

#define TELLS(X)                                                            \
	X(table_7_of_v1, "v1", tell(7, true, 7, 1, NULL, NULL))             \
	X(table_7_of_v8, "v8", tell(7, true, 3, 0, NULL, NULL))             \
	X(table_6_of_v1, "v1", tell(6, true, 6, 1, NULL, NULL))             \
	X(table_6_of_v8, "v8", tell(6, true, 3, 0, NULL, NULL))             \
	X(table_2_of_v1, "v1", tell(2, true, 2, 1, NULL, NULL))             \
	X(table_2_of_v8, "v8", tell(2, true, 1, 0, NULL, NULL))             \
	X(no_gate_takes_ds_of_a_table, "none",                              \
	  tell(7, true, 3, 1, NULL, NULL))                                  \
	X(table_without_its_byte_is_not_v1, "none",                         \
	  tell(7, true, 7, 0, NULL, NULL))                                  \
	X(table_byte_and_shifted_modes_are_neither, "none",                 \
	  tell(6, true, 3, 1, NULL, NULL))                                  \
	X(byte_of_2_is_neither, "none", tell(7, true, 7, 2, NULL, NULL))    \
	X(table_byte_without_a_table_is_neither, "none",                    \
	  tell(7, false, 7, 1, NULL, NULL))                                 \
	X(no_table_7_of_v1, "v1", tell(7, false, 7, 0, NULL, NULL))         \
	X(no_table_7_gated_of_v8, "v8", tell(7, false, 1, 0, NULL, NULL))   \
	X(no_table_6_of_v1, "v1", tell(6, false, 6, 0, NULL, NULL))         \
	X(no_table_6_gated_of_v3, "v1", tell(6, false, 2, 0, NULL, NULL))   \
	X(no_table_6_of_v8, "v8", tell(6, false, 3, 0, NULL, NULL))         \
	X(no_table_6_gated_of_v8, "v8", tell(6, false, 1, 0, NULL, NULL))   \
	X(no_table_5_of_v1, "v1", tell(5, false, 5, 0, NULL, NULL))         \
	X(no_table_5_gated_of_v3, "v1", tell(5, false, 1, 0, NULL, NULL))   \
	X(no_table_5_of_v8, "v8", tell(5, false, 2, 0, NULL, NULL))         \
	X(no_table_5_gated_of_v8, "v8", tell(5, false, 0, 0, NULL, NULL))   \
	X(no_table_4_of_v1, "v1", tell(4, false, 4, 0, NULL, NULL))         \
	X(no_table_4_of_v8, "v8", tell(4, false, 2, 0, NULL, NULL))         \
	X(no_table_3_of_v1, "v1", tell(3, false, 3, 0, NULL, NULL))         \
	X(no_table_3_of_v8, "v8", tell(3, false, 1, 0, NULL, NULL))         \
	X(no_table_2_of_v1, "v1", tell(2, false, 2, 0, NULL, NULL))         \
	X(no_table_2_of_v8, "v8", tell(2, false, 1, 0, NULL, NULL))         \
	X(no_table_1_of_v1, "v1", tell(1, false, 1, 0, NULL, NULL))         \
	X(no_table_1_of_v8, "v8", tell(1, false, 0, 0, NULL, NULL))         \
	X(ambiguous_without_a_hint_is_not_told, "none",                     \
	  tell(7, false, 3, 0, NULL, NULL))                                 \
	X(ambiguous_is_what_the_hint_says_v1, "v1",                         \
	  tell(7, false, 3, 0, NULL, V1))                                   \
	X(ambiguous_is_what_the_hint_says_v8, "v8",                         \
	  tell(7, false, 3, 0, NULL, V8))                                   \
	X(hint_decides_nothing_else, "v1", tell(7, true, 7, 1, NULL, V8))   \
	X(no_mode_is_no_riddle, "v1", tell(4, false, 0, 0, NULL, NULL))     \
	X(device_without_modes_is_no_riddle, "v1",                          \
	  tell(0, true, 0, 1, NULL, NULL))                                  \
	X(modes_that_the_device_lacks_are_neither, "none",                  \
	  tell(2, false, 6, 0, NULL, NULL))                                 \
	X(named_layout_needs_no_hint, "v8", tell(7, false, 3, 0, V8, NULL)) \
	X(named_layout_goes_before_the_hint, "v1",                          \
	  tell(7, false, 3, 0, V1, V8))                                     \
	X(named_v1_is_contradicted, "none", tell(7, true, 3, 0, V1, NULL))  \
	X(named_v8_is_contradicted, "none", tell(7, true, 7, 1, V8, NULL))  \
	X(layout_is_found_by_name, "v8", name_of(tph_layout_find("v8")))    \
	X(unknown_name_is_no_layout, "none", name_of(tph_layout_find("v2")))

#define X(name, expected, got)                    \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		want_string(expected, got, NULL); \
	}
TELLS(X)
#undef X

#define BITS(X)                                                         \
	X(v1_bits_are_those_of_the_register, 7, tph_layout_bits(V1, 7)) \
	X(v8_bits_are_one_lower, 3, tph_layout_bits(V8, 7))             \
	X(v8_has_no_bit_for_ns, 0, tph_layout_bits(V8, 1))              \
	X(v1_bits_become_modes, 6, tph_layout_modes(V1, 6))             \
	X(v8_bits_become_modes, 6, tph_layout_modes(V8, 3))             \
	X(v8_bit_0_is_iv, 2, tph_layout_modes(V8, 1))                   \
	X(unknown_bits_are_no_mode, 0, tph_layout_modes(V8, 4))

#define X(name, expected, got)                 \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		want_int(expected, got, NULL); \
	}
BITS(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = { TELLS(X) BITS(X) };
#undef X

	return cmocka_run_group_tests_name("tph_layouts", tests, NULL, NULL);
}

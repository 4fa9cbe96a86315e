/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/bdf: addresses. Selectors have a program of their own. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "core/pci/bdf.h"

/* Parse and format again: the address in full, or "" where it was refused. */
static const char *full(const char *text, char buffer[BDF_LENGTH])
{
	struct bdf bdf;

	if (bdf_parse(text, &bdf))
		return "";
	return bdf_format(&bdf, buffer);
}

#define READ(X)                                                                \
	X(address_without_domain_is_in_domain_zero, "3b:00.0", "0000:3b:00.0") \
	X(address_with_domain_keeps_it, "0001:3b:00.0", "0001:3b:00.0")        \
	X(address_in_a_domain_of_five_digits_is_read, "10000:e0:01.0",         \
	  "10000:e0:01.0")                                                     \
	X(largest_address_is_read, "ffffffff:ff:1f.7", "ffffffff:ff:1f.7")     \
	X(smallest_address_is_read, "0000:00:00.0", "0000:00:00.0")            \
	X(capital_digits_are_read, "00AB:3B:1F.7", "00ab:3b:1f.7")             \
	X(leading_zeros_may_be_left_out, "1:b:c.2", "0001:0b:0c.2")

#define REFUSED(X)                                               \
	X(empty_text_is_refused, "")                             \
	X(function_8_is_refused, "3b:00.8")                      \
	X(function_f_is_refused, "3b:00.f")                      \
	X(function_of_two_digits_is_refused, "3b:00.00")         \
	X(missing_function_is_refused, "3b:00")                  \
	X(empty_function_is_refused, "3b:00.")                   \
	X(device_20_is_refused, "3b:20.0")                       \
	X(device_of_three_digits_is_refused, "3b:000.0")         \
	X(empty_device_is_refused, "3b:.0")                      \
	X(missing_bus_is_refused, "00.0")                        \
	X(empty_bus_is_refused, ":00.0")                         \
	X(bus_of_three_digits_is_refused, "03b:00.0")            \
	X(domain_and_bus_alone_are_refused, "0000:3b")           \
	X(empty_domain_is_refused, ":3b:00.0")                   \
	X(domain_of_nine_digits_is_refused, "100000000:00:00.0") \
	X(four_parts_are_refused, "0:0000:3b:00.0")              \
	X(letters_beyond_f_are_refused, "zz")                    \
	X(letter_g_in_the_bus_is_refused, "3g:00.0")             \
	X(space_before_is_refused, " 3b:00.0")                   \
	X(space_behind_is_refused, "3b:00.0 ")                   \
	X(space_within_is_refused, "3b: 00.0")                   \
	X(newline_behind_is_refused, "3b:00.0\n")                \
	X(minus_sign_is_refused, "-3b:00.0")                     \
	X(plus_sign_is_refused, "+1:00.0")                       \
	X(sign_in_the_domain_is_refused, "-1:3b:00.0")           \
	X(prefix_0x_is_refused, "0x3b:00.0")                     \
	X(prefix_0x_in_the_domain_is_refused, "0x0:3b:00.0")     \
	X(prefix_0x_in_the_function_is_refused, "3b:00.0x1")     \
	X(something_behind_is_refused, "3b:00.0/1")              \
	X(two_dots_are_refused, "3b:00..0")                      \
	X(comma_for_a_dot_is_refused, "3b:00,0")                 \
	X(byte_beyond_ascii_is_refused, "3b:00.\xb2")

#define X(name, text, expected)                                  \
	static void name(void **state)                           \
	{                                                        \
		char buffer[BDF_LENGTH];                         \
                                                                 \
		(void)state;                                     \
		want_string(expected, full(text, buffer), text); \
	}
READ(X)
#undef X

#define X(name, text)                                           \
	static void name(void **state)                          \
	{                                                       \
		struct bdf bdf;                                 \
                                                                \
		(void)state;                                    \
		want_int(-EINVAL, bdf_parse(text, &bdf), text); \
	}
REFUSED(X)
#undef X

static void ten_thousand_digits_are_refused(void **state)
{
	static char text[10001];
	struct bdf bdf;

	(void)state;
	memset(text, '0', sizeof(text) - 1);
	want_int(-EINVAL, bdf_parse(text, &bdf), text);
}

static void ten_thousand_colons_are_refused(void **state)
{
	static char text[10001];
	struct bdf bdf;

	(void)state;
	memset(text, ':', sizeof(text) - 1);
	want_int(-EINVAL, bdf_parse(text, &bdf), text);
}

static void address_behind_ten_thousand_zeros_is_refused(void **state)
{
	static char text[10001];
	struct bdf bdf;

	(void)state;
	memset(text, '0', sizeof(text) - 1);
	memcpy(text + sizeof(text) - 8, "3b:00.0", 8);
	want_int(-EINVAL, bdf_parse(text, &bdf), text);
}

static void refused_text_leaves_the_address_alone(void **state)
{
	struct bdf bdf = { 1, 2, 3, 4 };
	char buffer[BDF_LENGTH];

	(void)state;
	bdf_parse("3b:1f.9", &bdf);
	want_string("0001:02:03.4", bdf_format(&bdf, buffer), NULL);
}

/* What X is made of: domains of every width from 1 to 32 bits. */
static struct bdf random_bdf(uint64_t *seed)
{
	unsigned int width = unit_random(seed) % 32;

	return (struct bdf){ .domain = unit_random(seed) >> width,
			     .bus = (uint8_t)unit_random(seed),
			     .device = unit_random(seed) & 0x1f,
			     .function = unit_random(seed) & 7 };
}

static void parsing_undoes_formatting(void **state)
{
	uint64_t seed = UNIT_SEED;
	char text[BDF_LENGTH], again[BDF_LENGTH];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct bdf bdf = random_bdf(&seed), parsed = { 0 };

		bdf_format(&bdf, text);
		want_int(0, bdf_parse(text, &parsed), text);
		if (!bdf_equal(&bdf, &parsed))
			want_string(text, bdf_format(&parsed, again), text);
	}
}

static void formatting_undoes_parsing(void **state)
{
	uint64_t seed = UNIT_SEED + 1;
	char text[32], again[BDF_LENGTH];

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct bdf b = random_bdf(&seed);

		snprintf(text, sizeof(text), "%04x:%02x:%02x.%x", b.domain,
			 b.bus, b.device, b.function);
		want_string(text, full(text, again), text);
	}
}

#define DIFFERS(X)                                 \
	X(addresses_of_two_domains_differ, domain) \
	X(addresses_of_two_buses_differ, bus)      \
	X(addresses_of_two_devices_differ, device) \
	X(addresses_of_two_functions_differ, function)

#define X(name, member)                                   \
	static void name(void **state)                    \
	{                                                 \
		struct bdf a = { 1, 2, 3, 4 }, b = a;     \
                                                          \
		(void)state;                              \
		b.member++;                               \
		want_int(false, bdf_equal(&a, &b), NULL); \
	}
DIFFERS(X)
#undef X

static void address_equals_itself(void **state)
{
	struct bdf a = { 0xffffffff, 0xff, 0x1f, 7 }, b = a;

	(void)state;
	want_int(true, bdf_equal(&a, &b), NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		READ(X) REFUSED(X) DIFFERS(X)
			cmocka_unit_test(ten_thousand_digits_are_refused),
		cmocka_unit_test(ten_thousand_colons_are_refused),
		cmocka_unit_test(address_behind_ten_thousand_zeros_is_refused),
		cmocka_unit_test(refused_text_leaves_the_address_alone),
		cmocka_unit_test(parsing_undoes_formatting),
		cmocka_unit_test(formatting_undoes_parsing),
		cmocka_unit_test(address_equals_itself),
	};
#undef X

	return cmocka_run_group_tests_name("bdf", tests, NULL, NULL);
}

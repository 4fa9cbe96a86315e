/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/bdf: the ways in which a user may name a device. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/pci/bdf.h"

static const char *const kind_names[] = {
	[SELECT_BDF] = "address", [SELECT_ID] = "id",
	[SELECT_ALL] = "all",	  [SELECT_BRIDGE_PATH] = "path",
	[SELECT_SYSFS] = "sysfs", [SELECT_CDEV] = "cdev",
};

/* A selector in words, as far as its kind fills it; "refused" if it was. */
static const char *in_words(const char *text, char *out, size_t size)
{
	struct error err = { 0 };
	struct selector sel;
	char address[BDF_LENGTH];
	size_t used;

	if (selector_parse(text, &sel, &err))
		return "refused";
	used = (size_t)snprintf(out, size, "%s", kind_names[sel.kind]);
	if (sel.kind == SELECT_ID)
		snprintf(out + used, size - used, " %04x:%04x", sel.vendor,
			 sel.device);
	if (sel.kind == SELECT_BDF || sel.kind == SELECT_SYSFS ||
	    sel.kind == SELECT_BRIDGE_PATH)
		used += (size_t)snprintf(out + used, size - used, " %s",
					 bdf_format(&sel.bdf, address));
	for (unsigned int i = 0; i < sel.n_hops; i++) {
		const struct bridge_hop *hop = &sel.hops[i];

		used += (size_t)snprintf(out + used, size - used, "/%d:%02x.%x",
					 hop->bus, hop->device, hop->function);
	}
	return out;
}

#define READ(X)                                                              \
	X(address_selects_itself, "3b:00.1", "address 0000:3b:00.1")         \
	X(address_in_a_long_domain_selects_itself, "10000:3b:00.1",          \
	  "address 10000:3b:00.1")                                           \
	X(word_all_selects_all, "all", "all")                                \
	X(vendor_and_device_select_by_id, "8086:0b25", "id 8086:0b25")       \
	X(id_may_have_capital_digits, "15B3:A2D6", "id 15b3:a2d6")           \
	X(bridge_path_of_one_hop_is_read, "00:03.0/00.0",                    \
	  "path 0000:00:03.0/-1:00.0")                                       \
	X(bridge_path_in_a_domain_is_read, "10000:00:03.0/00.0",             \
	  "path 10000:00:03.0/-1:00.0")                                      \
	X(bridge_path_with_buses_is_read, "0000:00:03.0/3b:00.0/3c:1f.7",    \
	  "path 0000:00:03.0/59:00.0/60:1f.7")                               \
	X(bridge_path_with_one_bus_is_read, "00:03.0/3b:00.0",               \
	  "path 0000:00:03.0/59:00.0")                                       \
	X(path_in_sys_bus_is_read, "/sys/bus/pci/devices/0000:3b:00.0",      \
	  "sysfs 0000:3b:00.0")                                              \
	X(path_in_sys_devices_names_its_last_part,                           \
	  "/sys/devices/pci0000:00/0000:00:03.0/0000:3b:00.0",               \
	  "sysfs 0000:3b:00.0")                                              \
	X(slashes_behind_a_sysfs_path_do_no_harm,                            \
	  "/sys/bus/pci/devices/0000:3b:00.0//", "sysfs 0000:3b:00.0")       \
	X(sysfs_path_of_a_32_bit_domain_is_read,                             \
	  "/sys/bus/pci/devices/ffffffff:ff:1f.7", "sysfs ffffffff:ff:1f.7") \
	X(cdev_path_is_read, "/dev/vfio/devices/vfio0", "cdev")              \
	X(cdev_path_with_a_large_number_is_read,                             \
	  "/dev/vfio/devices/vfio123456789", "cdev")                         \
	X(empty_text_is_refused, "", "refused")                              \
	X(no_hexadecimal_is_refused, "zz", "refused")                        \
	X(domain_and_bus_alone_are_refused, "0000:3b", "refused")            \
	X(function_8_is_refused, "3b:00.8", "refused")                       \
	X(one_space_is_refused, " ", "refused")                              \
	X(space_behind_all_is_refused, "all ", "refused")                    \
	X(capital_all_is_refused, "ALL", "refused")                          \
	X(id_of_three_digits_is_refused, "8086:b25", "refused")              \
	X(id_of_five_digits_is_refused, "8086:00b25", "refused")             \
	X(id_with_0x_is_refused, "0x8086:0x0b25", "refused")                 \
	X(id_with_a_sign_is_refused, "-086:0b25", "refused")                 \
	X(id_with_a_class_is_refused, "8086:0b25:0200", "refused")           \
	X(vendor_alone_is_refused, "8086:", "refused")                       \
	X(bridge_path_without_end_is_refused, "00:03.0/", "refused")         \
	X(bridge_path_with_an_empty_hop_is_refused, "00:03.0//00.0",         \
	  "refused")                                                         \
	X(bridge_path_without_root_bus_is_refused, "03.0/00.0", "refused")   \
	X(bridge_path_with_function_8_is_refused, "00:03.0/00.8", "refused") \
	X(bridge_path_with_an_empty_bus_is_refused, "00:03.0/:00.0",         \
	  "refused")                                                         \
	X(bridge_path_with_a_domain_in_a_hop_is_refused,                     \
	  "00:03.0/0000:3b:00.0", "refused")                                 \
	X(sysfs_path_without_an_address_is_refused, "/sys/bus/pci/devices/", \
	  "refused")                                                         \
	X(sysfs_path_beyond_an_address_is_refused,                           \
	  "/sys/bus/pci/devices/0000:3b:00.0/config", "refused")             \
	X(sysfs_path_up_again_is_refused,                                    \
	  "/sys/bus/pci/devices/0000:3b:00.0/..", "refused")                 \
	X(other_sysfs_path_is_refused, "/sys/class/net/eth0", "refused")     \
	X(cdev_path_without_number_is_refused, "/dev/vfio/devices/vfio",     \
	  "refused")                                                         \
	X(cdev_path_with_a_sign_is_refused, "/dev/vfio/devices/vfio-1",      \
	  "refused")                                                         \
	X(cdev_path_up_again_is_refused, "/dev/vfio/devices/vfio1/../x",     \
	  "refused")                                                         \
	X(cdev_path_of_another_name_is_refused, "/dev/vfio/devices/nvme0",   \
	  "refused")                                                         \
	X(group_is_refused, "/dev/vfio/12", "refused")

#define X(name, text, expected)                                                \
	static void name(void **state)                                         \
	{                                                                      \
		char out[128];                                                 \
                                                                               \
		(void)state;                                                   \
		want_string(expected, in_words(text, out, sizeof(out)), text); \
	}
READ(X)
#undef X

/* "00:03.0" and n times "/00.0" */
static int parse_path_of(unsigned int n)
{
	char *text = malloc(8 + 5 * (size_t)n), *end = text;
	struct error err = { 0 };
	struct selector sel;
	int r;

	assert_non_null(text);
	end = stpcpy(end, "00:03.0");
	while (n--)
		end = stpcpy(end, "/00.0");
	r = selector_parse(text, &sel, &err);
	free(text);
	return r;
}

static void bridge_path_of_the_most_hops_is_read(void **state)
{
	(void)state;
	want_int(0, parse_path_of(BRIDGE_PATH_MAX), NULL);
}

static void bridge_path_of_one_hop_more_is_refused(void **state)
{
	(void)state;
	want_int(-EINVAL, parse_path_of(BRIDGE_PATH_MAX + 1), NULL);
}

static void bridge_path_of_two_thousand_hops_is_refused(void **state)
{
	(void)state;
	want_int(-EINVAL, parse_path_of(2000), NULL);
}

/* Refuse 10,000 characters behind a beginning; the message is in *err. */
static void refuse_long(const char *begin, char filler, struct error *err)
{
	static char text[10001];
	struct selector sel;

	memset(text, filler, sizeof(text) - 1);
	memcpy(text, begin, strlen(begin));
	want_int(-EINVAL, selector_parse(text, &sel, err), text);
}

#define LONG(X)                                                       \
	X(ten_thousand_letters_are_refused, "", 'z')                  \
	X(ten_thousand_digits_are_refused, "", '0')                   \
	X(ten_thousand_dots_are_refused, "", '.')                     \
	X(long_sysfs_path_is_refused, "/sys/bus/pci/devices/", 'a')   \
	X(long_cdev_number_is_refused, "/dev/vfio/devices/vfio", '1') \
	X(long_bridge_path_is_refused, "00:03.0", '/')

#define X(name, begin, filler)                    \
	static void name(void **state)            \
	{                                         \
		struct error err = { 0 };         \
                                                  \
		(void)state;                      \
		refuse_long(begin, filler, &err); \
	}
LONG(X)
#undef X

static void message_about_a_long_text_is_short(void **state)
{
	struct error err = { 0 };

	(void)state;
	refuse_long("", 'z', &err);
	want_int(true, strlen(err.message) < 100, err.message);
}

static void refusal_is_an_error_of_usage(void **state)
{
	struct error err = { 0 };
	struct selector sel;

	(void)state;
	selector_parse("zz", &sel, &err);
	want_int(ERR_USAGE, err.kind, "zz");
}

static void message_shows_what_was_given(void **state)
{
	struct error err = { 0 };
	struct selector sel;

	(void)state;
	selector_parse("3b:00.8", &sel, &err);
	want_within("'3b:00.8'", err.message, "3b:00.8");
}

static void message_about_control_characters_is_one_line(void **state)
{
	struct error err = { 0 };
	struct selector sel;

	(void)state;
	selector_parse("3b\n00\033[2J\x7f.0", &sel, &err);
	want_int(true, is_one_line(err.message), err.message);
}

static bool plural(const char *text)
{
	struct error err = { 0 };
	struct selector sel;

	want_int(0, selector_parse(text, &sel, &err), text);
	return selector_is_plural(&sel);
}

#define PLURAL(X)                                                             \
	X(all_is_plural, "all", true)                                         \
	X(id_is_plural, "8086:0b25", true)                                    \
	X(address_is_singular, "3b:00.0", false)                              \
	X(bridge_path_is_singular, "00:03.0/00.0", false)                     \
	X(sysfs_path_is_singular, "/sys/bus/pci/devices/0000:3b:00.0", false) \
	X(cdev_path_is_singular, "/dev/vfio/devices/vfio0", false)

#define X(name, text, expected)                         \
	static void name(void **state)                  \
	{                                               \
		(void)state;                            \
		want_int(expected, plural(text), text); \
	}
PLURAL(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		READ(X) LONG(X) PLURAL(X)
			cmocka_unit_test(bridge_path_of_the_most_hops_is_read),
		cmocka_unit_test(bridge_path_of_one_hop_more_is_refused),
		cmocka_unit_test(bridge_path_of_two_thousand_hops_is_refused),
		cmocka_unit_test(message_about_a_long_text_is_short),
		cmocka_unit_test(refusal_is_an_error_of_usage),
		cmocka_unit_test(message_shows_what_was_given),
		cmocka_unit_test(message_about_control_characters_is_one_line),
	};
#undef X

	return cmocka_run_group_tests_name("selector", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph_cap: the control register, a table in the capability, the
 * completer of a Root Port, and names.
 */
#include "unit.h"

#include "config_space.h"
#include "uapi/vfio_pci_tph.h"

static struct tph_control decode_control(uint32_t reg)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x340 };
	struct tph_control control;

	config_space_init(&c);
	config_put32(&c, 0x348, reg);
	want_int(0, tph_control_read(&reader, &cap, &control), NULL);
	return control;
}

#define CONTROL(X)                                                           \
	X(register_of_0_is_off, 0, enabled, false)                           \
	X(requester_0_is_off_in_any_mode, 0x002, enabled, false)             \
	X(requester_1_is_on, 0x100, enabled, true)                           \
	X(requester_3_is_on, 0x300, enabled, true)                           \
	X(mode_0_is_no_st, 0x100, mode, VFIO_PCI_TPH_MODE_NS)                \
	X(mode_1_is_interrupt_vector, 0x101, mode, VFIO_PCI_TPH_MODE_IV)     \
	X(mode_2_is_device_specific, 0x102, mode, VFIO_PCI_TPH_MODE_DS)      \
	X(mode_3_is_reserved, 0x103, mode, 0)                                \
	X(mode_4_is_reserved, 0x104, mode, 0)                                \
	X(mode_7_is_reserved, 0x107, mode, 0)                                \
	X(requester_0_is_none, 0x002, requester, TPH_REQUESTER_OFF)          \
	X(requester_1_is_tph, 0x102, requester, TPH_REQUESTER_TPH)           \
	X(requester_3_is_extended, 0x302, requester, TPH_REQUESTER_EXTENDED) \
	X(bits_between_do_not_count_as_mode, 0x0f8, mode,                    \
	  VFIO_PCI_TPH_MODE_NS)                                              \
	X(bits_above_do_not_count_as_requester, 0xfffffc00u, enabled, false)

#define X(name, reg, member, expected)                                \
	static void name(void **state)                                \
	{                                                             \
		(void)state;                                          \
		want_int(expected, decode_control(reg).member, #reg); \
	}
CONTROL(X)
#undef X

static void reserved_requester_2_is_called_reserved(void **state)
{
	(void)state;
	want_string("reserved",
		    tph_requester_name(decode_control(0x202).requester), NULL);
}

static void error_reading_the_control_register_is_passed_on(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	struct tph_control control;

	(void)state;
	config_space_init(&c);
	c.visible = 64;
	want_int(-EPERM, tph_control_read(&reader, &cap, &control), NULL);
}

static void control_that_was_not_read_is_off(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	struct tph_control control = { .enabled = true };

	(void)state;
	config_space_init(&c);
	c.visible = 64;
	tph_control_read(&reader, &cap, &control);
	want_int(false, control.enabled, NULL);
}

/* A table in a capability at 0x100 whose entry i holds 0xa000 + i. */
static void table_init(struct config_space *c)
{
	config_space_init(c);
	for (unsigned int i = 0; 0x10c + 2 * i < 4096; i++)
		config_put16(c, 0x10c + 2 * i, 0xa000 + i);
}

static uint16_t read_entry(unsigned int index)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	uint16_t tag = 0;

	table_init(&c);
	want_int(0, tph_table_read(&reader, &cap, index, 1, &tag), NULL);
	return tag;
}

static void first_entry_of_the_table_is_read(void **state)
{
	(void)state;
	want_int(0xa000, read_entry(0), NULL);
}

static void odd_entry_of_the_table_is_read(void **state)
{
	(void)state;
	want_int(0xa007, read_entry(7), NULL);
}

static void last_entry_that_config_space_has_is_read(void **state)
{
	unsigned int last = (4096 - 0x10c) / 2 - 1;

	(void)state;
	want_int(0xa000 + last, read_entry(last), NULL);
}

static void entries_are_read_from_the_first_wanted(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	static const uint16_t expected[] = { 0xa003, 0xa004, 0xa005 };
	uint16_t tags[3];

	(void)state;
	table_init(&c);
	tph_table_read(&reader, &cap, 3, 3, tags);
	assert_memory_equal(expected, tags, sizeof(tags));
}

static void nothing_behind_the_wanted_entries_is_written(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	uint16_t tags[3] = { 0, 0, 0x5a5a };

	(void)state;
	table_init(&c);
	tph_table_read(&reader, &cap, 0, 2, tags);
	want_int(0x5a5a, tags[2], NULL);
}

/* 2048 entries do not fit behind any offset: the size field may say so. */
static void table_that_runs_over_the_end_is_refused(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	static uint16_t tags[2048];

	(void)state;
	table_init(&c);
	want_int(-ERANGE, tph_table_read(&reader, &cap, 0, 2048, tags), NULL);
}

static void first_entry_beyond_the_end_is_refused(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	uint16_t tag;

	(void)state;
	table_init(&c);
	want_int(-ERANGE,
		 tph_table_read(&reader, &cap, (4096 - 0x10c) / 2, 1, &tag),
		 NULL);
}

static void table_that_runs_over_the_end_is_not_read(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	static uint16_t tags[2048];

	(void)state;
	table_init(&c);
	tph_table_read(&reader, &cap, 0, 2048, tags);
	want_int(0, c.reads, NULL);
}

static void error_reading_the_table_is_passed_on(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	struct tph_cap cap = { .offset = 0x100 };
	uint16_t tag;

	(void)state;
	table_init(&c);
	c.visible = 256;
	want_int(-EPERM, tph_table_read(&reader, &cap, 0, 1, &tag), NULL);
}

/* A PCIe capability of version 2 at 0x60, with Device Capabilities 2. */
static void port_init(struct config_space *c, unsigned int type,
		      uint32_t devcap2)
{
	config_space_init(c);
	config_put8(c, 0x34, 0x60);
	config_put_cap(c, 0x60, 0x10, 0);
	config_put16(c, 0x62, 2 | type << 4);
	config_put32(c, 0x84, devcap2);
}

static int decode_completer(unsigned int type, uint32_t devcap2,
			    enum tph_completer *completer)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);

	port_init(&c, type, devcap2);
	*completer = (enum tph_completer)99;
	return tph_completer_read(&reader, completer);
}

#define COMPLETERS(X)                                                     \
	X(completer_bits_0_are_none, 0x0000, TPH_COMPLETER_NONE)          \
	X(completer_bits_1_are_tph, 0x1000, TPH_COMPLETER_TPH)            \
	X(reserved_completer_bits_2_are_none, 0x2000, TPH_COMPLETER_NONE) \
	X(completer_bits_3_are_extended, 0x3000, TPH_COMPLETER_EXTENDED)  \
	X(bits_beside_the_completer_do_not_count, 0xffffcfffu,            \
	  TPH_COMPLETER_NONE)

#define X(name, devcap2, expected)                                           \
	static void name(void **state)                                       \
	{                                                                    \
		enum tph_completer completer;                                \
                                                                             \
		(void)state;                                                 \
		want_int(0, decode_completer(4, devcap2, &completer), NULL); \
		want_int(expected, completer, #devcap2);                     \
	}
COMPLETERS(X)
#undef X

/* What an endpoint says of itself; type and Device Capabilities 2. */
#define EXPRESS(X)                                                           \
	X(endpoint_is_not_integrated, 0, 0, integrated, false)               \
	X(type_9_is_integrated, 9, 0, integrated, true)                      \
	X(own_completer_0_is_none, 0, 0, completer, TPH_COMPLETER_NONE)      \
	X(own_completer_1_is_tph, 0, 0x1000, completer, TPH_COMPLETER_TPH)   \
	X(own_completer_2_is_none, 9, 0x2000, completer, TPH_COMPLETER_NONE) \
	X(own_completer_3_is_extended, 9, 0x3000, completer,                 \
	  TPH_COMPLETER_EXTENDED)

#define X(name, type, devcap2, member, expected)                              \
	static void name(void **state)                                        \
	{                                                                     \
		struct config_space c;                                        \
		struct config_reader reader = config_space_reader(&c);        \
		struct tph_express express;                                   \
		struct tph_cap cap;                                           \
                                                                              \
		(void)state;                                                  \
		port_init(&c, type, devcap2);                                 \
		config_put_tph(&c, 0);                                        \
		want_int(0, tph_cap_read(&reader, &cap), NULL);               \
		want_int(0, tph_express_read(&reader, &cap, &express), NULL); \
		want_int(expected, express.member, #devcap2);                 \
	}
EXPRESS(X)
#undef X

/* Types of PCIe functions that are no Root Port. */
#define NO_ROOT_PORT(X)                           \
	X(endpoint_is_no_root_port, 0)            \
	X(upstream_port_is_no_root_port, 5)       \
	X(downstream_port_is_no_root_port, 6)     \
	X(bridge_to_pci_is_no_root_port, 7)       \
	X(integrated_endpoint_is_no_root_port, 9) \
	X(event_collector_is_no_root_port, 10)

#define X(name, type)                                                         \
	static void name(void **state)                                        \
	{                                                                     \
		enum tph_completer completer;                                 \
                                                                              \
		(void)state;                                                  \
		want_int(-ENODEV, decode_completer(type, 0x3000, &completer), \
			 NULL);                                               \
	}
NO_ROOT_PORT(X)
#undef X

static void function_without_pcie_is_no_root_port(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	enum tph_completer completer;

	(void)state;
	config_space_init(&c);
	want_int(-ENODEV, tph_completer_read(&reader, &completer), NULL);
}

static void port_that_is_gone_does_not_say_what_it_completes(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	enum tph_completer completer;

	(void)state;
	config_space_init(&c);
	memset(c.bytes, 0xff, sizeof(c.bytes));
	want_int(-ENXIO, tph_completer_read(&reader, &completer), NULL);
}

static void port_that_may_not_be_read_is_eperm(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	enum tph_completer completer;

	(void)state;
	port_init(&c, 4, 0x3000);
	c.visible = 64;
	want_int(-EPERM, tph_completer_read(&reader, &completer), NULL);
}

static void error_of_any_read_of_a_port_is_passed_on(void **state)
{
	struct config_space c;
	struct config_reader reader = config_space_reader(&c);
	enum tph_completer completer;
	unsigned int reads;

	(void)state;
	port_init(&c, 4, 0x3000);
	want_int(0, tph_completer_read(&reader, &completer), NULL);
	reads = c.reads;
	for (c.fail_at = 1; c.fail_at <= reads; c.fail_at++) {
		c.reads = 0;
		c.error = -EIO;
		want_int(-EIO, tph_completer_read(&reader, &completer), NULL);
	}
}

#define NAMES(X)                                                               \
	X(no_st_is_called_ns, tph_mode_name(1), "ns")                          \
	X(interrupt_vector_is_called_iv, tph_mode_name(2), "iv")               \
	X(device_specific_is_called_ds, tph_mode_name(4), "ds")                \
	X(no_mode_is_called_reserved, tph_mode_name(0), "reserved")            \
	X(two_modes_are_called_reserved, tph_mode_name(3), "reserved")         \
	X(no_table_is_called_none, tph_location_name(TPH_TABLE_NONE), "none")  \
	X(table_in_the_capability_is_called_so,                                \
	  tph_location_name(TPH_TABLE_CAPABILITY), "capability")               \
	X(table_in_msix_is_called_so, tph_location_name(TPH_TABLE_MSIX),       \
	  "msi-x")                                                             \
	X(requester_off_is_called_none, tph_requester_name(TPH_REQUESTER_OFF), \
	  "none")                                                              \
	X(requester_of_8_bits_is_called_tph,                                   \
	  tph_requester_name(TPH_REQUESTER_TPH), "tph")                        \
	X(requester_of_16_bits_is_called_extended,                             \
	  tph_requester_name(TPH_REQUESTER_EXTENDED), "extended")

#define X(name, got, expected)                    \
	static void name(void **state)            \
	{                                         \
		(void)state;                      \
		want_string(expected, got, NULL); \
	}
NAMES(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	/* clang-format off */
	const struct CMUnitTest tests[] = {
		CONTROL(X) COMPLETERS(X) EXPRESS(X) NO_ROOT_PORT(X)
		NAMES(X)
		cmocka_unit_test(reserved_requester_2_is_called_reserved),
		cmocka_unit_test(
			error_reading_the_control_register_is_passed_on),
		cmocka_unit_test(control_that_was_not_read_is_off),
		cmocka_unit_test(first_entry_of_the_table_is_read),
		cmocka_unit_test(odd_entry_of_the_table_is_read),
		cmocka_unit_test(last_entry_that_config_space_has_is_read),
		cmocka_unit_test(entries_are_read_from_the_first_wanted),
		cmocka_unit_test(nothing_behind_the_wanted_entries_is_written),
		cmocka_unit_test(table_that_runs_over_the_end_is_refused),
		cmocka_unit_test(first_entry_beyond_the_end_is_refused),
		cmocka_unit_test(table_that_runs_over_the_end_is_not_read),
		cmocka_unit_test(error_reading_the_table_is_passed_on),
		cmocka_unit_test(function_without_pcie_is_no_root_port),
		cmocka_unit_test(port_that_is_gone_does_not_say_what_it_completes),
		cmocka_unit_test(port_that_may_not_be_read_is_eperm),
		cmocka_unit_test(error_of_any_read_of_a_port_is_passed_on),
	};
	/* clang-format on */
#undef X

	return cmocka_run_group_tests_name("tph_state", tests, NULL, NULL);
}

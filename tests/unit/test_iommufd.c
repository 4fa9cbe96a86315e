/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/iommufd: the bytes that go to the kernel. Offsets and numbers are
 * written out here and not taken from the header, so that the header is
 * tested too.
 */
#include "unit.h"

#include <errno.h>

#include "core/vfio/iommufd.h"
#include "fake_ioctl.h"

#define NEST_PARENT 1u
#define FAULT_VALID 4u
#define PASID	    8u

static struct io io;
static const struct iommufd iommufd = { &io, FAKE_FD };

static uint32_t word(unsigned int offset)
{
	assert_true(fake_n == 1 && offset + 4 <= fake_calls[0].size);
	return fake_get32(fake_calls[0].bytes + offset);
}

/* What a HWPT that is wanted so comes out as, in the word at an offset. */
static uint32_t hwpt(struct iommufd_hwpt wanted, unsigned int offset)
{
	uint32_t id;

	fake_reset(NULL);
	want_int(0, iommufd_hwpt_alloc(&iommufd, &wanted, &id), NULL);
	return word(offset);
}

#define HWPT(...) ((struct iommufd_hwpt){ __VA_ARGS__ })

static const char data[16];

#define ALLOCATIONS(X)                                                        \
	X(hwpt_has_48_bytes, 48, hwpt(HWPT(.parent = 2), 0))                  \
	X(hwpt_of_nothing_special_has_no_flag, 0, hwpt(HWPT(.parent = 2), 4)) \
	X(device_stands_at_8, 7, hwpt(HWPT(.dev_id = 7), 8))                  \
	X(parent_stands_at_12, 9, hwpt(HWPT(.parent = 9), 12))                \
	X(reserved_word_is_zero, 0, hwpt(HWPT(.parent = 9), 20))              \
	X(data_type_stands_at_24, 1,                                          \
	  hwpt(HWPT(.data_type = 1, .data = data, .data_len = 16), 24))       \
	X(data_length_stands_at_28, 16,                                       \
	  hwpt(HWPT(.data_type = 1, .data = data, .data_len = 16), 28))       \
	X(data_stands_at_32, (uint32_t)(uintptr_t)data,                       \
	  hwpt(HWPT(.data_type = 1, .data = data, .data_len = 16), 32))       \
	X(fault_queue_stands_at_40, 5, hwpt(HWPT(.fault_id = 5), 40))         \
	X(fault_queue_that_is_not_0_is_valid, FAULT_VALID,                    \
	  hwpt(HWPT(.fault_id = 5), 4))                                       \
	X(fault_queue_0_is_not_valid_whatever_the_flags_say, NEST_PARENT,     \
	  hwpt(HWPT(.flags = NEST_PARENT | FAULT_VALID), 4))                  \
	X(other_flags_are_kept, NEST_PARENT | PASID | FAULT_VALID,            \
	  hwpt(HWPT(.flags = NEST_PARENT | PASID, .fault_id = 1), 4))

#define X(name, expected, got)                 \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		want_int(expected, got, NULL); \
	}
ALLOCATIONS(X)
#undef X

/* The PASID flag, by the width that the device reports. */
static uint32_t pasid_flag(unsigned int width, bool wanted)
{
	struct iommufd_hw_info info = { .pasid_width = width };

	return iommufd_pasid_flag(&info, wanted);
}

#define FLAGS(X)                                                          \
	X(pasid_flag_is_sent_where_wanted_and_reported, PASID,            \
	  pasid_flag(20, true))                                           \
	X(pasid_flag_is_not_sent_without_a_width, 0, pasid_flag(0, true)) \
	X(pasid_flag_is_not_sent_where_not_wanted, 0, pasid_flag(20, false))

#define X(name, expected, got)                 \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		want_int(expected, got, NULL); \
	}
FLAGS(X)
#undef X

/* One call each: number, size of the argument, a word of it. */

static uint32_t id;
static int fd;

static int issue_bind(void)
{
	return iommufd_bind(&iommufd, 77, &id);
}

static int issue_attach(void)
{
	return iommufd_attach(&iommufd, 77, 6, "hwpt");
}

static int issue_detach(void)
{
	return iommufd_detach(&iommufd, 77);
}

static int issue_ioas(void)
{
	return iommufd_ioas_alloc(&iommufd, &id);
}

static int issue_hwpt(void)
{
	struct iommufd_hwpt wanted = { .parent = 1 };

	return iommufd_hwpt_alloc(&iommufd, &wanted, &id);
}

static int issue_queue(void)
{
	return iommufd_fault_queue_alloc(&iommufd, &id, &fd);
}

static int issue_destroy(void)
{
	return iommufd_destroy(&iommufd, 6, "hwpt");
}

static int issue_info(void)
{
	struct iommufd_hw_info info;

	return iommufd_get_hw_info(&iommufd, 6, &info);
}

static const struct {
	const char *name;
	int (*issue)(void);
	int descriptor;
	unsigned long request;
	uint32_t size;
	unsigned int at;
	uint32_t value;
} issued[] = {
	{ "bind", issue_bind, 77, 0x3b76, 16, 8, FAKE_FD },
	{ "attach", issue_attach, 77, 0x3b77, 12, 8, 6 },
	{ "detach", issue_detach, 77, 0x3b78, 8, 4, 0 },
	{ "destroy", issue_destroy, FAKE_FD, 0x3b80, 8, 4, 6 },
	{ "ioas", issue_ioas, FAKE_FD, 0x3b81, 12, 4, 0 },
	{ "hwpt", issue_hwpt, FAKE_FD, 0x3b89, 48, 12, 1 },
	{ "hw info", issue_info, FAKE_FD, 0x3b8a, 40, 8, 6 },
	{ "fault queue", issue_queue, FAKE_FD, 0x3b8e, 16, 4, 0 },
};

#define N_ISSUED (sizeof(issued) / sizeof(*issued))

static void every_call_has_its_number_descriptor_and_size(void **state)
{
	for (size_t i = 0; i < N_ISSUED; i++) {
		fake_reset(state);
		want_int(0, issued[i].issue(), issued[i].name);
		want_int(issued[i].request, fake_calls[0].request,
			 issued[i].name);
		want_int(issued[i].descriptor, fake_calls[0].fd,
			 issued[i].name);
		want_int(issued[i].size, word(0), issued[i].name);
		want_int(issued[i].value, word(issued[i].at), issued[i].name);
	}
}

static int refuse(unsigned int call, uint8_t *bytes)
{
	(void)call;
	(void)bytes;
	return -EDOM;
}

static void every_refusal_is_passed_on(void **state)
{
	for (size_t i = 0; i < N_ISSUED; i++) {
		fake_reset(state);
		fake_answer = refuse;
		want_int(-EDOM, issued[i].issue(), issued[i].name);
	}
}

/* A dry run. */

static int go_dry(void **state)
{
	io.dry_run = true;
	return fake_reset(state);
}

static int go_wet(void **state)
{
	io.dry_run = false;
	return fake_reset(state);
}

/* The descriptor of a dry run is none, so that queries stay away too. */
static const struct iommufd dry = { &io, IO_DRY_FD };

static void dry_run_issues_nothing(void **state)
{
	struct iommufd_hwpt wanted = { .parent = 1 };
	struct iommufd_hw_info info;

	(void)state;
	iommufd_bind(&dry, IO_DRY_FD, &id);
	iommufd_attach(&dry, IO_DRY_FD, 1, "ioas");
	iommufd_detach(&dry, IO_DRY_FD);
	iommufd_ioas_alloc(&dry, &id);
	iommufd_hwpt_alloc(&dry, &wanted, &id);
	iommufd_fault_queue_alloc(&dry, &id, &fd);
	iommufd_destroy(&dry, 1, "ioas");
	iommufd_get_hw_info(&dry, 1, &info);
	want_int(0, fake_n, NULL);
}

static void dry_run_has_no_descriptor_of_a_fault_queue(void **state)
{
	(void)state;
	want_int(0, iommufd_fault_queue_alloc(&dry, &id, &fd), NULL);
	want_int(-1, fd, NULL);
}

/* What comes back. */

static int answer_words(unsigned int call, uint8_t *bytes)
{
	(void)call;
	/* Each byte says where it stands. */
	for (uint32_t i = 4; i < fake_calls[0].size; i++)
		bytes[i] = (uint8_t)i;
	return 0;
}

#define FROM(offset)                                             \
	((offset) | ((offset) + 1) << 8 | ((offset) + 2) << 16 | \
	 ((offset) + 3u) << 24)

static const struct {
	const char *name;
	int (*issue)(void);
	uint32_t expected;
} answered[] = {
	{ "bind", issue_bind, FROM(12) },
	{ "ioas", issue_ioas, FROM(8) },
	{ "hwpt", issue_hwpt, FROM(16) },
	{ "fault queue", issue_queue, FROM(8) },
};

static void every_id_comes_from_its_place(void **state)
{
	for (size_t i = 0; i < sizeof(answered) / sizeof(*answered); i++) {
		fake_reset(state);
		fake_answer = answer_words;
		want_int(0, answered[i].issue(), answered[i].name);
		want_int(answered[i].expected, id, answered[i].name);
	}
}

static void descriptor_of_a_fault_queue_stands_at_12(void **state)
{
	(void)state;
	fake_answer = answer_words;
	want_int(0, issue_queue(), NULL);
	want_int(FROM(12), fd, NULL);
}

static void hw_info_is_taken_apart(void **state)
{
	struct iommufd_hw_info info;

	(void)state;
	fake_answer = answer_words;
	want_int(0, iommufd_get_hw_info(&iommufd, 6, &info), NULL);
	want_int(FROM(24), info.type, NULL);
	want_int(28, info.pasid_width, NULL);
	want_int(FROM(32) | (uint64_t)FROM(36) << 32, info.capabilities, NULL);
}

static void type_that_is_not_known_has_no_name(void **state)
{
	(void)state;
	want_string("arm-smmuv3", iommufd_type_name(2), NULL);
	want_string(NULL, iommufd_type_name(5), NULL);
	want_string(NULL, iommufd_type_name(UINT32_MAX), NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test_teardown(name, fake_reset),
#define DRY(name)    cmocka_unit_test_setup_teardown(name, go_dry, go_wet),
	const struct CMUnitTest tests[] = {
		ALLOCATIONS(X) FLAGS(X) X(
			every_call_has_its_number_descriptor_and_size)
			X(every_refusal_is_passed_on) DRY(dry_run_issues_nothing) DRY(
				dry_run_has_no_descriptor_of_a_fault_queue)
				X(every_id_comes_from_its_place) X(
					descriptor_of_a_fault_queue_stands_at_12)
					X(hw_info_is_taken_apart) X(
						type_that_is_not_known_has_no_name)
	};
#undef DRY
#undef X

	return cmocka_run_group_tests_name("iommufd", tests, NULL, NULL);
}

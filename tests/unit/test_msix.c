/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/msix: reading the tags of an MSI-X table, with a kernel whose answers
 * the test chooses.
 */
#include "unit.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "core/tph/msix.h"

#define DEVICE_FD 1234

/* The table of 4 vectors at 0x800 of a BAR of two pages. */
static uint32_t bar[2048];
static struct vfio_region_info answer;
static uint16_t command;
static unsigned int mappings;

int __wrap_ioctl(int fd, unsigned long request, ...);
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset);
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int fd,
		    off_t offset);
int __wrap_munmap(void *at, size_t size);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct vfio_region_info *info;
	va_list ap;

	va_start(ap, request);
	info = va_arg(ap, struct vfio_region_info *);
	va_end(ap);
	assert_int_equal(DEVICE_FD, fd);
	assert_int_equal(VFIO_DEVICE_GET_REGION_INFO, request);
	if (info->index == VFIO_PCI_CONFIG_REGION_INDEX) {
		info->offset = 7ull << 40;
		return 0;
	}
	assert_int_equal(VFIO_PCI_BAR2_REGION_INDEX, info->index);
	*info = answer;
	return 0;
}

ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset)
{
	assert_int_equal(DEVICE_FD, fd);
	assert_int_equal((7ull << 40) + PCI_COMMAND, offset);
	assert_int_equal(sizeof(command), size);
	memcpy(buffer, &command, size);
	return (ssize_t)size;
}

void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int fd,
		    off_t offset)
{
	(void)at, (void)flags;
	assert_int_equal(DEVICE_FD, fd);
	assert_int_equal(PROT_READ, protection);
	assert_in_range(size, 1, sizeof(bar));
	assert_int_equal(2ull << 40, offset);
	mappings++;
	return bar;
}

int __wrap_munmap(void *at, size_t size)
{
	assert_ptr_equal(bar, at);
	assert_in_range(size, 1, sizeof(bar));
	mappings--;
	return 0;
}

static int begin(void **state)
{
	(void)state;
	answer = (struct vfio_region_info){
		.argsz = sizeof(answer),
		.flags =
			VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_MMAP,
		.index = VFIO_PCI_BAR2_REGION_INDEX,
		.size = sizeof(bar),
		.offset = 2ull << 40,
	};
	command = PCI_COMMAND_MEMORY;
	mappings = 0;
	for (unsigned int i = 0; i < 4; i++)
		bar[(0x800 + 16 * i + 12) / 4] = (0x10 + i) << 16 | 1;
	return 0;
}

static int read_tags(unsigned int in_bar, uint16_t tags[4], struct error *err)
{
	struct io io = { .device = "0000:01:00.0" };
	struct vfio_device device = { .io = &io, .fd = DEVICE_FD };
	const struct tph_cap cap = {
		.msix = { .vectors = 4, .bar = in_bar, .table_offset = 0x800 }
	};

	*err = (struct error){ 0 };
	return msix_read_tags(&device, &cap, 0, 4, tags, err);
}

static void tags_are_the_upper_half_of_the_control_words(void **state)
{
	uint16_t tags[4];
	struct error err;

	(void)state;
	want_int(0, read_tags(2, tags, &err), NULL);
	for (unsigned int i = 0; i < 4; i++)
		want_int(0x10 + i, tags[i], NULL);
}

static void mapping_is_undone(void **state)
{
	uint16_t tags[4];
	struct error err;

	(void)state;
	read_tags(2, tags, &err);
	want_int(0, mappings, NULL);
}

/* Refused, in words, and without a mapping. */
static void want_refused(unsigned int in_bar, const char *words)
{
	uint16_t tags[4];
	struct error err;

	want_int(-ENXIO, read_tags(in_bar, tags, &err), NULL);
	want_int(ERR_REFUSED, err.kind, NULL);
	want_within(words, err.message, NULL);
}

static void table_in_a_bar_that_is_none_is_refused(void **state)
{
	(void)state;
	want_refused(6, "BAR 6, which does not exist");
}

static void table_is_not_read_while_memory_decoding_is_off(void **state)
{
	(void)state;
	command = 0;
	want_refused(2, "memory decoding is off");
}

#define NOT_MAPPED "the kernel does not let the MSI-X table be mapped"

static void region_that_cannot_be_mapped_is_refused(void **state)
{
	(void)state;
	answer.flags = VFIO_REGION_INFO_FLAG_READ;
	want_refused(2, NOT_MAPPED);
}

static void table_beyond_the_region_is_refused(void **state)
{
	(void)state;
	answer.size = 0x800 + 4 * 16 - 1;
	want_refused(2, NOT_MAPPED);
}

static void region_at_a_negative_offset_is_refused(void **state)
{
	(void)state;
	answer.offset = 1ull << 63;
	want_refused(2, NOT_MAPPED);
}

static void region_whose_end_has_no_offset_is_refused(void **state)
{
	(void)state;
	answer.offset = INT64_MAX - 0x800;
	want_refused(2, NOT_MAPPED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(tags_are_the_upper_half_of_the_control_words),
		TEST(mapping_is_undone),
		TEST(table_in_a_bar_that_is_none_is_refused),
		TEST(table_is_not_read_while_memory_decoding_is_off),
		TEST(region_that_cannot_be_mapped_is_refused),
		TEST(table_beyond_the_region_is_refused),
		TEST(region_at_a_negative_offset_is_refused),
		TEST(region_whose_end_has_no_offset_is_refused),
	};
#undef TEST

	return cmocka_run_group_tests_name("msix", tests, NULL, NULL);
}

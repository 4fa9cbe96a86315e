// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The checks of abi-edges that are about the memory in which an argument
 * stands: cut off, read-only, nowhere, the device's own; and about copies
 * that fail.
 */
#include "abi-edges.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MANY	 500 /* entries: more than a page */
#define FAILURES 100 /* more than any call has */
#define PAGEFUL	 340 /* entries */

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static unsigned char *map_pages(size_t pages)
{
	unsigned char *memory =
		mmap(NULL, pages * page_size(), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	return memory;
}

static void protect(unsigned char *memory, size_t pages, int protection)
{
	if (mprotect(memory, pages * page_size(), protection))
		err(1, "mprotect");
}

/* TPH on, and each entry of the table with the tag of the last CPU. */
static unsigned int known_table(struct edges *e)
{
	unsigned char *buffer = map_pages(1);

	switch_off(e);
	switch_on(e);
	make_call(buffer, SET_ST, 0, e->entries, 1, e->entries);
	for (unsigned int i = 0; i < e->entries; i++)
		put(entry_at(buffer, i) + AT_CPU, e->cpus - 1, 4);
	try_call(e, buffer, OK, "SET_ST of the whole table");
	munmap(buffer, page_size());
	return tph_entry(e->config, e->tph, 0);
}

static void expect_table(struct edges *e, unsigned int tag, const char *after)
{
	for (unsigned int i = 0; i < e->entries; i++)
		expect_entry(e, i, tag, after);
	expect_control(e, CONTROL_DS, after);
}

/* A call of which only so many bytes can be read, at end and before it. */
static void try_cut(struct edges *e, unsigned char *end, uint32_t op,
		    size_t count, size_t cut)
{
	unsigned char whole[AT_ENTRIES + MANY * ENTRY_SIZE];
	/* Behind the head of DISABLE nothing is looked at. */
	size_t size = make_call(whole, op, MODE_DS, count, 1, e->entries);
	size_t need = op == DISABLE ? AT_BODY : size;

	memcpy(end - cut, whole, cut);
	if (op == ENABLE)
		switch_off(e);
	try_call(e, end - cut, cut < need ? IS_EFAULT : OK,
		 "%s, %zu entries, %zu of %zu bytes", op_name(op), count, cut,
		 size);
}

/* Every length to which a call can be cut by the end of what is mapped. */
void check_cut(struct edges *e)
{
	unsigned char *memory = map_pages(3);
	unsigned char *end = memory + 2 * page_size();
	unsigned int tag = known_table(e);

	protect(end, 1, PROT_NONE);
	for (size_t cut = 0; cut < batch_size(3); cut++)
		try_cut(e, end, SET_ST, 3, cut);
	for (size_t cut = 0; cut < batch_size(MANY); cut += 61)
		try_cut(e, end, SET_ST, MANY, cut);
	expect_table(e, tag, "SET_ST that was cut off");
	for (size_t cut = 0; cut <= batch_size(3); cut++)
		try_cut(e, end, GET_ST, 3, cut);
	for (uint32_t op = GET_CAP; op <= DISABLE; op++)
		for (size_t cut = 0; cut <= AT_ENTRIES; cut++)
			try_cut(e, end, op, 0, cut);
	munmap(memory, 3 * page_size());
	switch_off(e);
}

/* Pointers to nothing, to the kernel, and around the ends of both. */
void check_pointers(struct edges *e)
{
	/* clang-format off */
	static const uintptr_t pointers[] = {
		0, 1, 7, 8, 4096,
#if UINTPTR_MAX > UINT32_MAX
		0x00007fffffffeff9, 0x00007ffffffff000, 0x00007fffffffffff,
		0x0000800000000000, 0x8000000000000000, 0xffff800000000000,
		0xffff888000000000, 0xffffffff81000000,
#endif
		UINTPTR_MAX - 8, UINTPTR_MAX - 7, UINTPTR_MAX,
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
		try_call(e, (void *)pointers[i], IS_EFAULT, "pointer %#lx",
			 (unsigned long)pointers[i]);
}

/* What has no answer may stand in memory that cannot be written. */
void check_read_only(struct edges *e)
{
	unsigned char *memory = map_pages(3);

	switch_off(e);
	for (uint32_t op = GET_CAP; op < OPS; op++) {
		bool answers = op == GET_CAP || op == GET_ST;

		if (op == GET_ST)
			switch_on(e);
		make_call(memory, op, MODE_DS, MANY, e->cpus, e->entries);
		protect(memory, 3, PROT_READ);
		try_call(e, memory, answers ? IS_EFAULT : OK, "%s, read-only",
			 op_name(op));
		protect(memory, 3, PROT_READ | PROT_WRITE);
	}
	make_call(memory, GET_ST, 0, MANY, e->cpus, e->entries);
	protect(memory + page_size(), 2, PROT_READ);
	try_call(e, memory, IS_EFAULT, "GET_ST, its second page read-only");
	munmap(memory, 3 * page_size());
	switch_off(e);
}

/*
 * The device's first region, over the pages from at on. A fault there waits in
 * VFIO for a lock that the driver takes, too.
 */
static void map_region(struct edges *e, unsigned char *at, size_t pages)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};

	if (ioctl(e->held.device, VFIO_DEVICE_GET_REGION_INFO, &info))
		err(1, "VFIO_DEVICE_GET_REGION_INFO");
	if (mmap(at, pages * page_size(), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, e->held.device,
		 (off_t)info.offset) == MAP_FAILED)
		err(1, "mmap of the device");
}

/*
 * The argument in the device's own memory, whole and from its entries on. What
 * stands there is for the device to say; but the call has to come back.
 */
void check_own_memory(struct edges *e)
{
	const unsigned int any = OK | IS_EINVAL | IS_EFAULT;

	if (set_memory_decoding(&e->held, true))
		errx(1, "memory decoding");
	switch_on(e);
	for (uint32_t op = GET_ST; op <= SET_ST; op++) {
		unsigned char *memory = map_pages(2);
		unsigned char *second = memory + page_size();

		map_region(e, second, 1);
		make_call(second - AT_ENTRIES, op, 0, 0, 1, 1);
		put(second - AT_ENTRIES + AT_COUNT, 3, 4);
		put(second - AT_ENTRIES + AT_ARGSZ, batch_size(3), 4);
		try_call(e, second - AT_ENTRIES, any,
			 "%s, entries in the device's memory", op_name(op));
		/* Unmapped by a reset, so that the next touch faults again. */
		reset_device(&e->held);
		try_call(e, second, any, "all in the device's memory");
		munmap(memory, 2 * page_size());
	}
	switch_off(e);
}

static void set_failing(int file, unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	/* It may be this very write that fails. */
	while (pwrite(file, text, (size_t)length, 0) != length)
		if (errno != EFAULT && errno != ENOMEM)
			err(1, "fail-nth");
}

/* Was the failure spent? If not, the call was through before its turn. */
static bool has_failed(int file)
{
	char text[16] = "";

	return pread(file, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;
}

/* After a call that failed, or one that went well in spite of all. */
static void check_outcome(struct edges *e, uint32_t op, int result,
			  unsigned int tag)
{
	if (op == ENABLE)
		expect_control(e, result ? CONTROL_OFF : CONTROL_DS,
			       "ENABLE that failed");
	else if (op == SET_ST && result)
		expect_table(e, tag, "SET_ST that failed");
}

/*
 * One operation with its first, second, ... copy from and to the caller
 * failing, to the one that it does not have.
 */
static void fail_each(struct edges *e, int file, uint32_t op)
{
	bool failed = true;
	unsigned int tag = known_table(e), nth;
	unsigned char *buffer = map_pages(2);
	int result;

	for (nth = 1; failed && nth < FAILURES; nth++) {
		if (op == ENABLE)
			switch_off(e);
		make_call(buffer, op, MODE_DS, PAGEFUL, 1, e->entries);
		set_failing(file, nth);
		result = issue_call(e->held.device, buffer);
		failed = has_failed(file);
		set_failing(file, 0);
		expect_result(e, result, failed ? IS_EFAULT : OK,
			      "%s, failure %u", op_name(op), nth);
		check_outcome(e, op, result, tag);
	}
	printf("failing: %s has %u points\n", op_name(op), nth - 2);
	munmap(buffer, 2 * page_size());
}

void check_failing(struct edges *e)
{
	int file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	if (file < 0)
		err(1, "fail-nth");
	for (uint32_t op = GET_CAP; op < OPS; op++)
		fail_each(e, file, op);
	close(file);
	switch_off(e);
}

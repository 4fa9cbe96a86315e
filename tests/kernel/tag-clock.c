// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long does it take from "vectors allocated" to "tags programmed"?
 *
 *	tag-clock BDF VECTORS
 *
 * Looks at the MSI-X table in the device's memory, apart from VFIO and from
 * the tool: starts the clock when the last of so many vectors is unmasked, and
 * stops it when that one has a tag. Prints "ready" when it looks, and then the
 * milliseconds between; gives up after 20 s.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define GIVE_UP_MS 20000
#define PAGE	   4096ul

static int open_or_die(const char *bdf, const char *file)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s", bdf, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static uint32_t read_config(int fd, unsigned int at, unsigned int size)
{
	uint32_t value = 0;

	if (pread(fd, &value, size, at) != (ssize_t)size)
		err(1, "config space");
	return value;
}

/* The register that says where the table is: BAR and offset. */
static uint32_t find_table(const char *bdf)
{
	int fd = open_or_die(bdf, "config");
	unsigned int at = read_config(fd, PCI_CAPABILITY_LIST, 1);
	uint32_t place;

	while (at && read_config(fd, at, 1) != PCI_CAP_ID_MSIX)
		at = read_config(fd, at + 1, 1);
	if (!at)
		errx(1, "%s: no MSI-X", bdf);
	place = read_config(fd, at + PCI_MSIX_TABLE, 4);
	close(fd);
	return place;
}

static unsigned long find_base(const char *bdf, unsigned int bar)
{
	FILE *f = fdopen(open_or_die(bdf, "resource"), "r");
	unsigned long start = 0;

	for (unsigned int i = 0; i <= bar; i++)
		if (!f || fscanf(f, "%lx %*x %*x", &start) != 1)
			errx(1, "%s: no BAR %u", bdf, bar);
	fclose(f);
	return start;
}

/* The vector control word of a vector, mapped. */
static const volatile uint32_t *map_word(const char *bdf, unsigned int vector)
{
	uint32_t place = find_table(bdf);
	unsigned long at = find_base(bdf, place & PCI_MSIX_TABLE_BIR) +
			   (place & PCI_MSIX_TABLE_OFFSET) +
			   vector * PCI_MSIX_ENTRY_SIZE +
			   PCI_MSIX_ENTRY_VECTOR_CTRL;
	int fd = open("/dev/mem", O_RDONLY | O_SYNC | O_CLOEXEC);
	char *page;

	if (fd < 0)
		err(1, "/dev/mem");
	page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd,
		    (off_t)(at & ~(PAGE - 1)));
	if (page == MAP_FAILED)
		err(1, "mmap");
	return (void *)(page + (at & (PAGE - 1)));
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool is_masked(uint32_t word)
{
	/* All ones: the owner has not switched memory decoding on yet. */
	return word == UINT32_MAX || word & PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

int main(int argc, char **argv)
{
	const struct timespec nap = { .tv_nsec = 500000 };
	const volatile uint32_t *word;
	double begun, started = 0;

	if (argc != 3 || atoi(argv[2]) < 1)
		errx(2, "usage: tag-clock BDF VECTORS");
	word = map_word(argv[1], (unsigned int)atoi(argv[2]) - 1);
	puts("ready");
	fflush(stdout);
	begun = now();
	while (now() - begun < GIVE_UP_MS) {
		uint32_t value = *word;

		if (is_masked(value)) {
			started = 0;
		} else if (value >> 16) {
			if (started == 0)
				errx(1, "a tag was there before the vector");
			printf("%.1f\n", now() - started);
			return 0;
		} else if (started == 0) {
			started = now();
		}
		nanosleep(&nap, NULL);
	}
	errx(1, "no tag within %d s", GIVE_UP_MS / 1000);
}

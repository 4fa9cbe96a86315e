/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/msix.h"

#include <endian.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#define VECTOR_SIZE    16
#define VECTOR_CONTROL 12

static sigjmp_buf bus_error;

static void on_bus_error(int signal)
{
	(void)signal;
	siglongjmp(bus_error, 1);
}

/*
 * Copy the control words out of the mapping. An access fails with SIGBUS
 * where the device's memory went away under it.
 */
static int copy_tags(const volatile unsigned char *table, unsigned int n,
		     uint16_t *tags)
{
	struct sigaction action = { .sa_handler = on_bus_error }, before;
	volatile int r = 0; /* kept over siglongjmp */

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGBUS, &action, &before))
		return -errno;
	if (sigsetjmp(bus_error, 1) == 0) {
		for (unsigned int i = 0; i < n; i++) {
			const volatile unsigned char *at =
				table + (size_t)i * VECTOR_SIZE +
				VECTOR_CONTROL;
			uint32_t word = *(const volatile uint32_t
						  *)(const volatile void *)at;

			tags[i] = (uint16_t)(le32toh(word) >> 16);
		}
	} else {
		r = -EFAULT;
	}
	sigaction(SIGBUS, &before, NULL);
	return r;
}

static int check_memory(struct vfio_device *device, struct error *err)
{
	struct config_reader config = vfio_device_config(device);
	uint16_t command;
	int r = config.read(config.context, PCI_COMMAND, &command,
			    sizeof(command));

	if (r)
		return error_system(err, -r,
				    "cannot read the command "
				    "register");
	if (!(le16toh(command) & PCI_COMMAND_MEMORY))
		return error_set(err, ERR_REFUSED, ENXIO,
				 "cannot read the MSI-X table: memory "
				 "decoding is off");
	return 0;
}

int msix_read_tags(struct vfio_device *device, const struct tph_cap *cap,
		   unsigned int first, unsigned int n, uint16_t *tags,
		   struct error *err)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR0_REGION_INDEX + cap->msix.bar,
	};
	uint64_t start = cap->msix.table_offset + (uint64_t)first * VECTOR_SIZE;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), base;
	size_t length, skipped; /* bytes of the map; of it before start */
	void *map;
	int r;

	if (cap->msix.bar > 5)
		return error_set(err, ERR_REFUSED, ENXIO,
				 "cannot read the MSI-X table: it says to be "
				 "in BAR %u, which does not exist",
				 cap->msix.bar);
	r = check_memory(device, err);
	if (r)
		return r;
	r = io_query(device->io, device->fd, VFIO_DEVICE_GET_REGION_INFO, &info,
		     "VFIO_DEVICE_GET_REGION_INFO", "bar%u", cap->msix.bar);
	if (r)
		return error_system(err, -r, "cannot ask for BAR %u",
				    cap->msix.bar);
	base = start / page * page;
	skipped = (size_t)(start - base);
	length = skipped + (size_t)n * VECTOR_SIZE;
	if (!(info.flags & VFIO_REGION_INFO_FLAG_MMAP) ||
	    base + length > info.size ||
	    info.offset > INT64_MAX - base - length)
		return error_set(err, ERR_REFUSED, ENXIO,
				 "the kernel does not let the MSI-X table be "
				 "mapped");
	map = mmap(NULL, length, PROT_READ, MAP_SHARED, device->fd,
		   (off_t)(info.offset + base));
	if (map == MAP_FAILED)
		return error_system(err, errno, "cannot map the MSI-X table");
	r = copy_tags((const unsigned char *)map + skipped, n, tags);
	munmap(map, length);
	if (r)
		return error_set(err, ERR_REFUSED, -r,
				 "cannot read the MSI-X table: the device "
				 "stopped answering");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* read, write and mmap of a device's regions: region N starts at N << 40. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define REGION_SHIFT 40
#define REGION_MASK  ((1ull << REGION_SHIFT) - 1)

static struct device *load(const struct fd_state *fd)
{
	struct device *dev;

	if ((fd->kind != KIND_DEVICE && fd->kind != KIND_CDEV) || !fd->bound)
		return NULL;
	dev = malloc(sizeof(*dev));
	if (dev && device_load(fd->bdf, dev)) {
		free(dev);
		dev = NULL;
	}
	return dev;
}

static uint64_t region_size(const struct device *dev, unsigned int index)
{
	if (index < 6)
		return dev->bar[index];
	return index == VFIO_PCI_CONFIG_REGION_INDEX ? FAKE_CONFIG_SIZE : 0;
}

/* VFIO hides the vector table from reads and writes: all ones, no effect. */
static bool in_vectors(const struct device *dev, unsigned int bar, uint64_t at)
{
	return dev->msix && bar == dev->msix_bar && at >= dev->msix_offset &&
	       at < dev->msix_offset + 16ull * dev->msix_size;
}

static ssize_t bar_io(struct device *dev, unsigned int bar, uint8_t *buf,
		      size_t n, uint64_t at, bool write)
{
	size_t i;
	int fd;

	if (!device_decodes(dev))
		return -EIO;
	fd = device_bar_open(dev, bar);
	if (fd < 0)
		return fd;
	for (i = 0; i < n; i++) {
		if (in_vectors(dev, bar, at + i)) {
			if (!write)
				buf[i] = 0xff;
		} else if ((write ? sys_pwrite(fd, buf + i, 1, (off_t)(at + i))
				  : sys_pread(fd, buf + i, 1,
					      (off_t)(at + i))) != 1 &&
			   !write) {
			buf[i] = 0;
		}
	}
	sys_close(fd);
	return (ssize_t)n;
}

/* Of config writes VFIO passes on little: the command register and the power
 * state, here. TPH registers are not among it. */
static void config_write(struct device *dev, const uint8_t *buf, size_t n,
			 uint64_t at)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (at + i == 4)
			dev->config[4] = buf[i] & 0x47;
		else if (dev->pm && at + i == dev->pm + 4)
			dev->config[at + i] =
				(uint8_t)((dev->config[at + i] & ~3) |
					  (buf[i] & 3));
	}
	device_save(dev);
}

static ssize_t transfer(const struct fd_state *fd, void *buf, size_t n,
			off_t offset, bool write)
{
	unsigned int index = (unsigned int)((uint64_t)offset >> REGION_SHIFT);
	uint64_t at = (uint64_t)offset & REGION_MASK;
	struct device *dev;
	uint64_t size;
	ssize_t result;

	dev = load(fd);
	if (!dev)
		return -EINVAL;
	size = region_size(dev, index);
	if (index >= VFIO_PCI_NUM_REGIONS || at >= size) {
		result = -EINVAL;
	} else {
		if (n > size - at)
			n = (size_t)(size - at);
		result = (ssize_t)n;
		if (index < 6)
			result = bar_io(dev, index, buf, n, at, write);
		else if (write)
			config_write(dev, buf, n, at);
		else
			memcpy(buf, dev->config + at, n);
	}
	free(dev);
	return result;
}

static const char *region_name(off_t at)
{
	return (uint64_t)at >> REGION_SHIFT == VFIO_PCI_CONFIG_REGION_INDEX
		       ? "config"
		       : "bar";
}

static ssize_t logged(const struct fd_state *fd, void *buf, size_t n, off_t at,
		      bool write)
{
	char operation[32], object[32];
	ssize_t result;

	lock_enter();
	snprintf(operation, sizeof(operation), "%s.%s",
		 write ? "pwrite" : "pread", region_name(at));
	result = fault(operation);
	if (!result)
		result = transfer(fd, buf, n, at, write);
	log_object(fd, object, sizeof(object));
	log_call(object, write ? "pwrite" : "pread", result,
		 " region=%llu offset=%#llx count=%zu",
		 (unsigned long long)at >> REGION_SHIFT,
		 (unsigned long long)at & REGION_MASK, n);
	lock_leave();
	return result;
}

ssize_t region_read(const struct fd_state *fd, void *buf, size_t n, off_t at)
{
	return logged(fd, buf, n, at, false);
}

ssize_t region_write(const struct fd_state *fd, const void *buf, size_t n,
		     off_t at)
{
	return logged(fd, (void *)(uintptr_t)buf, n, at, true);
}

static void *map_bar(const struct fd_state *fd, void *addr, size_t n, int prot,
		     int flags, off_t offset)
{
	unsigned int index = (unsigned int)((uint64_t)offset >> REGION_SHIFT);
	uint64_t at = (uint64_t)offset & REGION_MASK;
	struct device *dev = load(fd);
	void *result = MAP_FAILED;
	int file;

	errno = EINVAL;
	if (!dev)
		return MAP_FAILED;
	if (index < 6 && (flags & MAP_SHARED) && dev->bar[index] >= 4096 &&
	    at + n <= ((dev->bar[index] + 4095) & ~4095ull)) {
		device_save(dev); /* the file has the words of now */
		file = device_bar_open(dev, index);
		if (file >= 0) {
			result = real.mmap(addr, n, prot, flags, file,
					   (off_t)at);
			sys_close(file);
		}
	}
	free(dev);
	return result;
}

void *region_map(const struct fd_state *fd, void *addr, size_t n, int prot,
		 int flags, off_t at)
{
	void *result = MAP_FAILED;
	char object[32];
	int error;

	lock_enter();
	error = -fault("mmap.bar");
	if (!error) {
		result = map_bar(fd, addr, n, prot, flags, at);
		error = result == MAP_FAILED ? errno : 0;
	}
	log_object(fd, object, sizeof(object));
	log_call(object, "mmap", -error,
		 " region=%llu offset=%#llx length=%zu prot=%d",
		 (unsigned long long)at >> REGION_SHIFT,
		 (unsigned long long)at & REGION_MASK, n, prot);
	lock_leave();
	errno = error;
	return result;
}

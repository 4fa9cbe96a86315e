// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfio-open.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_VECTORS 2048

/* Younger than the headers of the oldest distribution that builds this. */
#define BIND_IOMMUFD	  _IO(';', 118)
#define ATTACH_IOMMUFD_PT _IO(';', 119)
#define DETACH_IOMMUFD_PT _IO(';', 120)
#define IOAS_ALLOC	  _IO(';', 0x81)

struct bind_iommufd {
	uint32_t argsz, flags;
	int32_t iommufd;
	uint32_t out_devid;
};

struct attach_iommufd_pt {
	uint32_t argsz, flags, pt_id;
};

struct detach_iommufd_pt {
	uint32_t argsz, flags;
};

struct ioas_alloc {
	uint32_t size, flags, out_ioas_id;
};

static int open_or_die(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		err(1, "open %s", path);
	return fd;
}

static void hold_by_group(struct held *held, const char *bdf)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char link[PATH_MAX], target[PATH_MAX], path[PATH_MAX + 16];
	ssize_t length;
	char *number;

	snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/iommu_group",
		 bdf);
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		err(1, "readlink %s", link);
	target[length] = '\0';
	number = strrchr(target, '/');
	snprintf(path, sizeof(path), "/dev/vfio/%s",
		 number ? number + 1 : target);

	held->container = open_or_die("/dev/vfio/vfio");
	held->group = open_or_die(path);
	if (ioctl(held->group, VFIO_GROUP_GET_STATUS, &status))
		err(1, "VFIO_GROUP_GET_STATUS");
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		errx(1, "%s: not viable", path);
	if (ioctl(held->group, VFIO_GROUP_SET_CONTAINER, &held->container))
		err(1, "VFIO_GROUP_SET_CONTAINER");
	if (ioctl(held->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		err(1, "VFIO_SET_IOMMU");
	held->device = ioctl(held->group, VFIO_GROUP_GET_DEVICE_FD, bdf);
	if (held->device < 0)
		err(1, "VFIO_GROUP_GET_DEVICE_FD");
}

static void find_cdev(const char *bdf, char *path, size_t size)
{
	char directory[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(directory, sizeof(directory),
		 "/sys/bus/pci/devices/%s/vfio-dev", bdf);
	dir = opendir(directory);
	if (!dir)
		err(1, "%s", directory);
	do {
		entry = readdir(dir);
		if (!entry)
			errx(1, "%s: empty", directory);
	} while (strncmp(entry->d_name, "vfio", 4) != 0);
	snprintf(path, size, "/dev/vfio/devices/%s", entry->d_name);
	closedir(dir);
}

static void hold_by_cdev(struct held *held, const char *bdf)
{
	struct bind_iommufd bind = { .argsz = sizeof(bind) };
	struct ioas_alloc ioas = { .size = sizeof(ioas) };
	char path[PATH_MAX];
	int result;

	find_cdev(bdf, path, sizeof(path));
	held->group = -1;
	held->container = open_or_die("/dev/iommu");
	held->device = open_or_die(path);
	bind.iommufd = held->container;
	if (ioctl(held->device, BIND_IOMMUFD, &bind))
		err(1, "VFIO_DEVICE_BIND_IOMMUFD");
	if (ioctl(held->container, IOAS_ALLOC, &ioas))
		err(1, "IOMMU_IOAS_ALLOC");
	held->ioas = ioas.out_ioas_id;
	result = attach_device(held);
	if (result)
		errx(1, "VFIO_DEVICE_ATTACH_IOMMUFD_PT: %s",
		     strerrorname_np(-result));
}

/* The descriptor that a variable names, -1 if it is not set. */
static int inherited(const char *variable)
{
	const char *text = getenv(variable);
	int fd;

	if (!text)
		return -1;
	fd = atoi(text);
	if (fcntl(fd, F_GETFD) < 0)
		err(1, "%s=%s", variable, text);
	return fd;
}

static void hold_inherited(struct held *held)
{
	held->device = inherited("VFIO_TPH_DEVICE_FD");
	held->group = inherited("VFIO_TPH_GROUP_FD");
	held->container = inherited("VFIO_TPH_CONTAINER_FD");
	if (held->container < 0)
		held->container = inherited("VFIO_TPH_IOMMUFD_FD");
	if (held->device < 0)
		errx(1, "VFIO_TPH_DEVICE_FD is not set");
}

bool is_way(const char *way)
{
	return !strcmp(way, "group") || !strcmp(way, "cdev") ||
	       !strcmp(way, "inherited");
}

void hold(struct held *held, const char *bdf, const char *way)
{
	if (!strcmp(way, "group"))
		hold_by_group(held, bdf);
	else if (!strcmp(way, "cdev"))
		hold_by_cdev(held, bdf);
	else
		hold_inherited(held);
}

void let_go(struct held *held)
{
	close(held->device);
	if (held->group >= 0)
		close(held->group);
	if (held->container >= 0)
		close(held->container);
}

int set_vectors(const struct held *held, unsigned int count)
{
	struct vfio_irq_set *set;
	unsigned int i;
	int result = 0;

	if (count > MAX_VECTORS)
		return -EINVAL;
	set = calloc(1, sizeof(*set) + count * sizeof(int32_t));
	if (!set)
		return -ENOMEM;
	set->argsz = sizeof(*set);
	set->flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER;
	set->index = VFIO_PCI_MSIX_IRQ_INDEX;
	/* EINVAL: there was none to free. */
	if (ioctl(held->device, VFIO_DEVICE_SET_IRQS, set) && errno != EINVAL)
		result = -errno;
	if (!result && count) {
		int32_t *eventfd_of = (int32_t *)(void *)set->data;

		set->argsz += (uint32_t)(count * sizeof(int32_t));
		set->flags =
			VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
		set->count = count;
		for (i = 0; i < count; i++)
			eventfd_of[i] = eventfd(0, EFD_CLOEXEC);
		if (ioctl(held->device, VFIO_DEVICE_SET_IRQS, set))
			result = -errno;
		/* The kernel has its own reference on each by now. */
		for (i = 0; i < count; i++)
			close(eventfd_of[i]);
	}
	free(set);
	return result;
}

int add_vector(const struct held *held, unsigned int index)
{
	union {
		struct vfio_irq_set set;
		unsigned char room[sizeof(struct vfio_irq_set) + 4];
	} call = {
		.set = {
			.argsz = sizeof(call.room),
			.flags = VFIO_IRQ_SET_DATA_EVENTFD |
				 VFIO_IRQ_SET_ACTION_TRIGGER,
			.index = VFIO_PCI_MSIX_IRQ_INDEX,
			.start = index,
			.count = 1,
		},
	};
	int32_t event = eventfd(0, EFD_CLOEXEC);
	int result = 0;

	memcpy(call.set.data, &event, sizeof(event));
	if (ioctl(held->device, VFIO_DEVICE_SET_IRQS, &call))
		result = -errno;
	close(event);
	return result;
}

int reset_device(const struct held *held)
{
	return ioctl(held->device, VFIO_DEVICE_RESET) ? -errno : 0;
}

int detach_device(const struct held *held)
{
	struct detach_iommufd_pt detach = { .argsz = sizeof(detach) };

	return ioctl(held->device, DETACH_IOMMUFD_PT, &detach) ? -errno : 0;
}

int attach_device(const struct held *held)
{
	struct attach_iommufd_pt attach = {
		.argsz = sizeof(attach),
		.pt_id = held->ioas,
	};

	return ioctl(held->device, ATTACH_IOMMUFD_PT, &attach) ? -errno : 0;
}

/* The offset of configuration space in the device's descriptor, or -errno. */
static off_t find_config(const struct held *held)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};

	if (ioctl(held->device, VFIO_DEVICE_GET_REGION_INFO, &info))
		return -errno;
	return (off_t)info.offset;
}

/* Exchange the bits in mask of the 16 bits at that place. */
static int change_config(const struct held *held, off_t at, uint16_t mask,
			 uint16_t bits)
{
	uint16_t value;

	if (pread(held->device, &value, sizeof(value), at) != 2)
		return -EIO;
	value = (uint16_t)((value & ~mask) | bits);
	return pwrite(held->device, &value, sizeof(value), at) == 2 ? 0 : -EIO;
}

int set_power_state(const struct held *held, unsigned int state)
{
	off_t config = find_config(held);
	uint8_t at = 0, entry[2];

	if (config < 0)
		return (int)config;
	if (pread(held->device, &at, 1, config + PCI_CAPABILITY_LIST) != 1)
		return -EIO;
	while (at) {
		if (pread(held->device, entry, 2, config + at) != 2)
			return -EIO;
		if (entry[0] == PCI_CAP_ID_PM)
			return change_config(held, config + at + PCI_PM_CTRL,
					     PCI_PM_CTRL_STATE_MASK,
					     (uint16_t)state);
		at = entry[1];
	}
	return -ENXIO;
}

int set_memory_decoding(const struct held *held, bool on)
{
	off_t config = find_config(held);

	if (config < 0)
		return (int)config;
	return change_config(held, config + PCI_COMMAND, PCI_COMMAND_MEMORY,
			     on ? PCI_COMMAND_MEMORY : 0);
}

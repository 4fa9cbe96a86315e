/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/query.h"

#include <endian.h>
#include <errno.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/cleanup.h"

bool vfio_query_ids(int fd, uint16_t ids[2])
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};

	if (ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &info) ||
	    pread(fd, ids, 4, (off_t)info.offset) != 4)
		return false;
	ids[0] = le16toh(ids[0]);
	ids[1] = le16toh(ids[1]);
	return true;
}

bool vfio_query_bound(int fd)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return ioctl(fd, VFIO_DEVICE_GET_INFO, &info) == 0 || errno != EINVAL;
}

size_t vfio_query_reset_list(int fd, struct bdf list[VFIO_RESET_LIST_MAX])
{
	const size_t size =
		sizeof(struct vfio_pci_hot_reset_info) +
		VFIO_RESET_LIST_MAX * sizeof(struct vfio_pci_dependent_device);
	_cleanup_free_ struct vfio_pci_hot_reset_info *info = calloc(1, size);

	if (!info)
		return 0;
	info->argsz = (__u32)size;
	/* ENODEV where there is no such reset: it tells nothing then. */
	if (ioctl(fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, info) ||
	    info->count > VFIO_RESET_LIST_MAX)
		return 0;
	for (size_t i = 0; i < info->count; i++) {
		const struct vfio_pci_dependent_device *d = &info->devices[i];

		list[i] = (struct bdf){ .domain = d->segment,
					.bus = d->bus,
					.device = d->devfn >> 3,
					.function = d->devfn & 7 };
	}
	return info->count;
}

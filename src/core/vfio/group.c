/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening a device by its IOMMU group and a container. */
#include <errno.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/vfio/device.h"
#include "core/vfio/open.h"

/* The driver of containers. */
#define TYPE1_MODULE "vfio_iommu_type1"

static int open_container(struct vfio_context *context, struct error *err)
{
	int fd, version;

	if (context->container != -1)
		return 0;
	fd = io_open(context->io, VFIO_CONTAINER_NODE);
	if (io_failed(fd))
		return vfio_cannot_open(VFIO_CONTAINER_NODE, -fd, err);
	context->container = fd;
	version = io_ioctl(context->io, fd, VFIO_GET_API_VERSION, NULL,
			   "VFIO_GET_API_VERSION", "%s", "");
	if (version < 0)
		return error_system(err, -version, "cannot use %s",
				    VFIO_CONTAINER_NODE);
	if (version != VFIO_API_VERSION)
		return error_set(err, ERR_SYSTEM, EPROTO,
				 "%s has VFIO API version %d, not %d",
				 VFIO_CONTAINER_NODE, version,
				 VFIO_API_VERSION);
	return 0;
}

static int check_viable(struct vfio_context *context,
			const struct pci_device *pci, int fd, struct error *err)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int r = io_ioctl(context->io, fd, VFIO_GROUP_GET_STATUS, &status,
			 "VFIO_GROUP_GET_STATUS", "group=%d", pci->iommu_group);

	if (r)
		return error_system(err, -r, "cannot ask IOMMU group %d",
				    pci->iommu_group);
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return vfio_not_viable(pci, err);
	return 0;
}

static int set_container(struct vfio_context *context,
			 const struct pci_device *pci, int fd,
			 struct error *err)
{
	uintptr_t type;
	int r = io_ioctl(context->io, fd, VFIO_GROUP_SET_CONTAINER,
			 &context->container, "VFIO_GROUP_SET_CONTAINER",
			 "group=%d", pci->iommu_group);

	if (r == -EBUSY)
		return vfio_busy(pci, err);
	if (r == -EPERM)
		return vfio_not_dma_owner(pci, TYPE1_MODULE, err);
	if (r)
		return error_system(err, -r,
				    "cannot put IOMMU group %d into a "
				    "container",
				    pci->iommu_group);
	if (context->iommu_set)
		return 0;
	type = pci_group_is_noiommu(pci->iommu_group) ? VFIO_NOIOMMU_IOMMU
						      : VFIO_TYPE1v2_IOMMU;
	r = io_ioctl(context->io, context->container, VFIO_SET_IOMMU,
		     (void *)type, "VFIO_SET_IOMMU", "%s",
		     type == VFIO_NOIOMMU_IOMMU ? "noiommu" : "type1v2");
	if (r == -EPERM)
		return vfio_not_dma_owner(pci, TYPE1_MODULE, err);
	if (r) {
		error_system(err, -r, "cannot set the container's IOMMU");
		if (r == -ENODEV)
			err->kind = ERR_NO_IOMMU;
		return r;
	}
	context->iommu_set = true;
	return 0;
}

static int open_group(struct vfio_context *context,
		      const struct pci_device *pci, struct vfio_group **group,
		      struct error *err)
{
	_cleanup_close_ int fd = -1;
	char node[64];
	int r;

	for (*group = context->groups; *group; *group = (*group)->next)
		if ((*group)->number == pci->iommu_group)
			return 0;
	pci_group_node(pci->iommu_group, node, sizeof(node));
	r = open_container(context, err);
	if (r)
		return r;
	fd = io_open(context->io, node);
	if (fd == -EBUSY)
		return vfio_busy(pci, err);
	if (io_failed(fd))
		return vfio_cannot_open(node, -fd, err);
	r = check_viable(context, pci, fd, err);
	if (r == 0)
		r = set_container(context, pci, fd, err);
	if (r)
		return r;
	*group = calloc(1, sizeof(**group));
	if (!*group)
		return error_system(err, ENOMEM, "cannot open %s", node);
	(*group)->number = pci->iommu_group;
	(*group)->fd = take_fd(&fd);
	(*group)->next = context->groups;
	context->groups = *group;
	return 0;
}

int vfio_open_by_group(struct vfio_context *context,
		       const struct pci_device *pci, struct vfio_device *device,
		       struct error *err)
{
	struct vfio_group *group;
	char address[BDF_LENGTH];
	int r = open_group(context, pci, &group, err);

	if (r)
		return r;
	memcpy(address, pci->address, sizeof(address));
	r = io_ioctl(context->io, group->fd, VFIO_GROUP_GET_DEVICE_FD, address,
		     "VFIO_GROUP_GET_DEVICE_FD", "%s", address);
	if (r == -EBUSY)
		return vfio_busy(pci, err);
	if (io_failed(r))
		return error_system(err, -r,
				    "cannot get the device from IOMMU group "
				    "%d",
				    pci->iommu_group);
	device->fd = r;
	device->via = VFIO_VIA_GROUP;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What devices share that one run opens: an iommufd, a container, groups; and
 * by which of them a device is opened.
 */
#ifndef CORE_VFIO_CONTEXT_H
#define CORE_VFIO_CONTEXT_H

#include <stdbool.h>

#include "core/pci/device.h"
#include "core/vfio/io.h"
#include "core/vfio/iommu_table.h"
#include "core/vfio/iommufd.h"

enum vfio_via {
	VFIO_VIA_AUTO, /* cdev where both its nodes exist, else group */
	VFIO_VIA_CDEV,
	VFIO_VIA_GROUP,
	VFIO_VIA_OWNER,	  /* borrowed */
	VFIO_VIA_IOMMUFD, /* cdev, for what only iommufd has */
};

/* An IOMMU group that is open and in the container. */
struct vfio_group {
	struct vfio_group *next;
	int number;
	int fd;
};

/*
 * What several devices share: devices of one IOMMU group must be bound to
 * one iommufd, or sit in one container.
 */
struct vfio_context {
	struct io *io;
	struct iommufd iommufd;
	struct iommu_table *tables;
	int container;
	bool iommu_set;
	struct vfio_group *groups;
};

void vfio_context_init(struct vfio_context *context, struct io *io);
void vfio_context_close(struct vfio_context *context);

/* Descriptor of the function's group where it was opened by it, or -1. */
int vfio_context_group_fd(const struct vfio_context *context,
			  const struct pci_device *pci);

#endif

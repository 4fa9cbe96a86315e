/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An open VFIO device: by its character device and iommufd, by group and
 * container, or from a descriptor that was borrowed.
 *
 * After Documentation/driver-api/vfio.rst. Opening resets the function; the
 * last close resets it again and loses what was set. So a device is opened
 * only to act on it.
 */
#ifndef CORE_VFIO_DEVICE_H
#define CORE_VFIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/pci/device.h"
#include "core/pci/tph_cap.h"
#include "core/vfio/context.h"

struct vfio_device {
	struct io *io;
	int fd;
	enum vfio_via via;
	uint64_t config_offset; /* of the config region; 0: not asked yet */
	uint32_t dev_id;	/* in the iommufd; 0: not bound to one */
	/* What it is attached to, or NULL; then context is where that is. */
	struct iommu_table *table;
	struct vfio_context *context;
};

/* Say which driver it is bound to, or none. Returns -errno: ERR_NOT_BOUND. */
int vfio_device_not_bound(const struct pci_device *pci, struct error *err);

/*
 * Is the function bound to a driver that offers VFIO? A variant driver may
 * have any name, so sysfs is asked: since 6.1 the driver registers the function
 * in vfio-dev/.
 * Returns 0, or -errno with ERR_NOT_BOUND.
 */
int vfio_device_check_bound(const struct pci_device *pci, struct error *err);

/*
 * Open a function. In a dry run nothing is opened, and device->fd is
 * IO_DRY_FD. Returns 0, or -errno with *err filled: ERR_NOT_BOUND,
 * ERR_NO_IOMMU, ERR_GROUP_NOT_VIABLE, ERR_BUSY, ERR_PERMISSION, ERR_SYSTEM.
 */
int vfio_device_open(struct vfio_context *context, const struct pci_device *pci,
		     enum vfio_via via, struct vfio_device *device,
		     struct error *err);

/*
 * Attach a function that was opened by its character device. Returns 0, or
 * -errno with *err filled.
 */
int vfio_device_attach(struct vfio_device *device, struct vfio_context *context,
		       const struct pci_device *pci,
		       const struct iommu_choice *choice, struct error *err);

/*
 * Take it off again, and free what no other device is attached to. Does
 * nothing to a device that is not attached. Closing does it too, but cannot
 * say what failed. Returns 0, or -errno with *err filled.
 */
int vfio_device_detach(struct vfio_device *device, struct error *err);

/*
 * An event that the kernel counts up when it wants the device back: it is being
 * unbound or removed, which waits until the device is closed. Of a device of
 * our own alone: who lends one may have an event of its own there. Returns a
 * descriptor to poll and to close, or -errno.
 */
int vfio_device_request_event(struct vfio_device *device);

/* Take over a borrowed descriptor; closing it does not touch its owner's. */
void vfio_device_borrow(struct vfio_device *device, struct io *io, int fd);

void vfio_device_close(struct vfio_device *device);

/*
 * A reader of configuration space through the device's config region; shows
 * all of it to users whom sysfs shows 64 bytes. Valid as long as device.
 */
struct config_reader vfio_device_config(struct vfio_device *device);

const char *vfio_via_name(enum vfio_via via);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the ways of opening a VFIO device share. Of device.c,
 * group.c and open.c alone.
 */
#ifndef CORE_VFIO_OPEN_H
#define CORE_VFIO_OPEN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/vfio/context.h"

struct vfio_device;

/* "/dev/vfio/N" of the function's group. */
void vfio_group_node(const struct pci_device *pci, char *path, size_t size);

/* False where it is not there for certain: opening it tells the rest. */
bool vfio_exists(const char *path);

/*
 * Open by group and container; a group that the context has open already is
 * used again. Returns 0, or -errno with *err filled.
 */
int vfio_open_by_group(struct vfio_context *context,
		       const struct pci_device *pci, struct vfio_device *device,
		       struct error *err);

/* A node could not be opened: say whose it is where that is why. */
int vfio_cannot_open(const char *path, int number, struct error *err);

/* Somebody else has the device: say who, where that can be seen. */
int vfio_busy(const struct pci_device *pci, struct error *err);

/*
 * Name the functions that keep the group from being viable: those bound to a
 * driver that uses DMA on the host's behalf. Returns how many, or -errno.
 */
int vfio_list_blockers(const struct pci_device *pci, char *list, size_t size);
int vfio_not_viable(const struct pci_device *pci, struct error *err);

#endif

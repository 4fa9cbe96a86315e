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

#define VFIO_CONTAINER_NODE "/dev/vfio/vfio"
#define VFIO_NODE_SIZE	    64

/* False where it is not there for certain: opening it tells the rest. */
bool vfio_exists(const char *path);

/*
 * The file that keeps a function from being opened by its character device, or
 * by its group: one that is not there, or NULL. node: room for its name.
 */
const char *vfio_missing_cdev(const struct pci_device *pci);
const char *vfio_missing_group(const struct pci_device *pci,
			       char node[VFIO_NODE_SIZE]);

/*
 * It cannot be opened that way since a node is missing: say which, and what
 * to do. VFIO_VIA_AUTO: it can be opened neither way. Returns -ENOENT.
 */
int vfio_no_node(const struct pci_device *pci, enum vfio_via via,
		 struct error *err);

/*
 * Open by group and container; a group that the context has open already is
 * used again. Returns 0, or -errno with *err filled.
 */
int vfio_open_by_group(struct vfio_context *context,
		       const struct pci_device *pci, struct vfio_device *device,
		       struct error *err);

/* What to do if a node is there, and may not be opened. */
const char *vfio_hint_forbidden(void);

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

/*
 * The kernel answered EPERM to binding it, or to giving its group to a
 * container, which lets a group have one user at a time: say who is in the
 * way, or what. module: whose parameter allow_unsafe_interrupts counts.
 */
int vfio_not_dma_owner(const struct pci_device *pci, const char *module,
		       struct error *err);

#endif

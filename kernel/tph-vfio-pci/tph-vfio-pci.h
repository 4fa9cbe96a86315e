/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tph-vfio-pci: the device, and what its files offer one another.
 */
#ifndef TPH_VFIO_PCI_H
#define TPH_VFIO_PCI_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/vfio_pci_core.h>

/**
 * struct tph_vfio_device - a VFIO PCI device and its TPH state
 * @core: first, as vfio_alloc_device() wants it
 * @op_lock: the outermost of all locks that an operation takes; see hw.c
 * @cap: TPH Requester Capability register as read at open, 0 if there is no
 *	such capability. The register never changes
 *
 * Whether TPH is on, in which mode, and with which size of tag is kept by the
 * PCI core in struct pci_dev; while the device is open only the operations
 * under @op_lock change that.
 */
struct tph_vfio_device {
	struct vfio_pci_core_device core;
	struct mutex op_lock; /* one operation of the ABI at a time */
	u32 cap;
};

static inline struct tph_vfio_device *
to_tph_vfio_device(struct vfio_device *core_vdev)
{
	return container_of(core_vdev, struct tph_vfio_device, core.vdev);
}

/* main.c */
extern bool enable_unsafe_tph_ds;

/* tph.c */
long tph_vfio_ioctl(struct tph_vfio_device *tdev, void __user *arg);

/* hw.c */
struct vfio_pci_tph_entry;

void tph_hw_open(struct tph_vfio_device *tdev);
void tph_hw_close(struct tph_vfio_device *tdev);
u32 tph_hw_table(const struct tph_vfio_device *tdev);
unsigned int tph_hw_table_size(const struct tph_vfio_device *tdev);
int tph_hw_enable(struct tph_vfio_device *tdev, int mode);
void tph_hw_disable(struct tph_vfio_device *tdev);
int tph_hw_write(struct tph_vfio_device *tdev,
		 const struct vfio_pci_tph_entry *entries, u32 count);

#endif

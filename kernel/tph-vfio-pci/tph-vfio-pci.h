/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tph-vfio-pci: the device, and what its files offer one another.
 */
#ifndef TPH_VFIO_PCI_H
#define TPH_VFIO_PCI_H

#include <linux/bitmap.h>
#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/types.h>
#include <linux/vfio_pci_core.h>

#include "vfio_pci_tph.h"

/* What one device can have at most, of MSI-X vectors (PCIe 6.0, 7.7.2.2). */
#define TPH_MAX_VECTORS 2048

/**
 * struct tph_vfio_device - a VFIO PCI device and its TPH state
 * @core: first, as vfio_alloc_device() wants it
 * @op_lock: protects the state of TPH; see hw.c for the order of locks
 * @cap: TPH Requester Capability register as read at open, 0 if there is no
 *	such capability. The register never changes
 * @table: where the ST table is: PCI_TPH_LOC_NONE, _CAP or _MSIX
 * @table_size: entries of a table in the capability, else 0
 * @vectors: entries of a table in MSI-X, else 0
 * @on: TPH is on, a copy of struct pci_dev's tph_enabled: that bit shares a
 *	word with bits that other code changes, and is left alone without
 *	dev_set->lock. Written under @op_lock
 * @tags: tags that the firmware gave since the device was opened; see tags.c.
 *	Under @op_lock
 * @known: allocated MSI-X vectors whose tag is this user's or 0, and not one
 *	that was in the table before. Under igate
 *
 * Mode and size of a tag are kept by the PCI core in struct pci_dev; while the
 * device is open they change under @op_lock only.
 */
struct tph_vfio_device {
	struct vfio_pci_core_device core;
	struct mutex op_lock; /* the state of TPH */
	u32 cap;
	u32 table;
	unsigned int table_size;
	unsigned int vectors;
	bool on;
	u32 *tags;
	DECLARE_BITMAP(known, TPH_MAX_VECTORS);
};

static inline struct tph_vfio_device *
to_tph_vfio_device(struct vfio_device *core_vdev)
{
	return container_of(core_vdev, struct tph_vfio_device, core.vdev);
}

/* What a user can provoke as often as he likes. */
#define tph_warn(pdev, ...) dev_warn_ratelimited(&(pdev)->dev, __VA_ARGS__)

static inline bool tph_has_table(const struct tph_vfio_device *tdev)
{
	return tdev->table != PCI_TPH_LOC_NONE;
}

/* main.c */
extern bool enable_unsafe_tph_ds;

/* tph.c */
long tph_vfio_ioctl(struct tph_vfio_device *tdev, void __user *arg);

/* layout.c */
int tph_layout_mode(u8 bit);
void tph_layout_cap(const struct tph_vfio_device *tdev,
		    struct vfio_pci_tph_cap *cap);
bool tph_layout_clears(const struct vfio_pci_tph_entry *entry);
bool tph_layout_rolls_back(void);
int tph_layout_may_ask(const struct tph_vfio_device *tdev);

/* tags.c */
int tph_tags_resolve(struct tph_vfio_device *tdev,
		     struct vfio_pci_tph_entry *entries, u32 count,
		     bool to_write, u8 *width);
void tph_tags_forget(struct tph_vfio_device *tdev);

/* table.c */
bool tph_table_denied(struct pci_dev *pdev);
void tph_table_open(struct tph_vfio_device *tdev);
int tph_table_in_use(const struct tph_vfio_device *tdev);
u16 tph_decode_begin(struct tph_vfio_device *tdev);
void tph_decode_end(struct tph_vfio_device *tdev, u16 cmd);
bool tph_vector_allocated(struct pci_dev *pdev, unsigned int index);
int tph_table_clear_vectors(struct tph_vfio_device *tdev);
void tph_table_vectors_changed(struct tph_vfio_device *tdev);

/* write.c */
int tph_table_write(struct tph_vfio_device *tdev,
		    const struct vfio_pci_tph_entry *entries, u32 count,
		    u8 width);

/* hw.c */
int tph_lock(struct tph_vfio_device *tdev);
void tph_unlock(struct tph_vfio_device *tdev);
void tph_hw_lock(struct tph_vfio_device *tdev);
void tph_hw_unlock(struct tph_vfio_device *tdev);
DEFINE_GUARD(tph_hw, struct tph_vfio_device *, tph_hw_lock(_T),
	     tph_hw_unlock(_T))

void tph_hw_open(struct tph_vfio_device *tdev);
void tph_hw_close(struct tph_vfio_device *tdev);
bool tph_hw_as_believed(const struct tph_vfio_device *tdev);
bool tph_hw_lost(struct tph_vfio_device *tdev);
int tph_hw_enable(struct tph_vfio_device *tdev, int mode);
int tph_hw_disable(struct tph_vfio_device *tdev);

#endif

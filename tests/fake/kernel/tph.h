/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the flavours of VFIO_DEVICE_PCI_TPH. */
#ifndef FAKE_TPH_H
#define FAKE_TPH_H

#include "fake.h"
#include "vfio_pci_tph.h"

/* The tag of an entry's CPU, or what is wrong with the entry. */
int tph_resolve(const struct device *dev,
		const struct vfio_pci_tph_entry *entry, uint16_t *tag);
int strict_batch(const struct vfio_pci_tph_entry *entries, uint32_t count);
int strict_set(const struct device *dev,
	       const struct vfio_pci_tph_entry *entries, uint32_t count);

#endif

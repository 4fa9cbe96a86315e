// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the driver in kernel/tph-vfio-pci checks of a batch beyond the
 * proposal, in its order and with its errors.
 */
#include "kernel/tph.h"

#include <errno.h>

/* Each entry by itself, before the device is looked at. */
int strict_batch(const struct vfio_pci_tph_entry *entries, uint32_t count)
{
	uint8_t allowed[FAKE_MAX_CPUS / 8];
	uint32_t i;

	machine_affinity(allowed);
	for (i = 0; i < count; i++) {
		if (entries[i].reserved0 || entries[i].reserved1 ||
		    entries[i].mem_type > VFIO_PCI_TPH_MEM_PERSISTENT ||
		    !cpu_in(machine.present, entries[i].cpu))
			return -EINVAL;
		if (!cpu_in(allowed, entries[i].cpu))
			return -EPERM;
	}
	return 0;
}

static bool writable(const struct device *dev, uint16_t index)
{
	if (tph_core_location(dev) == TPH_LOC_MSIX)
		return dev->state.msix_enabled && index < dev->msix_size &&
		       dev->state.irq[index];
	return index < tph_core_table_size(dev);
}

/* A whole SET_ST, before its first write. */
int strict_set(const struct device *dev,
	       const struct vfio_pci_tph_entry *entries, uint32_t count)
{
	uint16_t tag;
	uint32_t i;
	int error;

	if (tph_core_location(dev) == TPH_LOC_NONE)
		return -EOPNOTSUPP;
	if (!dev->state.tph_enabled)
		return -EINVAL;
	if (dev->state.tph_mode == 0)
		return -EOPNOTSUPP;
	for (i = 0; i < count; i++) {
		error = tph_resolve(dev, &entries[i], &tag);
		if (error)
			return error;
	}
	if (device_sleeps(dev))
		return -EIO;
	for (i = 0; i < count; i++)
		if (!writable(dev, entries[i].index))
			return -ENXIO;
	return 0;
}

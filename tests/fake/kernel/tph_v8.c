// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the eighth revision of VFIO_DEVICE_PCI_TPH does otherwise. That GET_CAP
 * counts a table in the MSI-X table, and the errors of GET_ST, are inferred.
 */
#include "kernel/tph.h"

#include <errno.h>
#include <string.h>

#define CPU_NONE 0xffffffffu

bool tph_is_v8(const struct device *dev)
{
	return strstr(dev->abi, "-v8") != NULL;
}

void v8_cap(const struct device *dev, struct vfio_pci_tph_cap *cap)
{
	cap->supported_modes >>= 1;
	cap->st_table_present = 0;
	if (tph_core_location(dev) == TPH_LOC_MSIX)
		cap->st_table_sz = (uint16_t)dev->msix_size;
}

/* GET_ST is for device-specific mode, while that is on. */
int v8_may_ask(const struct device *dev)
{
	if (!dev->state.tph_enabled)
		return -EINVAL;
	return dev->state.tph_mode == 2 ? 0 : -EOPNOTSUPP;
}

bool v8_clears(const struct device *dev, const struct vfio_pci_tph_entry *entry)
{
	return tph_is_v8(dev) && entry->cpu == CPU_NONE;
}

/* All entries of the call are 0 again, also what stood there before. */
void v8_roll_back(struct device *dev, const struct vfio_pci_tph_entry *entries,
		  uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		tph_core_clear_entry(dev, entries[i].index);
	tph_core_disable(dev);
}

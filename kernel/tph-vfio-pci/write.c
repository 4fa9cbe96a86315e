// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: writing a batch of tags into the ST table.
 */
#include "compat.h"

#include <linux/cleanup.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>

#include "tph-vfio-pci.h"

/*
 * Checks every index before the first is written. For a table in MSI-X these
 * are the PCI core's own conditions; where it finds one broken it fails and
 * switches TPH off.
 */
static bool tph_index_exists(struct tph_vfio_device *tdev, unsigned int index)
{
	if (tdev->table == PCI_TPH_LOC_CAP)
		return index < tdev->table_size;
	return index < tdev->vectors &&
	       tph_vector_allocated(tdev->core.pdev, index);
}

static int tph_check_indexes(struct tph_vfio_device *tdev,
			     const struct vfio_pci_tph_entry *entries,
			     u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (!tph_index_exists(tdev, entries[i].index))
			return -ENXIO;
	}
	return 0;
}

/* Writes the entries. All checks are done: a failure here is the device's. */
static int tph_write_entries(struct tph_vfio_device *tdev,
			     const struct vfio_pci_tph_entry *entries,
			     u32 count)
{
	struct pci_dev *pdev = tdev->core.pdev;
	int ret;
	u32 i;

	for (i = 0; i < count; i++) {
		ret = pcie_tph_set_st_entry(pdev, entries[i].index,
					    entries[i].st);
		if (!ret) {
			if (tdev->table == PCI_TPH_LOC_MSIX)
				__set_bit(entries[i].index, tdev->known);
			continue;
		}
		/* A failed config write comes through as a PCIBIOS code. */
		if (ret > 0)
			ret = pcibios_err_to_errno(ret);
		tph_warn(pdev,
			 "ST entry %u not written (%d): TPH is off, %u of %u entries of the batch were written\n",
			 entries[i].index, ret, i, count);
		return ret;
	}
	return 0;
}

/*
 * Layout v8: all entries of a call that failed are 0, and TPH is off. The PCI
 * core writes to the MSI-X table only while TPH is on; a table in the
 * capability is better written when it is off.
 */
static void tph_roll_back(struct tph_vfio_device *tdev,
			  const struct vfio_pci_tph_entry *entries, u32 count)
{
	struct pci_dev *pdev = tdev->core.pdev;
	unsigned int table = pdev->tph_cap + PCI_TPH_BASE_SIZEOF;
	bool msix = tdev->table == PCI_TPH_LOC_MSIX;
	unsigned int index;
	u32 i;

	if (!msix)
		pcie_disable_tph(pdev);
	for (i = 0; i < count; i++) {
		index = entries[i].index;
		if (!tph_index_exists(tdev, index))
			continue;
		if (msix)
			pcie_tph_set_st_entry(pdev, index, 0);
		else
			pci_write_config_word(pdev, table + 2 * index, 0);
	}
	pcie_disable_tph(pdev);
}

static int tph_write_hw(struct tph_vfio_device *tdev,
			const struct vfio_pci_tph_entry *entries, u32 count)
{
	u16 cmd;
	int ret;

	guard(tph_hw)(tdev);
	if (tdev->core.pdev->current_state != PCI_D0 ||
	    !tph_hw_as_believed(tdev))
		return -EIO;

	ret = tph_check_indexes(tdev, entries, count);
	if (ret && !tph_layout_rolls_back())
		return ret;

	cmd = tph_decode_begin(tdev);
	if (!ret)
		ret = tph_write_entries(tdev, entries, count);
	if (ret && tph_layout_rolls_back())
		tph_roll_back(tdev, entries, count);
	tph_decode_end(tdev, cmd);
	return ret;
}

static int tph_write_locked(struct tph_vfio_device *tdev,
			    const struct vfio_pci_tph_entry *entries, u32 count,
			    u8 width)
{
	int ret = tph_table_in_use(tdev);

	if (ret)
		return ret;
	if (tdev->core.pdev->tph_req_type != width)
		return 1;
	if (tdev->table != PCI_TPH_LOC_MSIX)
		return tph_write_hw(tdev, entries, count);

	guard(mutex)(&tdev->core.igate);
	return tph_write_hw(tdev, entries, count);
}

/**
 * tph_table_write() - write tags into the ST table, all of them or, but for a
 * failing device, none
 * @tdev: an open device with a table, no lock held
 * @entries: where to and what: index and st
 * @count: how many
 * @width: the Requester Enable value that the tags are for
 *
 * Return: 0; 1 if the tags are of another size by now, nothing written;
 * -EINTR if the caller was killed; -EINVAL or -EOPNOTSUPP of
 * tph_table_in_use(); -ENXIO for an index beyond the table or a vector that
 * is not allocated; -EIO if the device is not in D0 or has lost its setting,
 * nothing written; else what the PCI core returned in the middle: then the
 * entries before that one stand and TPH is off. Layout v8: after -ENXIO and
 * the last, TPH is off and all entries of the call are 0
 */
int tph_table_write(struct tph_vfio_device *tdev,
		    const struct vfio_pci_tph_entry *entries, u32 count,
		    u8 width)
{
	int ret = tph_lock(tdev);

	if (ret)
		return ret;
	ret = tph_write_locked(tdev, entries, count, width);
	WRITE_ONCE(tdev->on, tdev->core.pdev->tph_enabled);
	tph_unlock(tdev);
	return ret;
}

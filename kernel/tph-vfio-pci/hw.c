// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: everything that touches the device's TPH registers.
 *
 * Locks, from the outermost to the innermost:
 *
 *	op_lock (ours)		one operation of the ABI at a time
 *	igate (vfio-pci-core)	only for a table in MSI-X: vectors cannot be
 *				allocated or freed between check and write
 *	memory_lock (same)	for writing: no VFIO reset, no power state
 *				change, no change of memory decoding
 *	pci_cfg_access_lock()	no reset by anybody else: the PCI core holds
 *				it from saving the configuration to restoring
 *				it, so a reset sees all of a batch or nothing
 *
 * It is the order that vfio-pci-core itself uses for the middle two, and its
 * resets take memory_lock before they try for the last. The firmware is asked
 * for tags under op_lock alone, and user memory is touched under no lock:
 * a fault on a mapping of this very device would wait for memory_lock.
 *
 * Every ioctl runs with the device resumed (the VFIO core does that, EIO if
 * it fails), but the user may have put it into D3hot by its PM capability.
 */
#include "compat.h"

#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>
#include <linux/pm_runtime.h>

#include "tph-vfio-pci.h"
#include "vfio_pci_tph.h"

static void tph_hw_lock(struct tph_vfio_device *tdev)
{
	down_write(&tdev->core.memory_lock);
	pci_cfg_access_lock(tdev->core.pdev);
}

static void tph_hw_unlock(struct tph_vfio_device *tdev)
{
	pci_cfg_access_unlock(tdev->core.pdev);
	up_write(&tdev->core.memory_lock);
}

DEFINE_GUARD(tph_hw, struct tph_vfio_device *, tph_hw_lock(_T),
	     tph_hw_unlock(_T))

/**
 * tph_hw_table() - where the ST table is
 * @tdev: an open device
 *
 * Return: PCI_TPH_LOC_NONE, PCI_TPH_LOC_CAP or PCI_TPH_LOC_MSIX (PCIe 6.0,
 * 7.9.13.2); the reserved value counts as none
 */
u32 tph_hw_table(const struct tph_vfio_device *tdev)
{
	u32 loc = tdev->cap & PCI_TPH_CAP_LOC_MASK;

	if (loc == PCI_TPH_LOC_CAP || loc == PCI_TPH_LOC_MSIX)
		return loc;
	return PCI_TPH_LOC_NONE;
}

/**
 * tph_hw_table_size() - entries of a table in the capability
 * @tdev: an open device
 *
 * Return: 1..2048, or 0 if the table is elsewhere or there is none
 */
unsigned int tph_hw_table_size(const struct tph_vfio_device *tdev)
{
	if (tph_hw_table(tdev) != PCI_TPH_LOC_CAP)
		return 0;
	return FIELD_GET(PCI_TPH_CAP_ST_MASK, tdev->cap) + 1;
}

/*
 * Switches TPH off whatever the PCI core believes: pcie_disable_tph() leaves
 * the register alone where the core did not switch it on itself.
 */
static void tph_force_off(struct pci_dev *pdev)
{
	u32 ctrl;

	if (!pdev->tph_cap)
		return;

	pcie_disable_tph(pdev);
	pci_read_config_dword(pdev, pdev->tph_cap + PCI_TPH_CTRL, &ctrl);
	if (!PCI_POSSIBLE_ERROR(ctrl) && ctrl)
		pci_write_config_dword(pdev, pdev->tph_cap + PCI_TPH_CTRL, 0);
}

/*
 * Empties a table in the capability. A function that cannot be reset would
 * hand its last user's tags to the next one.
 */
static void tph_clear_table(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;
	unsigned int size = tph_hw_table_size(tdev);
	unsigned int pos = pdev->tph_cap + PCI_TPH_BASE_SIZEOF;
	unsigned int i;
	u16 tag;

	for (i = 0; i < size; i++, pos += sizeof(tag)) {
		pci_read_config_word(pdev, pos, &tag);
		if (tag)
			pci_write_config_word(pdev, pos, 0);
	}
}

/**
 * tph_hw_open() - begin a device's open life with TPH off
 * @tdev: the device, after vfio_pci_core_enable(): awake and reset
 */
void tph_hw_open(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;

	tdev->cap = 0;
	if (!pdev->tph_cap)
		return;

	guard(tph_hw)(tdev);
	tph_force_off(pdev);
	pci_read_config_dword(pdev, pdev->tph_cap + PCI_TPH_CAP, &tdev->cap);
	if (PCI_POSSIBLE_ERROR(tdev->cap)) {
		pci_warn(pdev, "the TPH capability cannot be read\n");
		tdev->cap = 0;
		return;
	}
	tph_clear_table(tdev);
}

/**
 * tph_hw_close() - end a device's open life with TPH off
 * @tdev: the device, before vfio_pci_core_close_device(), which would
 *	otherwise restore the setting after its reset
 *
 * The last descriptor may close while the device sleeps: it is woken where
 * there is something to switch off.
 */
void tph_hw_close(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;
	bool awake;

	if (!pdev->tph_enabled)
		return;

	awake = !pm_runtime_resume_and_get(&pdev->dev);
	scoped_guard(tph_hw, tdev) tph_force_off(pdev);
	if (awake)
		pm_runtime_put_noidle(&pdev->dev);
}

/**
 * tph_hw_enable() - switch TPH on
 * @tdev: the device, op_lock held
 * @mode: PCI_TPH_ST_NS_MODE, PCI_TPH_ST_IV_MODE or PCI_TPH_ST_DS_MODE
 *
 * Return: 0; -EIO if the device is not in D0; what pcie_enable_tph() returns
 */
int tph_hw_enable(struct tph_vfio_device *tdev, int mode)
{
	struct pci_dev *pdev = tdev->core.pdev;

	guard(tph_hw)(tdev);
	if (pdev->current_state != PCI_D0)
		return -EIO;
	return pcie_enable_tph(pdev, mode);
}

/**
 * tph_hw_disable() - switch TPH off; cannot fail, and needs no D0
 * @tdev: the device, op_lock held
 */
void tph_hw_disable(struct tph_vfio_device *tdev)
{
	guard(tph_hw)(tdev);
	pcie_disable_tph(tdev->core.pdev);
}

/*
 * A reset that no driver was told of (error recovery, another function) may
 * have switched TPH off in the device alone. The PCI core would then switch
 * it on again in the wrong mode with the first entry.
 */
static bool tph_ctrl_as_believed(struct pci_dev *pdev)
{
	u32 ctrl;

	pci_read_config_dword(pdev, pdev->tph_cap + PCI_TPH_CTRL, &ctrl);
	return !PCI_POSSIBLE_ERROR(ctrl) &&
	       FIELD_GET(PCI_TPH_CTRL_MODE_SEL_MASK, ctrl) == pdev->tph_mode &&
	       FIELD_GET(PCI_TPH_CTRL_REQ_EN_MASK, ctrl) == pdev->tph_req_type;
}

/*
 * Checks every index before the first is written. For a table in MSI-X these
 * are the PCI core's own conditions; where it finds one broken it fails and
 * switches TPH off.
 */
static int tph_check_indexes(struct tph_vfio_device *tdev,
			     const struct vfio_pci_tph_entry *entries,
			     u32 count)
{
	struct pci_dev *pdev = tdev->core.pdev;
	unsigned int size = tph_hw_table_size(tdev);
	bool msix = tph_hw_table(tdev) == PCI_TPH_LOC_MSIX;
	u32 i;

	if (msix && !pdev->msix_enabled)
		return -ENXIO;

	for (i = 0; i < count; i++) {
		if (msix ? !msi_get_virq(&pdev->dev, entries[i].index)
			 : entries[i].index >= size)
			return -ENXIO;
	}
	return 0;
}

/* Writes the entries. All checks are done: a failure here is the device's. */
static int tph_write_entries(struct pci_dev *pdev,
			     const struct vfio_pci_tph_entry *entries,
			     u32 count)
{
	int ret;
	u32 i;

	for (i = 0; i < count; i++) {
		ret = pcie_tph_set_st_entry(pdev, entries[i].index,
					    entries[i].st);
		if (!ret)
			continue;
		/* A failed config write comes through as a PCIBIOS code. */
		if (ret > 0)
			ret = pcibios_err_to_errno(ret);
		dev_warn_ratelimited(
			&pdev->dev,
			"ST entry %u not written (%d): TPH is off, %u of %u "
			"entries of the batch stand\n",
			entries[i].index, ret, i, count);
		return ret;
	}
	return 0;
}

static int tph_write_locked(struct tph_vfio_device *tdev,
			    const struct vfio_pci_tph_entry *entries, u32 count)
{
	struct pci_dev *pdev = tdev->core.pdev;
	bool decode_off;
	u16 cmd;
	int ret;

	guard(tph_hw)(tdev);
	if (pdev->current_state != PCI_D0 || !tph_ctrl_as_believed(pdev))
		return -EIO;

	ret = tph_check_indexes(tdev, entries, count);
	if (ret)
		return ret;

	/* The MSI-X table is memory, whose decoding the user controls. */
	pci_read_config_word(pdev, PCI_COMMAND, &cmd);
	decode_off = tph_hw_table(tdev) == PCI_TPH_LOC_MSIX &&
		     !(cmd & PCI_COMMAND_MEMORY);
	if (decode_off)
		pci_write_config_word(pdev, PCI_COMMAND,
				      cmd | PCI_COMMAND_MEMORY);
	ret = tph_write_entries(pdev, entries, count);
	if (decode_off)
		pci_write_config_word(pdev, PCI_COMMAND, cmd);
	return ret;
}

/**
 * tph_hw_write() - write tags into the ST table, all of them or, but for a
 * failing device, none
 * @tdev: the device, op_lock held, TPH on, with a table
 * @entries: where to and what: index and st
 * @count: how many
 *
 * Return: 0; -ENXIO for an index beyond the table or a vector that is not
 * allocated, nothing written; -EIO if the device is not in D0 or has lost its
 * setting, nothing written; else what the PCI core returned in the middle:
 * then the entries before that one stand and TPH is off
 */
int tph_hw_write(struct tph_vfio_device *tdev,
		 const struct vfio_pci_tph_entry *entries, u32 count)
{
	if (tph_hw_table(tdev) != PCI_TPH_LOC_MSIX)
		return tph_write_locked(tdev, entries, count);

	guard(mutex)(&tdev->core.igate);
	return tph_write_locked(tdev, entries, count);
}

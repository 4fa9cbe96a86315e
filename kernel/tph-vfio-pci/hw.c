// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: locks, and switching TPH on and off.
 *
 * Locks, from the outermost to the innermost:
 *
 *	dev_set->lock (VFIO)	what changes tph_enabled: that bit shares a word
 *				with those of ATS, PRI and PASID, which change
 *				when the device is opened, closed, attached and
 *				detached, all under this lock
 *	op_lock (ours)		the state of TPH
 *	igate (vfio-pci-core)	only for a table in MSI-X: vectors cannot be
 *				allocated or freed between check and write
 *	memory_lock (same)	for writing: no VFIO reset, no power state
 *				change, no change of memory decoding
 *	pci_cfg_access_lock()	no reset by anybody else: the PCI core holds
 *				it from saving the configuration to restoring
 *				it, so a reset sees all of a batch or nothing
 *
 * The first is shared with devices of other users, so nothing that takes long
 * or that a user can hold up happens under it or under what its holders wait
 * for: the firmware is asked for tags before, with op_lock alone and for one
 * tag at a time, and user memory is touched under no lock. (A fault on a
 * mapping of this very device would wait for memory_lock.) The first two are
 * taken so that a caller who waits can be killed.
 *
 * It is the order that vfio-pci-core itself uses for igate and memory_lock, and
 * its resets take memory_lock before they try for the last.
 *
 * Every ioctl runs with the device resumed (the VFIO core does that, EIO if
 * it fails), but the user may have put it into D3hot by its PM capability.
 */
#include "compat.h"

#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>
#include <linux/pm_runtime.h>

#include "tph-vfio-pci.h"

/**
 * tph_lock() - take the locks under which the state of TPH may change
 * @tdev: an open device
 *
 * Return: 0, or -EINTR if the caller was killed
 */
int tph_lock(struct tph_vfio_device *tdev)
{
	struct mutex *set_lock = &tdev->core.vdev.dev_set->lock;
	int ret = mutex_lock_killable(set_lock);

	if (ret)
		return ret;
	ret = mutex_lock_killable(&tdev->op_lock);
	if (ret)
		mutex_unlock(set_lock);
	return ret;
}

/**
 * tph_unlock() - let them go
 * @tdev: the same device
 */
void tph_unlock(struct tph_vfio_device *tdev)
{
	mutex_unlock(&tdev->op_lock);
	mutex_unlock(&tdev->core.vdev.dev_set->lock);
}

/**
 * tph_hw_lock() - keep resets, power states and memory decoding as they are;
 * use guard(tph_hw)
 * @tdev: an open device
 */
void tph_hw_lock(struct tph_vfio_device *tdev)
{
	down_write(&tdev->core.memory_lock);
	pci_cfg_access_lock(tdev->core.pdev);
}

/**
 * tph_hw_unlock() - the end of tph_hw_lock()
 * @tdev: the same device
 */
void tph_hw_unlock(struct tph_vfio_device *tdev)
{
	pci_cfg_access_unlock(tdev->core.pdev);
	up_write(&tdev->core.memory_lock);
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

/**
 * tph_hw_open() - begin a device's open life with TPH off
 * @tdev: the device, after vfio_pci_core_enable(): awake and reset;
 *	dev_set->lock held by the VFIO core
 */
void tph_hw_open(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;

	tdev->cap = 0;
	tdev->table = PCI_TPH_LOC_NONE;
	WRITE_ONCE(tdev->on, false);
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
	tph_table_open(tdev);
}

/**
 * tph_hw_close() - end a device's open life with TPH off
 * @tdev: the device, before vfio_pci_core_close_device(), which would
 *	otherwise restore the setting after its reset; dev_set->lock held by
 *	the VFIO core
 *
 * The last descriptor may close while the device sleeps: it is woken where
 * there is something to switch off.
 */
void tph_hw_close(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;
	bool awake;

	tph_tags_forget(tdev);
	if (!pdev->tph_enabled)
		return;

	awake = !pm_runtime_resume_and_get(&pdev->dev);
	scoped_guard(tph_hw, tdev) tph_force_off(pdev);
	WRITE_ONCE(tdev->on, false);
	if (awake)
		pm_runtime_put_noidle(&pdev->dev);
}

/**
 * tph_hw_as_believed() - does the control register show what the PCI core set?
 * @tdev: a device whose TPH is on; op_lock and guard(tph_hw) held
 *
 * A reset that no driver was told of (error recovery, another function) may
 * have switched TPH off in the device alone. The PCI core would then switch
 * it on again in the wrong mode with the first entry. Of Requester Enable it
 * matters only that it is not off: kernels 6.13 and 6.14 put the mode's number
 * there with each entry that they write.
 *
 * Return: true if it does
 */
bool tph_hw_as_believed(const struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;
	u32 ctrl;

	pci_read_config_dword(pdev, pdev->tph_cap + PCI_TPH_CTRL, &ctrl);
	return !PCI_POSSIBLE_ERROR(ctrl) &&
	       FIELD_GET(PCI_TPH_CTRL_MODE_SEL_MASK, ctrl) == pdev->tph_mode &&
	       FIELD_GET(PCI_TPH_CTRL_REQ_EN_MASK, ctrl) != PCI_TPH_REQ_DISABLE;
}

/**
 * tph_hw_lost() - is TPH on for the kernel and off in the device?
 * @tdev: an open device, op_lock held
 *
 * Return: true if so
 */
bool tph_hw_lost(struct tph_vfio_device *tdev)
{
	if (!tdev->on)
		return false;

	guard(tph_hw)(tdev);
	return !tph_hw_as_believed(tdev);
}

static int tph_enable_hw(struct tph_vfio_device *tdev, int mode)
{
	struct pci_dev *pdev = tdev->core.pdev;
	int ret;

	guard(tph_hw)(tdev);
	if (pdev->current_state != PCI_D0)
		return -EIO;
	ret = pcie_enable_tph(pdev, mode);
	if (ret || tdev->table != PCI_TPH_LOC_MSIX)
		return ret;
	return tph_table_clear_vectors(tdev);
}

static int tph_enable_locked(struct tph_vfio_device *tdev, int mode)
{
	int ret;

	if (tdev->table != PCI_TPH_LOC_MSIX)
		return tph_enable_hw(tdev, mode);

	guard(mutex)(&tdev->core.igate);
	ret = tph_enable_hw(tdev, mode);
	/* Before igate is let go: vectors that come later look at it. */
	WRITE_ONCE(tdev->on, tdev->core.pdev->tph_enabled);
	return ret;
}

/**
 * tph_hw_enable() - switch TPH on, with no other user's tags in the table
 * @tdev: an open device with a TPH capability, no lock held
 * @mode: PCI_TPH_ST_NS_MODE, PCI_TPH_ST_IV_MODE or PCI_TPH_ST_DS_MODE
 *
 * Return: 0; -EINTR if the caller was killed; -EIO if the device is not in D0;
 * what pcie_enable_tph() returns
 */
int tph_hw_enable(struct tph_vfio_device *tdev, int mode)
{
	int ret = tph_lock(tdev);

	if (ret)
		return ret;
	ret = tph_enable_locked(tdev, mode);
	WRITE_ONCE(tdev->on, tdev->core.pdev->tph_enabled);
	tph_unlock(tdev);
	return ret;
}

/**
 * tph_hw_disable() - switch TPH off; needs no D0
 * @tdev: an open device with a TPH capability, no lock held
 *
 * Return: 0, or -EINTR if the caller was killed
 */
int tph_hw_disable(struct tph_vfio_device *tdev)
{
	int ret = tph_lock(tdev);

	if (ret)
		return ret;
	scoped_guard(tph_hw, tdev) pcie_disable_tph(tdev->core.pdev);
	WRITE_ONCE(tdev->on, false);
	tph_unlock(tdev);
	return 0;
}

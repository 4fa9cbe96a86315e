// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: what differs between the two layouts of the ioctl; see
 * vfio_pci_tph.h. The administrator chooses one for the whole module.
 */
#include "compat.h"

#include <linux/log2.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "tph-vfio-pci.h"

enum tph_abi { TPH_ABI_V1, TPH_ABI_V8 };

static const char *const tph_abi_names[] = {
	[TPH_ABI_V1] = "v1",
	[TPH_ABI_V8] = "v8",
};

static enum tph_abi tph_abi = TPH_ABI_V1;

static int tph_abi_set(const char *value, const struct kernel_param *param)
{
	int found = sysfs_match_string(tph_abi_names, value);

	if (found < 0)
		return found;
	tph_abi = found;
	return 0;
}

static int tph_abi_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%s\n", tph_abi_names[tph_abi]);
}

static const struct kernel_param_ops tph_abi_ops = {
	.set = tph_abi_set,
	.get = tph_abi_get,
};

module_param_cb(abi, &tph_abi_ops, NULL, 0444);
MODULE_PARM_DESC(abi, "Layout of the ioctl: v1 or v8 (default: v1)");

/**
 * tph_layout_mode() - the control register's number for a mode bit
 * @bit: as ENABLE has it; exactly one bit is a mode
 *
 * Return: PCI_TPH_ST_NS_MODE, _IV_MODE or _DS_MODE, or -EINVAL
 */
int tph_layout_mode(u8 bit)
{
	int mode;

	if (!is_power_of_2(bit))
		return -EINVAL;
	/* v8 has no bit for no-ST mode, and the others one place lower. */
	mode = ilog2(bit) + (tph_abi == TPH_ABI_V8);
	return mode <= PCI_TPH_ST_DS_MODE ? mode : -EINVAL;
}

/**
 * tph_layout_cap() - the answer to GET_CAP
 * @tdev: an open device with a TPH capability
 * @cap: filled in
 */
void tph_layout_cap(const struct tph_vfio_device *tdev,
		    struct vfio_pci_tph_cap *cap)
{
	u8 modes = tdev->cap &
		   (PCI_TPH_CAP_ST_NS | PCI_TPH_CAP_ST_IV | PCI_TPH_CAP_ST_DS);

	memset(cap, 0, sizeof(*cap));
	if (tph_abi == TPH_ABI_V8) {
		if (!tph_has_table(tdev) && !enable_unsafe_tph_ds)
			modes &= ~PCI_TPH_CAP_ST_DS;
		cap->supported_modes = modes >> 1;
		cap->st_table_sz = tdev->table_size ?: tdev->vectors;
	} else {
		cap->supported_modes = modes;
		cap->st_table_present = tph_has_table(tdev);
		cap->st_table_sz = tdev->table_size;
	}
}

/**
 * tph_layout_clears() - does an entry of SET_ST ask to be cleared?
 * @entry: as the caller wrote it
 *
 * Return: true if it does, and names no CPU
 */
bool tph_layout_clears(const struct vfio_pci_tph_entry *entry)
{
	return tph_abi == TPH_ABI_V8 && entry->cpu == VFIO_PCI_TPH_V8_CPU_NONE;
}

/**
 * tph_layout_rolls_back() - does a SET_ST that fails at an entry clear all?
 *
 * Return: true if all entries of such a call are to be 0 and TPH off; false
 * if nothing is to be written and TPH stays on
 */
bool tph_layout_rolls_back(void)
{
	return tph_abi == TPH_ABI_V8;
}

/**
 * tph_layout_may_ask() - does GET_ST answer in the device's present mode?
 * @tdev: an open device with a TPH capability, op_lock held
 *
 * Return: 0; v8 answers in device-specific mode only: -EINVAL if TPH is off,
 * -EOPNOTSUPP in another mode
 */
int tph_layout_may_ask(const struct tph_vfio_device *tdev)
{
	if (tph_abi == TPH_ABI_V1)
		return 0;
	if (!tdev->on)
		return -EINVAL;
	if (tdev->core.pdev->tph_mode != PCI_TPH_ST_DS_MODE)
		return -EOPNOTSUPP;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: the ioctl VFIO_DEVICE_PCI_TPH. Arguments are copied in and
 * checked first, then the operation is done, then results are copied out, so
 * that no lock is held while user memory is used. The errors are listed in
 * docs/driver.md.
 */
#include "compat.h"

#include <linux/cpumask.h>
#include <linux/nospec.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "tph-vfio-pci.h"
#include "vfio_pci_tph.h"

/* What follows the head in the caller's memory. */
static void __user *tph_body(void __user *arg)
{
	return arg + sizeof(struct vfio_pci_tph_head);
}

static long tph_get_cap(struct tph_vfio_device *tdev, u32 argsz,
			void __user *arg)
{
	struct vfio_pci_tph_cap cap;

	if (argsz < VFIO_PCI_TPH_CAP_ARGSZ)
		return -EINVAL;
	if (!tdev->cap)
		return -EOPNOTSUPP;
	tph_layout_cap(tdev, &cap);
	if (copy_to_user(tph_body(arg), &cap, sizeof(cap)))
		return -EFAULT;
	return 0;
}

static long tph_enable(struct tph_vfio_device *tdev, u32 argsz,
		       void __user *arg)
{
	struct vfio_pci_tph_ctrl ctrl;
	int mode;

	if (argsz < VFIO_PCI_TPH_CTRL_ARGSZ)
		return -EINVAL;
	if (copy_from_user(&ctrl, tph_body(arg), sizeof(ctrl)))
		return -EFAULT;

	mode = tph_layout_mode(ctrl.mode);
	if (mode < 0 || memchr_inv(ctrl.reserved, 0, sizeof(ctrl.reserved)))
		return -EINVAL;
	if (!tdev->cap)
		return -EOPNOTSUPP;
	/* The capability has a bit for the number that the mode has here. */
	if (!(tdev->cap & BIT(mode)))
		return -EINVAL;
	/*
	 * Without a table the tags stand in registers that the device's user
	 * writes at will, so that nothing checks which caches they name.
	 */
	if (mode == PCI_TPH_ST_DS_MODE && !tph_has_table(tdev) &&
	    !enable_unsafe_tph_ds)
		return -EOPNOTSUPP;

	return tph_hw_enable(tdev, mode);
}

static long tph_disable(struct tph_vfio_device *tdev)
{
	if (!tdev->cap)
		return -EOPNOTSUPP;
	return tph_hw_disable(tdev);
}

/*
 * Checks one entry, and makes its CPU number safe to index with. One that is
 * to be cleared names no CPU.
 */
static int tph_check_entry(struct vfio_pci_tph_entry *entry, bool to_write)
{
	if (entry->reserved0 || entry->reserved1)
		return -EINVAL;
	if (entry->mem_type != VFIO_PCI_TPH_MEM_VOLATILE &&
	    entry->mem_type != VFIO_PCI_TPH_MEM_PERSISTENT)
		return -EINVAL;
	if (to_write && tph_layout_clears(entry))
		return 0;
	if (entry->cpu >= nr_cpu_ids)
		return -EINVAL;
	entry->cpu = array_index_nospec(entry->cpu, nr_cpu_ids);
	if (!cpu_present(entry->cpu))
		return -EINVAL;
	if (!cpumask_test_cpu(entry->cpu, current->cpus_ptr))
		return -EPERM;
	return 0;
}

/*
 * Copies a batch in, in one go, and checks all that can be without looking at
 * the device. The caller frees what it got with kvfree().
 */
static struct vfio_pci_tph_entry *tph_copy_batch(u32 argsz, void __user *arg,
						 bool to_write, u32 *count)
{
	struct vfio_pci_tph_st __user *ust = tph_body(arg);
	struct vfio_pci_tph_entry *entries;
	struct vfio_pci_tph_st st;
	int ret;
	u32 i;

	if (argsz < VFIO_PCI_TPH_ST_ARGSZ(0))
		return ERR_PTR(-EINVAL);
	if (copy_from_user(&st, ust, sizeof(st)))
		return ERR_PTR(-EFAULT);
	if (st.reserved || !st.count || st.count > VFIO_PCI_TPH_MAX_ENTRIES ||
	    argsz < VFIO_PCI_TPH_ST_ARGSZ(st.count))
		return ERR_PTR(-EINVAL);

	entries = vmemdup_user(ust->entries,
			       array_size(st.count, sizeof(*entries)));
	if (IS_ERR(entries))
		return entries;

	for (i = 0; i < st.count; i++) {
		ret = tph_check_entry(&entries[i], to_write);
		if (ret) {
			kvfree(entries);
			return ERR_PTR(ret);
		}
	}
	*count = st.count;
	return entries;
}

static long tph_get_st(struct tph_vfio_device *tdev, u32 argsz,
		       void __user *arg)
{
	struct vfio_pci_tph_st __user *ust = tph_body(arg);
	struct vfio_pci_tph_entry *entries;
	u32 count;
	u8 width;
	long ret;

	entries = tph_copy_batch(argsz, arg, false, &count);
	if (IS_ERR(entries))
		return PTR_ERR(entries);

	if (!tdev->cap || (!tph_has_table(tdev) && !enable_unsafe_tph_ds))
		ret = -EOPNOTSUPP;
	else
		ret = tph_tags_resolve(tdev, entries, count, false, &width);
	if (!ret && copy_to_user(ust->entries, entries,
				 array_size(count, sizeof(*entries))))
		ret = -EFAULT;
	kvfree(entries);
	return ret;
}

static long tph_set_st(struct tph_vfio_device *tdev, u32 argsz,
		       void __user *arg)
{
	struct vfio_pci_tph_entry *entries;
	u32 count;
	u8 width;
	long ret;

	entries = tph_copy_batch(argsz, arg, true, &count);
	if (IS_ERR(entries))
		return PTR_ERR(entries);

	if (!tph_has_table(tdev)) {
		kvfree(entries);
		return -EOPNOTSUPP;
	}
	/* Anew if the size of a tag changed between the two. */
	do {
		ret = tph_tags_resolve(tdev, entries, count, true, &width);
		if (!ret)
			ret = tph_table_write(tdev, entries, count, width);
	} while (ret > 0);
	kvfree(entries);
	return ret;
}

/**
 * tph_vfio_ioctl() - VFIO_DEVICE_PCI_TPH
 * @tdev: an open device, which the VFIO core has resumed for the call
 * @arg: struct vfio_pci_tph_head and what its op asks for
 *
 * Return: 0, or an error of the table in docs/driver.md
 */
long tph_vfio_ioctl(struct tph_vfio_device *tdev, void __user *arg)
{
	struct vfio_pci_tph_head head;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (head.argsz < sizeof(head))
		return -EINVAL;

	switch (head.op) {
	case VFIO_PCI_TPH_GET_CAP:
		return tph_get_cap(tdev, head.argsz, arg);
	case VFIO_PCI_TPH_ENABLE:
		return tph_enable(tdev, head.argsz, arg);
	case VFIO_PCI_TPH_DISABLE:
		return tph_disable(tdev);
	case VFIO_PCI_TPH_GET_ST:
		return tph_get_st(tdev, head.argsz, arg);
	case VFIO_PCI_TPH_SET_ST:
		return tph_set_st(tdev, head.argsz, arg);
	}
	return -EINVAL;
}

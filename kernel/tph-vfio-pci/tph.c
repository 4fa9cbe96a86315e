// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: the ioctl VFIO_DEVICE_PCI_TPH. Arguments are copied in and
 * checked first, then done under op_lock, then results copied out; the errors
 * are listed in docs/driver.md.
 */
#include "compat.h"

#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/nospec.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
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

static bool tph_has_table(const struct tph_vfio_device *tdev)
{
	return tph_hw_table(tdev) != PCI_TPH_LOC_NONE;
}

static long tph_get_cap(struct tph_vfio_device *tdev, u32 argsz,
			void __user *arg)
{
	struct vfio_pci_tph_cap cap = {
		.supported_modes =
			tdev->cap & (PCI_TPH_CAP_ST_NS | PCI_TPH_CAP_ST_IV |
				     PCI_TPH_CAP_ST_DS),
		.st_table_present = tph_has_table(tdev),
		.st_table_sz = tph_hw_table_size(tdev),
	};

	if (argsz < VFIO_PCI_TPH_CAP_ARGSZ)
		return -EINVAL;
	if (!tdev->cap)
		return -EOPNOTSUPP;
	if (copy_to_user(tph_body(arg), &cap, sizeof(cap)))
		return -EFAULT;
	return 0;
}

/* The control register's number for a mode bit, or -EINVAL. */
static int tph_mode(u8 bit)
{
	switch (bit) {
	case VFIO_PCI_TPH_MODE_NS:
		return PCI_TPH_ST_NS_MODE;
	case VFIO_PCI_TPH_MODE_IV:
		return PCI_TPH_ST_IV_MODE;
	case VFIO_PCI_TPH_MODE_DS:
		return PCI_TPH_ST_DS_MODE;
	}
	return -EINVAL;
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

	mode = tph_mode(ctrl.mode);
	if (mode < 0 || memchr_inv(ctrl.reserved, 0, sizeof(ctrl.reserved)))
		return -EINVAL;
	if (!tdev->cap)
		return -EOPNOTSUPP;
	if (!(tdev->cap & ctrl.mode))
		return -EINVAL;
	/*
	 * Without a table the tags stand in registers that the device's user
	 * writes at will, so that nothing checks which caches they name.
	 */
	if (mode == PCI_TPH_ST_DS_MODE && !tph_has_table(tdev) &&
	    !enable_unsafe_tph_ds)
		return -EOPNOTSUPP;

	guard(mutex)(&tdev->op_lock);
	return tph_hw_enable(tdev, mode);
}

static long tph_disable(struct tph_vfio_device *tdev)
{
	if (!tdev->cap)
		return -EOPNOTSUPP;

	guard(mutex)(&tdev->op_lock);
	tph_hw_disable(tdev);
	return 0;
}

/* Checks one entry, and makes its CPU number safe to index with. */
static int tph_check_entry(struct vfio_pci_tph_entry *entry)
{
	if (entry->reserved0 || entry->reserved1)
		return -EINVAL;
	if (entry->mem_type != VFIO_PCI_TPH_MEM_VOLATILE &&
	    entry->mem_type != VFIO_PCI_TPH_MEM_PERSISTENT)
		return -EINVAL;
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
						 u32 *count)
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
		ret = tph_check_entry(&entries[i]);
		if (ret) {
			kvfree(entries);
			return ERR_PTR(ret);
		}
	}
	*count = st.count;
	return entries;
}

/*
 * Asks for the tags of a batch and puts them into its entries. Each answer is
 * a run of the firmware's code, so no CPU is asked for twice.
 */
static int tph_resolve(struct pci_dev *pdev, struct vfio_pci_tph_entry *entries,
		       u32 count)
{
	enum tph_mem_type mem;
	u32 i, j;
	int ret;

	for (i = 0; i < count; i++) {
		for (j = 0; j < i; j++) {
			if (entries[j].cpu == entries[i].cpu &&
			    entries[j].mem_type == entries[i].mem_type)
				break;
		}
		if (j < i) {
			entries[i].st = entries[j].st;
			continue;
		}
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		mem = entries[i].mem_type == VFIO_PCI_TPH_MEM_PERSISTENT
			      ? TPH_MEM_TYPE_PM
			      : TPH_MEM_TYPE_VM;
		ret = tph_cpu_tag(pdev, mem, entries[i].cpu, &entries[i].st);
		if (ret)
			return ret;
	}
	return 0;
}

static long tph_get_st(struct tph_vfio_device *tdev, u32 argsz,
		       void __user *arg)
{
	struct vfio_pci_tph_st __user *ust = tph_body(arg);
	struct vfio_pci_tph_entry *entries;
	long ret;
	u32 count;

	entries = tph_copy_batch(argsz, arg, &count);
	if (IS_ERR(entries))
		return PTR_ERR(entries);

	if (!tdev->cap || (!tph_has_table(tdev) && !enable_unsafe_tph_ds)) {
		ret = -EOPNOTSUPP;
		goto out;
	}

	/* Tags depend on the state of TPH: one state for the whole batch. */
	scoped_guard(mutex, &tdev->op_lock) ret =
		tph_resolve(tdev->core.pdev, entries, count);
	if (!ret && copy_to_user(ust->entries, entries,
				 array_size(count, sizeof(*entries))))
		ret = -EFAULT;
out:
	kvfree(entries);
	return ret;
}

static long tph_set_locked(struct tph_vfio_device *tdev,
			   struct vfio_pci_tph_entry *entries, u32 count)
{
	struct pci_dev *pdev = tdev->core.pdev;
	int ret;

	if (!pdev->tph_enabled)
		return -EINVAL;
	/* The PCI core would succeed here, having written nothing. */
	if (pdev->tph_mode == PCI_TPH_ST_NS_MODE)
		return -EOPNOTSUPP;

	ret = tph_resolve(pdev, entries, count);
	if (ret)
		return ret;
	return tph_hw_write(tdev, entries, count);
}

static long tph_set_st(struct tph_vfio_device *tdev, u32 argsz,
		       void __user *arg)
{
	struct vfio_pci_tph_entry *entries;
	u32 count;
	long ret;

	entries = tph_copy_batch(argsz, arg, &count);
	if (IS_ERR(entries))
		return PTR_ERR(entries);

	if (!tph_has_table(tdev)) {
		ret = -EOPNOTSUPP;
	} else {
		guard(mutex)(&tdev->op_lock);
		ret = tph_set_locked(tdev, entries, count);
	}
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

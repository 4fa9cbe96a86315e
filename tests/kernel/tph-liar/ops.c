// SPDX-License-Identifier: GPL-2.0-only
/*
 * The five operations, done honestly by liar_do(), and what comes between.
 */
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "liar.h"

static int liar_get_cap(struct pci_dev *pdev, void __user *body)
{
	struct vfio_pci_tph_cap cap = {};
	u32 reg;

	pci_read_config_dword(pdev, pdev->tph_cap + PCI_TPH_CAP, &reg);
	cap.supported_modes = reg & 7;
	cap.st_table_present = (reg & PCI_TPH_CAP_LOC_MASK) != 0;
	cap.st_table_sz = pcie_tph_get_st_table_size(pdev);
	return copy_to_user(body, &cap, sizeof(cap)) ? -EFAULT : 0;
}

static int liar_enable(struct pci_dev *pdev, void __user *body)
{
	struct vfio_pci_tph_ctrl ctrl;

	if (copy_from_user(&ctrl, body, sizeof(ctrl)))
		return -EFAULT;
	if (liar.mode)
		ctrl.mode = liar.mode;
	switch (ctrl.mode) {
	case VFIO_PCI_TPH_MODE_NS:
		return pcie_enable_tph(pdev, PCI_TPH_ST_NS_MODE);
	case VFIO_PCI_TPH_MODE_IV:
		return pcie_enable_tph(pdev, PCI_TPH_ST_IV_MODE);
	case VFIO_PCI_TPH_MODE_DS:
		return pcie_enable_tph(pdev, PCI_TPH_ST_DS_MODE);
	}
	return -EINVAL;
}

/* One entry, as the PCI core has it: it switches TPH off where it fails. */
static int liar_entry(struct pci_dev *pdev, struct vfio_pci_tph_entry *entry,
		      bool write)
{
	int ret;
	u16 tag;

	if (entry->cpu >= nr_cpu_ids || !cpu_present(entry->cpu))
		return -EINVAL;
	ret = pcie_tph_get_cpu_st(
		pdev, entry->mem_type ? TPH_MEM_TYPE_PM : TPH_MEM_TYPE_VM,
		entry->cpu, &tag);
	if (ret)
		return ret;
	if (write)
		return pcie_tph_set_st_entry(pdev, entry->index, tag);
	entry->st = tag;
	return 0;
}

static int liar_batch(struct pci_dev *pdev, void __user *body, bool write)
{
	struct vfio_pci_tph_st __user *ust = body;
	struct vfio_pci_tph_entry *entries;
	struct vfio_pci_tph_st st;
	int ret = 0;
	u32 i;

	if (copy_from_user(&st, ust, sizeof(st)))
		return -EFAULT;
	if (!st.count || st.count > VFIO_PCI_TPH_MAX_ENTRIES)
		return -EINVAL;
	entries = vmemdup_user(ust->entries,
			       array_size(st.count, sizeof(*entries)));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	for (i = 0; i < st.count && !ret; i++) {
		if (i == liar.partial) {
			ret = -liar.partial_error;
			break;
		}
		ret = liar_entry(pdev, &entries[i], write);
	}
	if (ret && write)
		pcie_disable_tph(pdev);
	if (!ret && !write &&
	    copy_to_user(ust->entries, entries,
			 array_size(st.count, sizeof(*entries))))
		ret = -EFAULT;
	kvfree(entries);
	return ret;
}

static int liar_do(struct pci_dev *pdev, u32 op, void __user *body)
{
	switch (op) {
	case VFIO_PCI_TPH_GET_CAP:
		return liar_get_cap(pdev, body);
	case VFIO_PCI_TPH_ENABLE:
		return liar_enable(pdev, body);
	case VFIO_PCI_TPH_DISABLE:
		pcie_disable_tph(pdev);
		return 0;
	}
	return liar_batch(pdev, body, op == VFIO_PCI_TPH_SET_ST);
}

static bool liar_fails(u32 op)
{
	if (!liar.fail[op] || !liar.fails)
		return false;
	if (liar.fails > 0)
		liar.fails--;
	return true;
}

long liar_ioctl(struct vfio_pci_core_device *core, void __user *arg)
{
	static DEFINE_MUTEX(lock); /* honest at least in this */
	struct vfio_pci_tph_head head;
	long ret;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (head.op >= LIAR_OPS)
		return -EINVAL;
	if (!core->pdev->tph_cap)
		return -EOPNOTSUPP;
	if (liar.late[head.op])
		msleep(liar.late[head.op]);

	mutex_lock(&lock);
	if (liar_fails(head.op))
		ret = -liar.fail[head.op];
	else if (liar.lie[head.op])
		ret = 0;
	else
		ret = liar_do(core->pdev, head.op, arg + sizeof(head));
	mutex_unlock(&lock);
	return ret;
}

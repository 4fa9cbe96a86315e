// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: steering tags, as the platform's firmware gives them.
 *
 * Each answer is a run of the firmware's code, and a caller may ask for 2048
 * of them. They are kept until the device is closed, by CPU, kind of memory and
 * size of a tag; the Root Port, which they depend on too, cannot change.
 *
 * op_lock is held for one such run at a time: who waits for it may hold the
 * device set's lock, which other users' devices need.
 */
#include "compat.h"

#include <linux/cpumask.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "tph-vfio-pci.h"

/* Requester Enable, which decides the size of a tag, has two bits. */
#define TPH_WIDTHS   4
#define TPH_MEMORIES 2
/* In a slot of the cache: the lower half is a tag. 0 is not known. */
#define TPH_TAG_KNOWN BIT(31)

static u32 *tph_tag_slot(struct tph_vfio_device *tdev, u8 width,
			 const struct vfio_pci_tph_entry *entry)
{
	unsigned int row = (width & (TPH_WIDTHS - 1)) * TPH_MEMORIES;

	if (entry->mem_type == VFIO_PCI_TPH_MEM_PERSISTENT)
		row++;
	return &tdev->tags[(size_t)row * nr_cpu_ids + entry->cpu];
}

static int tph_ask_firmware(struct tph_vfio_device *tdev, u32 *slot,
			    const struct vfio_pci_tph_entry *entry)
{
	enum tph_mem_type mem = TPH_MEM_TYPE_VM;
	u16 tag;
	int ret;

	if (entry->mem_type == VFIO_PCI_TPH_MEM_PERSISTENT)
		mem = TPH_MEM_TYPE_PM;
	ret = tph_cpu_tag(tdev->core.pdev, mem, entry->cpu, &tag);
	if (ret)
		return ret;
	*slot = TPH_TAG_KNOWN | tag;
	return 0;
}

static int tph_tags_admit(struct tph_vfio_device *tdev, bool to_write)
{
	size_t slots = size_mul(TPH_WIDTHS * TPH_MEMORIES, nr_cpu_ids);

	if (!tdev->tags)
		tdev->tags = kvcalloc(slots, sizeof(u32), GFP_KERNEL_ACCOUNT);
	if (!tdev->tags)
		return -ENOMEM;
	return to_write ? tph_table_in_use(tdev) : tph_layout_may_ask(tdev);
}

/*
 * Goes on with a batch at entry *i until the firmware was asked once, or, if
 * the size of a tag changed meanwhile, begins anew. Return: 0 at the end of the
 * batch, 1 if there is more.
 */
static int tph_tags_step(struct tph_vfio_device *tdev,
			 struct vfio_pci_tph_entry *entries, u32 count, u32 *i,
			 u8 *width)
{
	u8 now = tdev->core.pdev->tph_req_type;
	bool asked = false;
	u32 *slot;
	int ret;

	if (now != *width) {
		*i = 0;
		*width = now;
	}
	for (; *i < count; ++*i) {
		if (tph_layout_clears(&entries[*i])) {
			entries[*i].st = 0;
			continue;
		}
		slot = tph_tag_slot(tdev, now, &entries[*i]);
		if (!*slot) {
			if (asked)
				return 1;
			asked = true;
			ret = tph_ask_firmware(tdev, slot, &entries[*i]);
			if (ret)
				return ret;
		}
		entries[*i].st = (u16)*slot;
	}
	return tph_hw_lost(tdev) ? -EIO : 0;
}

/**
 * tph_tags_resolve() - put the tags of a batch into its entries
 * @tdev: an open device with a TPH capability; takes op_lock
 * @entries: cpu and mem_type checked; st is filled in
 * @count: how many
 * @to_write: they are to be written into the ST table, which must be in use
 * @width: set to the Requester Enable value that the tags are for, 0 if TPH is
 *	off; all are for the same
 *
 * Return: 0; -EINTR if the caller was killed; -ENOMEM; -EINVAL or -ENODEV if
 * the platform gives no tags; -EIO if the device lost its setting; what
 * tph_table_in_use() or tph_layout_may_ask() returns
 */
int tph_tags_resolve(struct tph_vfio_device *tdev,
		     struct vfio_pci_tph_entry *entries, u32 count,
		     bool to_write, u8 *width)
{
	u32 i = 0;
	int ret;

	*width = 0;
	do {
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
		ret = mutex_lock_killable(&tdev->op_lock);
		if (ret)
			return ret;
		ret = tph_tags_admit(tdev, to_write);
		if (!ret)
			ret = tph_tags_step(tdev, entries, count, &i, width);
		mutex_unlock(&tdev->op_lock);
	} while (ret > 0);
	return ret;
}

/**
 * tph_tags_forget() - the device is closed: its next user asks anew
 * @tdev: the device
 */
void tph_tags_forget(struct tph_vfio_device *tdev)
{
	kvfree(tdev->tags);
	tdev->tags = NULL;
}

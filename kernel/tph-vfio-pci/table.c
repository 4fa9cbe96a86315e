// SPDX-License-Identifier: GPL-2.0-only
/*
 * tph-vfio-pci: the ST table, in the TPH capability or in the MSI-X table.
 */
#include "compat.h"

#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>

#include "tph-vfio-pci.h"

/* Of a table in the capability, by the specification (PCIe 6.0, 7.9.13.2). */
#define TPH_MAX_CAP_ENTRIES 64

/* Where the next capability begins, or configuration space ends. */
static unsigned int tph_cap_end(struct pci_dev *pdev)
{
	unsigned int end = pdev->cfg_size, pos = PCI_CFG_SPACE_SIZE, ttl;
	u32 header;

	/* As many as there is room for: the list may be a ring. */
	for (ttl = PCI_CFG_SPACE_EXP_SIZE / 8; ttl && pos >= PCI_CFG_SPACE_SIZE;
	     ttl--) {
		if (pci_read_config_dword(pdev, pos, &header) || !header ||
		    PCI_POSSIBLE_ERROR(header))
			break;
		if (pos > pdev->tph_cap && pos < end)
			end = pos;
		pos = PCI_EXT_CAP_NEXT(header);
	}
	return end;
}

/*
 * The entries of a table in the capability. The size is the device's word, and
 * a device that is wrong about it would have us write over its other
 * registers: it then has no table.
 */
static unsigned int tph_cap_entries(struct tph_vfio_device *tdev)
{
	unsigned int size = FIELD_GET(PCI_TPH_CAP_ST_MASK, tdev->cap) + 1;
	struct pci_dev *pdev = tdev->core.pdev;
	unsigned int begin = pdev->tph_cap + PCI_TPH_BASE_SIZEOF;
	unsigned int end = tph_cap_end(pdev);

	if (begin + size * sizeof(u16) > end) {
		tph_warn(pdev,
			 "an ST table of %u entries at %#x does not fit before %#x: not used\n",
			 size, begin, end);
		return 0;
	}
	if (size > TPH_MAX_CAP_ENTRIES)
		tph_warn(pdev,
			 "the ST table has %u entries, more than the %u of the specification\n",
			 size, TPH_MAX_CAP_ENTRIES);
	return size;
}

/*
 * Empties a table in the capability. A function that cannot be reset would
 * hand its last user's tags to the next one.
 */
static void tph_clear_cap_table(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;
	unsigned int pos = pdev->tph_cap + PCI_TPH_BASE_SIZEOF;
	unsigned int i;
	u16 tag;

	for (i = 0; i < tdev->table_size; i++, pos += sizeof(tag)) {
		pci_read_config_word(pdev, pos, &tag);
		if (tag)
			pci_write_config_word(pdev, pos, 0);
	}
}

/**
 * tph_table_denied() - may VFIO not handle the device, for its table's size?
 * @pdev: the device, awake
 *
 * vfio-pci-core describes each byte of configuration space in an array, and
 * believes the device about the size of a table in the capability: one that
 * reaches beyond the end has it write beyond the array.
 *
 * Return: true if so
 */
bool tph_table_denied(struct pci_dev *pdev)
{
	unsigned int size;
	u32 cap;

	if (!pdev->tph_cap ||
	    pci_read_config_dword(pdev, pdev->tph_cap + PCI_TPH_CAP, &cap) ||
	    PCI_POSSIBLE_ERROR(cap) ||
	    (cap & PCI_TPH_CAP_LOC_MASK) != PCI_TPH_LOC_CAP)
		return false;
	size = FIELD_GET(PCI_TPH_CAP_ST_MASK, cap) + 1;
	if (pdev->tph_cap + PCI_TPH_BASE_SIZEOF + size * sizeof(u16) <=
	    pdev->cfg_size)
		return false;
	pci_err(pdev,
		"its ST table of %u entries reaches beyond configuration space: not bound\n",
		size);
	return true;
}

/**
 * tph_table_open() - find the ST table, and empty one in the capability
 * @tdev: the device, cap read, inside of guard(tph_hw)
 */
void tph_table_open(struct tph_vfio_device *tdev)
{
	int vectors;

	tdev->table = tdev->cap & PCI_TPH_CAP_LOC_MASK;
	tdev->table_size = 0;
	tdev->vectors = 0;
	bitmap_zero(tdev->known, TPH_MAX_VECTORS);

	if (tdev->table == PCI_TPH_LOC_CAP) {
		tdev->table_size = tph_cap_entries(tdev);
		tph_clear_cap_table(tdev);
	} else if (tdev->table == PCI_TPH_LOC_MSIX) {
		vectors = pci_msix_vec_count(tdev->core.pdev);
		tdev->vectors = clamp(vectors, 0, TPH_MAX_VECTORS);
	}
	/* That includes the reserved value. */
	if (!tdev->table_size && !tdev->vectors)
		tdev->table = PCI_TPH_LOC_NONE;
}

/**
 * tph_table_in_use() - does the device use its ST table?
 * @tdev: an open device with a table, op_lock held
 *
 * Return: 0; -EINVAL if TPH is off; -EOPNOTSUPP in no-ST mode, in which the
 * PCI core would succeed and write nothing
 */
int tph_table_in_use(const struct tph_vfio_device *tdev)
{
	if (!tdev->on)
		return -EINVAL;
	if (tdev->core.pdev->tph_mode == PCI_TPH_ST_NS_MODE)
		return -EOPNOTSUPP;
	return 0;
}

/**
 * tph_decode_begin() - make the ST table writable
 * @tdev: an open device, inside of guard(tph_hw)
 *
 * The MSI-X table is memory, whose decoding the user controls: it is switched
 * on for a write.
 *
 * Return: what the command register was, for tph_decode_end()
 */
u16 tph_decode_begin(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;
	u16 cmd;

	pci_read_config_word(pdev, PCI_COMMAND, &cmd);
	if (tdev->table == PCI_TPH_LOC_MSIX && !(cmd & PCI_COMMAND_MEMORY))
		pci_write_config_word(pdev, PCI_COMMAND,
				      cmd | PCI_COMMAND_MEMORY);
	return cmd;
}

/**
 * tph_decode_end() - leave memory decoding as it was
 * @tdev: the same device
 * @cmd: what tph_decode_begin() returned
 */
void tph_decode_end(struct tph_vfio_device *tdev, u16 cmd)
{
	if (tdev->table == PCI_TPH_LOC_MSIX && !(cmd & PCI_COMMAND_MEMORY))
		pci_write_config_word(tdev->core.pdev, PCI_COMMAND, cmd);
}

/**
 * tph_vector_allocated() - may the entry of an MSI-X vector be written?
 * @pdev: the device; igate held
 * @index: of the vector
 *
 * Return: true if MSI-X is on and the vector allocated
 */
bool tph_vector_allocated(struct pci_dev *pdev, unsigned int index)
{
	return pdev->msix_enabled && msi_get_virq(&pdev->dev, index);
}

/**
 * tph_table_clear_vectors() - put 0 into the entries of allocated vectors that
 * may hold another user's tag
 * @tdev: a device in D0 with its table in MSI-X, TPH on; tph_lock(), igate and
 *	guard(tph_hw) held
 *
 * Return: 0, or an error of the PCI core, which has then switched TPH off
 */
int tph_table_clear_vectors(struct tph_vfio_device *tdev)
{
	struct pci_dev *pdev = tdev->core.pdev;
	u16 cmd = tph_decode_begin(tdev);
	unsigned int i;
	int ret = 0;

	for (i = 0; i < tdev->vectors && !ret; i++) {
		if (!tph_vector_allocated(pdev, i)) {
			__clear_bit(i, tdev->known);
			continue;
		}
		if (test_bit(i, tdev->known))
			continue;
		ret = pcie_tph_set_st_entry(pdev, i, 0);
		if (!ret)
			__set_bit(i, tdev->known);
	}
	tph_decode_end(tdev, cmd);
	return ret;
}

/* Forget vectors that were freed. Return: is there one that is not known? */
static bool tph_look_for_vectors(struct tph_vfio_device *tdev)
{
	bool found = false;
	unsigned int i;

	guard(mutex)(&tdev->core.igate);
	for (i = 0; i < tdev->vectors; i++) {
		if (!tph_vector_allocated(tdev->core.pdev, i))
			__clear_bit(i, tdev->known);
		else if (!test_bit(i, tdev->known))
			found = true;
	}
	return found;
}

/**
 * tph_table_vectors_changed() - vectors may have been allocated: no tag that
 * is in the table from before comes into use by that
 * @tdev: an open device, no lock held
 *
 * An entry that was written since its vector was allocated keeps its tag. The
 * locks are not taken killable: the descriptor may have other users, who would
 * find the tag.
 */
void tph_table_vectors_changed(struct tph_vfio_device *tdev)
{
	/* Before TPH is on there is nothing to do: ENABLE clears all. */
	if (tdev->table != PCI_TPH_LOC_MSIX || !READ_ONCE(tdev->on) ||
	    !tph_look_for_vectors(tdev))
		return;

	guard(mutex)(&tdev->core.vdev.dev_set->lock);
	guard(mutex)(&tdev->op_lock);
	guard(mutex)(&tdev->core.igate);
	guard(tph_hw)(tdev);
	if (!tdev->on || tdev->core.pdev->current_state != PCI_D0 ||
	    !tph_hw_as_believed(tdev))
		return;
	if (tph_table_clear_vectors(tdev))
		WRITE_ONCE(tdev->on, false);
}

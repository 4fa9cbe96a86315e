// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers of the overlay, as strict as hardware: what is read-only or
 * reserved stays as it is whatever is written, and a reset clears the rest.
 */
#include <linux/bitfield.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "overlay.h"

#define TPH_CAP_VERSION 1

void overlay_make(struct overlay *o, enum overlay_location location,
		  unsigned int entries, u32 modes, bool extended)
{
	u32 header = PCI_EXT_CAP_ID_TPH | TPH_CAP_VERSION << 16;
	u32 capability = modes & (PCI_TPH_CAP_ST_NS | PCI_TPH_CAP_ST_IV |
				  PCI_TPH_CAP_ST_DS);
	unsigned int i, in_capability = 0;

	capability |= FIELD_PREP(PCI_TPH_CAP_LOC_MASK, location);
	if (extended)
		capability |= PCI_TPH_CAP_EXT_TPH;
	if (location != OVERLAY_NONE)
		capability |= FIELD_PREP(PCI_TPH_CAP_ST_MASK, entries - 1);
	if (location == OVERLAY_CAPABILITY)
		in_capability =
			min_t(unsigned int, entries, OVERLAY_MAX_ENTRIES);
	if (o->behind)
		header |= (u32)o->behind << 20;

	put_unaligned_le32(header, &o->image[0]);
	put_unaligned_le32(capability, &o->image[PCI_TPH_CAP]);
	put_unaligned_le32(PCI_TPH_CTRL_MODE_SEL_MASK |
				   PCI_TPH_CTRL_REQ_EN_MASK,
			   &o->writable[PCI_TPH_CTRL]);
	/* The upper byte of a tag exists only with extended TPH. */
	for (i = 0; i < in_capability; i++)
		put_unaligned_le16(extended ? 0xffff : 0x00ff,
				   &o->writable[PCI_TPH_BASE_SIZEOF + 2 * i]);
	o->size = ALIGN(PCI_TPH_BASE_SIZEOF + 2 * in_capability, 4);
	o->vendor = 0x13579bdf;
}

void overlay_reset(struct overlay *o)
{
	unsigned int i;

	for (i = 0; i < o->size; i++)
		o->image[i] &= ~o->writable[i];
}

static bool inside(const struct overlay *o, int where)
{
	return where >= OVERLAY_OFFSET && where < OVERLAY_OFFSET + o->size;
}

u32 overlay_patch_read(const struct overlay *o, int where, u32 value)
{
	if (o->behind && where == o->behind)
		return PCI_EXT_CAP_ID_VNDR | 1 << 16;
	if (o->behind && where == o->behind + 4)
		return o->vendor;
	if (inside(o, where))
		return get_unaligned_le32(&o->image[where - OVERLAY_OFFSET]);
	if (where == o->link) {
		if (o->link_is_null)
			value = 1 << 16; /* the null capability, version 1 */
		value = (value & 0x000fffff) | OVERLAY_OFFSET << 20;
	}
	return value;
}

u32 overlay_patch_port_read(const struct overlay *o, int where, u32 value)
{
	if (where == o->port_pcie + PCI_EXP_DEVCAP2)
		FIELD_MODIFY(PCI_EXP_DEVCAP2_TPH_COMP_MASK, &value,
			     o->completer);
	return value;
}

bool overlay_absorb_write(struct overlay *o, int where, int size, u32 value)
{
	unsigned int at;

	if (o->behind && where >= o->behind && where < o->behind + 8) {
		/* Whoever writes there, by any size, is found out. */
		if (where >= o->behind + 4)
			o->vendor = value;
		return true;
	}
	if (!inside(o, where))
		return false;
	for (at = where - OVERLAY_OFFSET; size--; at++, value >>= 8)
		o->image[at] = (o->image[at] & ~o->writable[at]) |
			       (value & o->writable[at]);
	return true;
}

/* The byte at @reg of a write to @where, or 0 if the write does not reach it */
static u8 written(int reg, int where, int size, u32 value)
{
	if (reg < where || reg >= where + size)
		return 0;
	return value >> (8 * (reg - where));
}

void overlay_notice_write(struct overlay *o, int where, int size, u32 value,
			  u16 old_pmcsr)
{
	int pmcsr = o->pm + PCI_PM_CTRL;

	/* Initiate Function Level Reset is bit 15 of Device Control. */
	if (written(o->pcie + PCI_EXP_DEVCTL + 1, where, size, value) &
	    (PCI_EXP_DEVCTL_BCR_FLR >> 8))
		overlay_reset(o);

	if (o->pm && o->soft_reset && pmcsr >= where && pmcsr < where + size &&
	    (old_pmcsr & PCI_PM_CTRL_STATE_MASK) == 3 &&
	    (written(pmcsr, where, size, value) & PCI_PM_CTRL_STATE_MASK) == 0)
		overlay_reset(o);
}

void overlay_notice_port_write(struct overlay *o, int where, int size,
			       u32 value)
{
	if (written(PCI_BRIDGE_CONTROL, where, size, value) &
	    PCI_BRIDGE_CTL_BUS_RESET)
		overlay_reset(o);
}

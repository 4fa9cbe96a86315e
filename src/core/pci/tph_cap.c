/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/tph_cap.h"

#include <endian.h>
#include <errno.h>
#include <linux/pci_regs.h>
#include <stddef.h>

#include "uapi/vfio_pci_tph.h"

/*
 * Named here and not taken from linux/pci_regs.h: several of these are newer
 * than the headers that the tool must build with.
 */
#define TPH_CAP_ID	       0x17
#define TPH_CAPABILITY	       4 /* register offsets in the capability */
#define TPH_CONTROL	       8
#define TPH_TABLE	       12
#define TPH_CAPABILITY_MODES   0x7u
#define TPH_CAPABILITY_EXT     (1u << 8)
#define TPH_CAPABILITY_LOC(r)  (((r) >> 9) & 0x3u)
#define TPH_CAPABILITY_SIZE(r) ((((r) >> 16) & 0x7ffu) + 1)
#define TPH_CONTROL_MODE(r)    ((r)&0x7u)
#define TPH_CONTROL_REQ(r)     (((r) >> 8) & 0x3u)

#define CAP_ID_EXP	     0x10
#define CAP_ID_MSIX	     0x11
#define EXP_FLAGS	     2
#define EXP_FLAGS_VERSION(r) ((r)&0xfu)
#define EXP_FLAGS_TYPE(r)    (((r) >> 4) & 0xfu)
#define EXP_TYPE_ROOT_PORT   4
#define EXP_TYPE_INTEGRATED  9
#define EXP_DEVCAP2	     0x24
#define EXP_DEVCAP2_TPH(r)   (((r) >> 12) & 0x3u)
#define MSIX_CONTROL	     2
#define MSIX_TABLE	     4
#define MSIX_CONTROL_SIZE(r) (((r)&0x7ffu) + 1)
#define MSIX_CONTROL_ENABLE  0x8000u

static int read_msix(const struct config_reader *reader, struct msix_cap *msix)
{
	unsigned int control;
	uint32_t table;
	int r;

	if (!msix->offset)
		return 0;
	r = config_read16(reader, msix->offset + MSIX_CONTROL, &control);
	if (r == 0)
		r = config_read32(reader, msix->offset + MSIX_TABLE, &table);
	if (r)
		return r;
	msix->vectors = MSIX_CONTROL_SIZE(control);
	msix->enabled = control & MSIX_CONTROL_ENABLE;
	msix->bar = table & 0x7;
	msix->table_offset = table & ~0x7u;
	return 0;
}

static enum tph_completer decode_completer(uint32_t reg)
{
	unsigned int field = EXP_DEVCAP2_TPH(reg);

	/* 2 is reserved. */
	return field == TPH_COMPLETER_TPH || field == TPH_COMPLETER_EXTENDED
		       ? (enum tph_completer)field
		       : TPH_COMPLETER_NONE;
}

int tph_express_read(const struct config_reader *reader,
		     const struct tph_cap *cap, struct tph_express *express)
{
	unsigned int flags;
	uint32_t reg = 0;
	int r;

	*express = (struct tph_express){ 0 };
	if (!cap->express)
		return 0;
	r = config_read16(reader, cap->express + EXP_FLAGS, &flags);
	/* Version 1 ends before that register. */
	if (r == 0 && EXP_FLAGS_VERSION(flags) >= 2)
		r = config_read32(reader, cap->express + EXP_DEVCAP2, &reg);
	express->integrated = EXP_FLAGS_TYPE(flags) == EXP_TYPE_INTEGRATED;
	express->completer = decode_completer(reg);
	return r;
}

/* Both in one walk: this is done for every device that is listed. */
static int find_others(const struct config_reader *reader, struct tph_cap *cap)
{
	static const unsigned int ids[] = { CAP_ID_EXP, CAP_ID_MSIX };
	unsigned int offsets[2];
	int r = config_find_caps(reader, ids, offsets, 2);

	cap->express = offsets[0];
	cap->msix.offset = offsets[1];
	return r;
}

int tph_cap_read(const struct config_reader *reader, struct tph_cap *cap)
{
	uint32_t reg;
	int r;

	*cap = (struct tph_cap){ 0 };
	r = config_find_ext_cap(reader, TPH_CAP_ID, &cap->offset);
	if (r || !cap->offset)
		return r;
	r = config_read32(reader, cap->offset + TPH_CAPABILITY, &reg);
	if (r)
		return r;
	cap->modes = reg & TPH_CAPABILITY_MODES;
	cap->extended = reg & TPH_CAPABILITY_EXT;
	r = find_others(reader, cap);
	if (r == 0)
		r = read_msix(reader, &cap->msix);
	if (r)
		return r;
	switch (TPH_CAPABILITY_LOC(reg)) {
	case TPH_TABLE_CAPABILITY:
		cap->location = TPH_TABLE_CAPABILITY;
		cap->table_size = TPH_CAPABILITY_SIZE(reg);
		break;
	case TPH_TABLE_MSIX:
		/* Without MSI-X there is no table, whatever the bits say. */
		if (cap->msix.offset) {
			cap->location = TPH_TABLE_MSIX;
			cap->table_size = cap->msix.vectors;
		}
		break;
	default:
		cap->location = TPH_TABLE_NONE;
	}
	return 0;
}

int tph_control_read(const struct config_reader *reader,
		     const struct tph_cap *cap, struct tph_control *control)
{
	uint32_t reg;
	int r = config_read32(reader, cap->offset + TPH_CONTROL, &reg);

	*control = (struct tph_control){ 0 };
	if (r)
		return r;
	control->requester = (enum tph_requester)TPH_CONTROL_REQ(reg);
	control->enabled = control->requester != TPH_REQUESTER_OFF;
	/* The register counts the modes: 0 no-ST, 1 IV, 2 DS. */
	if (TPH_CONTROL_MODE(reg) <= 2)
		control->mode = 1u << TPH_CONTROL_MODE(reg);
	return 0;
}

int tph_table_read(const struct config_reader *reader,
		   const struct tph_cap *cap, unsigned int first,
		   unsigned int n, uint16_t *tags)
{
	unsigned int at = cap->offset + TPH_TABLE + 2 * first;
	int r;

	if (at + 2 * n > 4096)
		return -ERANGE;
	r = reader->read(reader->context, at, tags, 2 * n);
	for (unsigned int i = 0; r == 0 && i < n; i++)
		tags[i] = le16toh(tags[i]);
	return r;
}

int tph_completer_read(const struct config_reader *reader,
		       enum tph_completer *completer)
{
	unsigned int offset, flags;
	uint32_t reg;
	int r = config_find_cap(reader, CAP_ID_EXP, &offset);

	*completer = TPH_COMPLETER_NONE;
	if (r)
		return r;
	if (!offset)
		return -ENODEV;
	r = config_read16(reader, offset + EXP_FLAGS, &flags);
	if (r == 0 && EXP_FLAGS_TYPE(flags) != EXP_TYPE_ROOT_PORT)
		return -ENODEV;
	/* Version 1 ends before that register: it completes no TPH. */
	if (r == 0 && EXP_FLAGS_VERSION(flags) < 2)
		return 0;
	if (r == 0)
		r = config_read32(reader, offset + EXP_DEVCAP2, &reg);
	if (r == 0)
		*completer = decode_completer(reg);
	return r;
}

const char *tph_location_name(enum tph_location location)
{
	switch (location) {
	case TPH_TABLE_CAPABILITY:
		return "capability";
	case TPH_TABLE_MSIX:
		return "msi-x";
	default:
		return "none";
	}
}

const char *tph_requester_name(enum tph_requester requester)
{
	switch (requester) {
	case TPH_REQUESTER_OFF:
		return "none";
	case TPH_REQUESTER_TPH:
		return "tph";
	case TPH_REQUESTER_EXTENDED:
		return "extended";
	default:
		return "reserved";
	}
}

const char *tph_completer_name(enum tph_completer completer)
{
	switch (completer) {
	case TPH_COMPLETER_TPH:
		return "tph";
	case TPH_COMPLETER_EXTENDED:
		return "extended";
	default:
		return "none";
	}
}

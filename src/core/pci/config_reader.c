/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/config_reader.h"

#include <endian.h>
#include <errno.h>
#include <linux/pci_regs.h>

int config_read8(const struct config_reader *reader, unsigned int offset,
		 unsigned int *value)
{
	uint8_t raw;
	int r = reader->read(reader->context, offset, &raw, sizeof(raw));

	*value = r ? 0 : raw;
	return r;
}

int config_read16(const struct config_reader *reader, unsigned int offset,
		  unsigned int *value)
{
	uint16_t raw;
	int r = reader->read(reader->context, offset, &raw, sizeof(raw));

	*value = r ? 0 : le16toh(raw);
	return r;
}

int config_read32(const struct config_reader *reader, unsigned int offset,
		  uint32_t *value)
{
	uint32_t raw;
	int r = reader->read(reader->context, offset, &raw, sizeof(raw));

	*value = r ? 0 : le32toh(raw);
	return r;
}

/* The first of each id counts. Returns how many are still to be found. */
static size_t note_cap(unsigned int id, unsigned int at,
		       const unsigned int *ids, unsigned int *offsets, size_t n)
{
	size_t missing = 0;

	for (size_t i = 0; i < n; i++) {
		if (ids[i] == id && !offsets[i])
			offsets[i] = at;
		missing += !offsets[i];
	}
	return missing;
}

int config_find_caps(const struct config_reader *reader,
		     const unsigned int *ids, unsigned int *offsets, size_t n)
{
	unsigned int status, at, steps = (256 - 64) / 4;
	int r = config_read16(reader, PCI_STATUS, &status);

	for (size_t i = 0; i < n; i++)
		offsets[i] = 0;
	if (r || !(status & PCI_STATUS_CAP_LIST))
		return r;
	if (status == 0xffff)
		return -ENXIO;
	r = config_read8(reader, PCI_CAPABILITY_LIST, &at);
	while (r == 0 && steps-- && (at & 0xfcu) >= 0x40) {
		unsigned int head;

		at &= 0xfcu;
		r = config_read16(reader, at, &head);
		if (r || head == 0xffff)
			return r;
		if (!note_cap(head & 0xff, at, ids, offsets, n))
			return 0;
		at = head >> 8;
	}
	return r;
}

int config_find_cap(const struct config_reader *reader, unsigned int id,
		    unsigned int *offset)
{
	return config_find_caps(reader, &id, offset, 1);
}

int config_find_ext_cap(const struct config_reader *reader, unsigned int id,
			unsigned int *offset)
{
	unsigned int at = 0x100, steps = (4096 - 256) / 8;

	*offset = 0;
	while (steps-- && at >= 0x100) {
		uint32_t head;
		int r = config_read32(reader, at, &head);

		if (r == -ERANGE)
			return 0; /* a conventional function: none at all */
		if (head == UINT32_MAX)
			return -ENXIO;
		if (r || head == 0)
			return r;
		if ((head & 0xffff) == id) {
			*offset = at;
			return 0;
		}
		at = (head >> 20) & 0xffcu;
	}
	return 0;
}

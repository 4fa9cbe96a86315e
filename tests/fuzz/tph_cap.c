/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/tph_cap: any bytes in place of configuration space. */
#include "fuzz.h"

#include <errno.h>

#include "core/pci/tph_cap.h"
#include "uapi/vfio_pci_tph.h"

struct bytes {
	const uint8_t *data;
	size_t size;
};

/* What is not in the input a caller without rights does not see. */
static int read_bytes(void *context, unsigned int offset, void *buffer,
		      unsigned int length)
{
	const struct bytes *bytes = context;

	fuzz_must(offset % length == 0 || length > 4);
	fuzz_must(offset + length <= 4096);
	if (offset + length > bytes->size)
		return bytes->size > 256 ? -EPERM : -ERANGE;
	memcpy(buffer, bytes->data + offset, length);
	return 0;
}

static void check_cap(const struct config_reader *reader,
		      const struct tph_cap *cap)
{
	static uint16_t tags[VFIO_PCI_TPH_MAX_ENTRIES];
	struct tph_control control;

	fuzz_must(cap->offset % 4 == 0 && cap->offset >= 0x100);
	fuzz_must((cap->location == TPH_TABLE_NONE) == (cap->table_size == 0));
	fuzz_must(cap->table_size <= VFIO_PCI_TPH_MAX_ENTRIES);
	if (tph_control_read(reader, cap, &control) == 0)
		fuzz_must(control.mode <= VFIO_PCI_TPH_MODE_DS);
	if (cap->location == TPH_TABLE_CAPABILITY)
		tph_table_read(reader, cap, 0, cap->table_size, tags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	struct config_reader reader = { read_bytes, &bytes };
	enum tph_completer completer;
	struct tph_cap cap;

	if (tph_cap_read(&reader, &cap) == 0 && cap.offset)
		check_cap(&reader, &cap);
	tph_completer_read(&reader, &completer);
	fuzz_must(completer == TPH_COMPLETER_NONE ||
		  completer == TPH_COMPLETER_TPH ||
		  completer == TPH_COMPLETER_EXTENDED);
	return 0;
}

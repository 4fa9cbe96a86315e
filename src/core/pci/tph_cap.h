/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding of the TPH Requester Extended Capability (PCIe 6.0, 7.9.13), of
 * the MSI-X capability as far as steering tags need it (PCI 3.0, 6.8.2) and
 * of the TPH completer bits of a Root Port (PCIe 6.0, 7.5.3.15).
 *
 * Pure: bytes come in through a reader, so that config space, the VFIO
 * config region and a recorded dump are all the same.
 */
#ifndef CORE_PCI_TPH_CAP_H
#define CORE_PCI_TPH_CAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pci/config_reader.h"
#include "core/pci/tph_words.h"

/* Modes: the bits of VFIO_PCI_TPH_MODE_*, which are those of the register. */

enum tph_location {
	TPH_TABLE_NONE = 0,
	TPH_TABLE_CAPABILITY = 1,
	TPH_TABLE_MSIX = 2,
};

enum tph_requester {
	TPH_REQUESTER_OFF = 0,
	TPH_REQUESTER_TPH = 1, /* 8-bit tags */
	TPH_REQUESTER_RESERVED = 2,
	TPH_REQUESTER_EXTENDED = 3, /* 16-bit tags */
};

enum tph_completer {
	TPH_COMPLETER_NONE = 0,
	TPH_COMPLETER_TPH = 1,
	TPH_COMPLETER_EXTENDED = 3,
};

struct msix_cap {
	unsigned int offset;  /* of the capability; 0: there is none */
	unsigned int vectors; /* 1-2048 */
	unsigned int bar;     /* BAR of the vector table, 0-5; 6, 7: reserved */
	uint32_t table_offset; /* of the vector table in that BAR, bytes */
	bool enabled;
};

struct tph_cap {
	unsigned int offset; /* of the capability; 0: there is none */
	unsigned int modes;  /* VFIO_PCI_TPH_MODE_* */
	bool extended;	     /* can be an extended TPH requester */
	enum tph_location location;
	unsigned int table_size; /* entries, true also for MSI-X; 0: no table */
	struct msix_cap msix;
	unsigned int express; /* offset of the PCIe capability; 0: none */
};

/* What a function's own PCIe capability says. */
struct tph_express {
	bool integrated; /* a Root Complex Integrated Endpoint: no Root Port */
	/* What the device completes itself, for peers that write to it. */
	enum tph_completer completer;
};

struct tph_control {
	bool enabled;
	unsigned int mode; /* one of VFIO_PCI_TPH_MODE_*; 0: a reserved value */
	enum tph_requester requester;
};

/*
 * Find and decode the TPH capability, and the MSI-X capability with it; the
 * PCIe capability is found in the same walk.
 * cap->offset is 0 where the function has none. Returns 0 or the reader's
 * error. A capability list that loops ends after as many steps as config
 * space has room for.
 */
int tph_cap_read(const struct config_reader *reader, struct tph_cap *cap);

/*
 * Read what a function that has cap says of itself; nothing is known of one
 * without a PCIe capability. Returns 0 or the reader's error.
 */
int tph_express_read(const struct config_reader *reader,
		     const struct tph_cap *cap, struct tph_express *express);

/* Read and decode the control register of a function that has cap. */
int tph_control_read(const struct config_reader *reader,
		     const struct tph_cap *cap, struct tph_control *control);

/*
 * Read n entries, from index first on, of an ST table that stands in the
 * capability; tags in host byte order. The caller keeps first + n within
 * cap->table_size.
 */
int tph_table_read(const struct config_reader *reader,
		   const struct tph_cap *cap, unsigned int first,
		   unsigned int n, uint16_t *tags);

/*
 * Decode the completer bits of a Root Port from its PCIe capability.
 * Returns 0, -ENODEV where the function is no Root Port, or the reader's
 * error.
 */
int tph_completer_read(const struct config_reader *reader,
		       enum tph_completer *completer);

const char *tph_location_name(enum tph_location location);
const char *tph_requester_name(enum tph_requester requester);
const char *tph_completer_name(enum tph_completer completer);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words for modes and memory types, as options, profiles, dumps and JSON
 * have them. (They stand this low because dumps do.)
 */
#ifndef CORE_PCI_TPH_WORDS_H
#define CORE_PCI_TPH_WORDS_H

#include "core/base/words.h"
#include "core/pci/st_facts.h"
#include "uapi/vfio_pci_tph.h"

/* The initialisers of the three modes, for tables of struct word. */
#define TPH_MODE_WORDS                                                  \
	{ "ns", VFIO_PCI_TPH_MODE_NS }, { "iv", VFIO_PCI_TPH_MODE_IV }, \
	{                                                               \
		"ds", VFIO_PCI_TPH_MODE_DS                              \
	}

extern const struct word tph_mem_words[];

/* "ns", "iv", "ds"; "reserved" for anything else. */
const char *tph_mode_name(unsigned int mode);

const char *tph_mem_name(enum tph_mem mem);

#endif

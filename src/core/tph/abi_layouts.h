/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two layouts that VFIO_DEVICE_PCI_TPH has had under one number;
 * docs/abi.md says what of them was seen and what is inferred.
 */
#ifndef CORE_TPH_ABI_LAYOUTS_H
#define CORE_TPH_ABI_LAYOUTS_H

#include <stdbool.h>
#include <stdint.h>

#define TPH_N_MODES 3

struct tph_layout {
	const char *name; /* as --abi takes it and JSON prints it */
	/* The bit of each mode in GET_CAP and ENABLE; 0: it has none. */
	struct {
		unsigned int mode; /* VFIO_PCI_TPH_MODE_* */
		uint8_t bit;
	} bits[TPH_N_MODES];
	bool tells_table;    /* byte 1 of GET_CAP: there is an ST table */
	bool counts_vectors; /* its size is that of a table in MSI-X, too */
	bool undoes;	 /* SET_ST that failed sets all of its entries to 0 */
	bool clears;	 /* SET_ST of CPU 0xffffffff sets an entry to 0 */
	bool tags_in_ds; /* GET_ST answers in device-specific mode alone */
};

extern const struct tph_layout tph_layout_v1, tph_layout_v8;

/* The layout of that name, or NULL. */
const struct tph_layout *tph_layout_find(const char *name);

/* A set of modes (VFIO_PCI_TPH_MODE_*) in bits of the layout, and back. */
uint8_t tph_layout_bits(const struct tph_layout *layout, unsigned int modes);
unsigned int tph_layout_modes(const struct tph_layout *layout, uint8_t bits);

/* What config space has, and what GET_CAP answered. */
struct tph_layout_look {
	unsigned int modes; /* of the capability register */
	bool table;	    /* an ST table, in either place */
	uint8_t bits;	    /* byte 0 of the answer */
	uint8_t byte1;
};

/*
 * Which layout has a kernel that answered so? named: one that was named, which
 * is doubted only if the answer contradicts it, or NULL. hint: what decides
 * where the answer may be either's, or NULL. Returns NULL if no layout, or
 * more than one, would answer so.
 */
const struct tph_layout *tph_layout_tell(const struct tph_layout_look *look,
					 const struct tph_layout *named,
					 const struct tph_layout *hint);

#endif

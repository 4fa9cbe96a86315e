/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TPH Requester capability laid over a PCI function that has none. For the
 * bench only.
 */
#ifndef TPH_OVERLAY_H
#define TPH_OVERLAY_H

#include <linux/pci.h>
#include <linux/types.h>

/* Where the capability stands: above what QEMU's devices use. */
#define OVERLAY_OFFSET 0x400
/* What of a table in the capability is really there: up to the space's end. */
#define OVERLAY_MAX_SIZE (PCI_CFG_SPACE_EXP_SIZE - OVERLAY_OFFSET)
#define OVERLAY_MAX_ENTRIES \
	((OVERLAY_MAX_SIZE - PCI_TPH_BASE_SIZEOF) / sizeof(u16))

/* ST Table Location, as the capability register has it. */
enum overlay_location {
	OVERLAY_NONE = 0,
	OVERLAY_CAPABILITY = 1,
	OVERLAY_MSIX = 2,
};

/* One function with its overlay, and the Root Port above it, if it has one. */
struct overlay {
	struct pci_bus *bus;
	unsigned int devfn;
	struct pci_bus *port_bus;
	unsigned int port_devfn;

	/* The extended capability whose "next" leads to ours; 0x100 if none. */
	int link;
	bool link_is_null; /* no header there: we make one */
	int pcie;	   /* the function's PCI Express capability */
	int pm;		   /* and its power management, or 0 */
	bool soft_reset;   /* D3hot to D0 resets the function */
	int port_pcie;
	u32 completer; /* DEVCAP2 bits 13:12 */

	/* A vendor's capability at that offset, maybe amidst ours; 0: none. */
	int behind;
	u32 vendor; /* its register */

	/* The registers, and which of their bits software may write. */
	unsigned int size;
	u8 image[OVERLAY_MAX_SIZE];
	u8 writable[OVERLAY_MAX_SIZE];
};

/**
 * overlay_make() - fill in the registers as they are after a reset
 * @o: overlay, zeroed
 * @location: where the ST table is
 * @entries: of the ST table, 1 to 2048; in the capability only
 *	OVERLAY_MAX_ENTRIES of them are there
 * @modes: bits 2:0 of the capability register
 * @extended: extended TPH requester supported
 */
void overlay_make(struct overlay *o, enum overlay_location location,
		  unsigned int entries, u32 modes, bool extended);

/**
 * overlay_reset() - what a reset of the function does to the registers
 * @o: overlay
 */
void overlay_reset(struct overlay *o);

/**
 * overlay_patch_read() - what the function reads as, given what the bus says
 * @o: overlay
 * @where: offset of the word, a multiple of 4
 * @value: what the emulated function answered
 *
 * Return: the word as software is to see it.
 */
u32 overlay_patch_read(const struct overlay *o, int where, u32 value);

/**
 * overlay_patch_port_read() - the same for the function's Root Port
 */
u32 overlay_patch_port_read(const struct overlay *o, int where, u32 value);

/**
 * overlay_absorb_write() - take a write that is ours
 *
 * Return: true if it fell into the overlay and must not reach the bus.
 */
bool overlay_absorb_write(struct overlay *o, int where, int size, u32 value);

/**
 * overlay_notice_write() - look at a write that goes to the function
 *
 * A function level reset, or the way back from D3hot, resets the overlay too.
 * @old_pmcsr is the power management register before the write.
 */
void overlay_notice_write(struct overlay *o, int where, int size, u32 value,
			  u16 old_pmcsr);

/**
 * overlay_notice_port_write() - look at a write that goes to the Root Port
 *
 * A reset of the secondary bus resets the overlay.
 */
void overlay_notice_port_write(struct overlay *o, int where, int size,
			       u32 value);

#endif

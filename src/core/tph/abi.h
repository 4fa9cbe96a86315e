/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam behind which everything about one family of the TPH user ABI
 * lives. A new family is a new file with one of these structs in it.
 */
#ifndef CORE_TPH_ABI_H
#define CORE_TPH_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/pci/st_facts.h"
#include "core/vfio/io.h"

struct pci_device;
struct tph_abi;
struct tph_layout;

/* What the kernel says that the device can do. */
struct tph_abi_cap {
	uint8_t bits, byte1;	 /* as they came */
	unsigned int table_size; /* entries */
	/* Once the layout is known: */
	unsigned int modes; /* VFIO_PCI_TPH_MODE_* */
	bool table;	    /* an ST table, in either place */
};

/*
 * What a dry run took to be done: the registers and the table of the device
 * have nothing of it.
 */
struct tph_pretended {
	bool control; /* ENABLE or DISABLE */
	bool entries; /* SET_ST */
	bool enabled; /* after the last ENABLE or DISABLE; its mode */
	unsigned int mode;
};

/* An open VFIO device, seen through a family of the ABI. */
struct tph_handle {
	const struct tph_abi *abi;
	struct io *io;
	int fd;
	bool asked_cap; /* get_cap is issued once for a handle */
	bool has_cap;	/* and was answered: not so in a dry run */
	struct tph_abi_cap cap;
	/* NULL until tph_abi_settle(), and in a dry run. */
	const struct tph_layout *layout;
	/* What was named, by the user or by the driver, and what hints at it.
	 */
	const struct tph_layout *named, *hint;
	struct tph_pretended pretended;
	bool has_tags; /* the last get_st's are the kernel's */
	/* In the last call, a CPU on which this process may not run, or -1. */
	int cut_cpu;
};

/* In place of a CPU: the entry is cleared. Not every layout can do that. */
#define TPH_CPU_NONE 0xffffffffu

/* One entry of an ST table that is to be programmed. */
struct tph_entry {
	unsigned int index; /* 0-2047 */
	unsigned int cpu;   /* or TPH_CPU_NONE */
};

/*
 * Every operation returns 0 or -errno as the kernel gave it; what an errno
 * means is for the caller to say, who knows what he was after.
 */
struct tph_abi {
	const char *name; /* as JSON prints it */

	/*
	 * Find out, without changing anything, whether the kernel offers the
	 * family for this device. evidence: a module's parameter says so.
	 * Returns 0; -ENOTTY: not offered; -EINVAL: can not be told without
	 * the risk of changing something; or another -errno.
	 */
	int (*probe)(struct tph_handle *handle, bool evidence);

	/* Fills handle->cap and sets handle->has_cap. */
	int (*get_cap)(struct tph_handle *handle);

	/* In one mode; only where the layout has a bit for it. */
	int (*enable)(struct tph_handle *handle, unsigned int mode);
	int (*disable)(struct tph_handle *handle);

	/*
	 * Tags of n CPUs, any n, in as few calls as the family allows.
	 * A tag of 0 means that the platform has none.
	 */
	int (*get_st)(struct tph_handle *handle, const unsigned int *cpus,
		      size_t n, enum tph_mem mem, uint16_t *tags);

	/*
	 * Program n entries, any n, likewise. *done is the number of entries
	 * in calls that succeeded; after a failure, entries of the call that
	 * failed may stand all the same.
	 */
	int (*set_st)(struct tph_handle *handle,
		      const struct tph_entry *entries, size_t n,
		      enum tph_mem mem, size_t *done);
};

extern const struct tph_abi tph_abi_ioctl;

/*
 * Choose the family for a device that is open as fd and bound to a driver,
 * by evidence and by probing. forced: the name of a layout, which is not
 * probed for, or NULL to find out.
 * Returns 0; ERR_NO_ABI, ERR_UNKNOWN_ABI, or what the probe failed with.
 */
int tph_abi_choose(const struct pci_device *dev, int fd, struct io *io,
		   const char *forced, struct tph_handle *handle,
		   struct error *err);

/*
 * Tell the layout from GET_CAP and from what config space has: modes
 * (VFIO_PCI_TPH_MODE_*), and a table. A GET_CAP that fails is no error here,
 * and leaves the layout unknown. Returns 0, or -EINVAL with ERR_UNKNOWN_ABI.
 */
int tph_abi_settle(struct tph_handle *handle, const struct pci_device *dev,
		   unsigned int modes, bool table, struct error *err);

#endif

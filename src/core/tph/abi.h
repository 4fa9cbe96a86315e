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

/* What the kernel says that the device can do. */
struct tph_abi_cap {
	unsigned int modes;	 /* VFIO_PCI_TPH_MODE_* */
	bool table;		 /* an ST table, in either place */
	unsigned int table_size; /* entries; 0 for a table in MSI-X */
};

/* An open VFIO device, seen through a family of the ABI. */
struct tph_handle {
	const struct tph_abi *abi;
	struct io *io;
	int fd;
	bool asked_cap; /* get_cap is issued once for a handle */
	bool has_cap;	/* and was answered: not so in a dry run */
	struct tph_abi_cap cap;
};

/* One entry of an ST table that is to be programmed. */
struct tph_entry {
	unsigned int index; /* 0-2047 */
	unsigned int cpu;
};

/*
 * Every operation returns 0 or -errno as the kernel gave it; what an errno
 * means is for the caller to say, who knows what he was after.
 */
struct tph_abi {
	const char *name; /* as --abi takes it and JSON prints it */

	/*
	 * Does the module of this name offer the family? By its parameters;
	 * path is that of the one which tells. Returns 1, 0, or -errno where
	 * it cannot be seen.
	 */
	int (*offered_by)(const char *module, char *path, size_t size);

	/*
	 * Find out, without changing anything, whether the kernel offers the
	 * family for this device. evidence: offered_by() said so.
	 * Returns 0; -ENOTTY: not offered; -EINVAL: can not be told without
	 * the risk of changing something; or another -errno.
	 */
	int (*probe)(struct tph_handle *handle, bool evidence);

	/* Fills handle->cap and sets handle->has_cap. */
	int (*get_cap)(struct tph_handle *handle);
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

/* The families that there are, by the names that --abi takes. */
#define TPH_ABI_FAMILIES(X) X(ioctl)

extern const struct tph_abi tph_abi_ioctl;

/*
 * What the parameters of modules tell of a device's driver, without opening
 * the device: of its module first, then of vfio_pci. path is the parameter
 * that tells, or, where none does, the directory that it would be in. Returns
 * enum tph_abi_evidence, or -errno where it could not be seen: only a probe
 * can tell then.
 */
enum tph_abi_evidence {
	TPH_ABI_SILENT,	 /* nothing: only a probe can tell */
	TPH_ABI_OFFERED, /* of tph_abi_ioctl; the parameter is its gate */
	TPH_ABI_LATER,	 /* of a later family, which is not known */
};

int tph_abi_look(const struct pci_device *dev, char *path, size_t size);

/*
 * Has a module that is loaded one of these n parameters? path is where the
 * first is. Returns 1, 0, or -errno where it cannot be seen.
 */
int tph_abi_has_one_of(const char *module, const char *const *parameters,
		       size_t n, char *path, size_t size);

/*
 * Choose the family for a device that is open as fd and bound to a driver,
 * by evidence and by probing. forced: a family's name, or NULL to find out;
 * one that was named is not doubted.
 * Returns 0; ERR_NO_ABI, ERR_UNKNOWN_ABI, or what the probe failed with.
 */
int tph_abi_choose(const struct pci_device *dev, int fd, struct io *io,
		   const char *forced, struct tph_handle *handle,
		   struct error *err);

#endif

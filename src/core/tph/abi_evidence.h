/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parameters of modules tell of a driver's TPH interface, without a
 * look at the device. docs/abi.md has the families.
 */
#ifndef CORE_TPH_ABI_EVIDENCE_H
#define CORE_TPH_ABI_EVIDENCE_H

#include <stddef.h>

struct pci_device;
struct tph_layout;

enum tph_abi_evidence {
	TPH_ABI_SILENT,	    /* nothing: only a probe can tell */
	TPH_ABI_NAMED,	    /* the ioctl; the driver names its layout */
	TPH_ABI_OFFERED,    /* the ioctl; the parameter is its gate */
	TPH_ABI_FEATURE,    /* enable_unsafe_tph: not supported */
	TPH_ABI_TPH_POLICY, /* tph, or tph_policy in debugfs: not supported */
};

struct tph_evidence {
	enum tph_abi_evidence kind;
	/* The file that tells, or the directory that it would be in. */
	char path[160];
	char value[32]; /* what the file has, or "" */
	/* NAMED: the layout. OFFERED: that of the parameter's name, or NULL. */
	const struct tph_layout *layout;
};

/*
 * Look at the module of the device's driver first, then at vfio_pci. Returns
 * 0, or -errno where something could not be seen and nothing else tells: only
 * a probe can tell then, too.
 */
int tph_evidence_look(const struct pci_device *dev,
		      struct tph_evidence *evidence);

/*
 * The gate of device-specific mode without an ST table: the path of its
 * parameter. Returns 1, 0 where there is none, or -errno where that cannot be
 * seen.
 */
int tph_evidence_gate(const struct pci_device *dev, char *path, size_t size);

#endif

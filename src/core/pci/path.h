/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bridges between a function and the root complex. */
#ifndef CORE_PCI_PATH_H
#define CORE_PCI_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pci/device.h"

/*
 * Bridges above a function, the topmost (its Root Port, if PCIe) first: of
 * this machine from sysfs, of a dump by their bus numbers. *bridges is to be
 * freed. Returns 0, or -errno with *err filled.
 */
int pci_path_bridges(const struct pci_device *dev, struct bdf **bridges,
		     size_t *n, struct error *err);

/* What one of them is. */
struct pci_port {
	const char *type;    /* "Root Port", ..., "bridge" if not PCIe */
	bool routes;	     /* PCIe upstream or downstream, or Root Port */
	bool prefixes;	     /* End-End TLP Prefixes pass */
	unsigned int offset; /* of Device Capabilities 2; 0: there is none */
	uint32_t capabilities2;
};

/*
 * Read it (PCIe 6.0, 7.5.3.2 and 7.5.3.15). Returns 0, or the error of
 * reading config space: -EPERM, -ENODEV where it is not there.
 */
int pci_path_port(struct pci_source *source, const struct bdf *bdf,
		  struct pci_port *port);

#endif

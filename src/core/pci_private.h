/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pci_bus.c and pci_device.c share, and nobody else needs. */
#ifndef CORE_PCI_PRIVATE_H
#define CORE_PCI_PRIVATE_H

#include <limits.h>
#include <pci/pci.h>
#include <stdbool.h>

#include "core/pci_device.h"

#define DEVICE_DIR "/sys/bus/pci/devices/"

struct pci_bus {
	struct pci_access *access;
	bool scanned;
	/* Functions below one Root Port follow each other: it is asked once. */
	bool port_asked;
	struct bdf port;
	int port_result;
	enum tph_completer port_completer;
};

/*
 * Call into libpci, which reports an error by a function that must not
 * return. Returns 0, or -EIO with *err filled.
 */
int pci_guarded(void (*call)(void *), void *argument, struct error *err);

#endif

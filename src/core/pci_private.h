/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pci_bus.c and pci_device.c share, and nobody else needs. */
#ifndef CORE_PCI_PRIVATE_H
#define CORE_PCI_PRIVATE_H

#include <limits.h>
#include <pci/pci.h>
#include <stdbool.h>

#include "core/pci_device.h"
#include "core/pci_record.h"

#define DEVICE_DIR "/sys/bus/pci/devices/"

struct pci_bus {
	struct pci_access *access;
	bool scanned;
	struct pci_record *record; /* of a dump; NULL: this machine */
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

/* Give libpci the functions by which it reports errors and remarks. */
void pci_set_handlers(struct pci_access *access);

/* A function of a dump, or NULL. Not to be freed. */
struct pci_dev *pci_dump_find(const struct pci_bus *bus,
			      const struct bdf *bdf);

/* What a selector of one function means in a dump. Returns 0 or -errno. */
int pci_dump_find_one(const struct pci_bus *bus, const struct selector *sel,
		      struct bdf *bdf);

/* No more than there are buses. */
#define PCI_BRIDGES_MAX 256

/*
 * The bridges above a function of this machine, the topmost first, in list,
 * which has room for PCI_BRIDGES_MAX. Returns how many, or -errno where there
 * is no such function.
 */
int pci_link_bridges(const struct pci_device *dev, struct bdf *list);

/*
 * The bridge to the bus of a function of a dump, as the bus numbers of the
 * bridges tell. False where there is none.
 */
bool pci_dump_bridge(const struct pci_bus *bus, const struct bdf *bdf,
		     struct bdf *bridge);

/*
 * The topmost bridge above a function of a dump, as the bus numbers of the
 * bridges tell. False where there is none.
 */
bool pci_dump_port(const struct pci_bus *bus, const struct bdf *bdf,
		   struct bdf *port);

#endif

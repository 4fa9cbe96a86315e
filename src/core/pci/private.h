/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bus.c, device.c and their like share, and nobody else needs. */
#ifndef CORE_PCI_PRIVATE_H
#define CORE_PCI_PRIVATE_H

#include <limits.h>
#include <pci/pci.h>
#include <stdbool.h>

#include "core/base/error.h"
#include "core/pci/bdf.h"
#include "core/pci/record.h"
#include "core/pci/tph_cap.h"

#define DEVICE_DIR "/sys/bus/pci/devices/"

struct pci_device;

struct pci_function {
	struct bdf bdf;
	uint16_t vendor_id, device_id;
};

struct pci_name {
	bool asked, or_number;
	uint16_t vendor_id, device_id;
	char text[PCI_NAME_SIZE];
};

struct pci_bus {
	struct pci_access *access;
	struct pci_record *record;	/* of a dump; NULL: this machine */
	struct pci_function *functions; /* ascending; NULL: not listed yet */
	size_t n_functions;
	bool with_ids; /* their ids were read */
	/* Functions below one Root Port follow each other: it is asked once. */
	bool port_asked;
	struct bdf port;
	int port_result;
	enum tph_completer port_completer;
	/* Those of one card as well: its name is looked up once. */
	struct pci_name name;
	bool reads_pci_ids; /* since udev did not know a name */
};

/*
 * Call into libpci, which reports an error by a function that must not
 * return. Returns 0, or -EIO with *err filled.
 */
int pci_guarded(void (*call)(void *), void *argument, struct error *err);

/*
 * Give libpci the functions by which it reports errors and remarks, and
 * switch off what it would read without being asked.
 */
void pci_prepare(struct pci_access *access);

/*
 * The name of a function whose ids are known; in place of a part that has
 * none, or_number tells whether its number is put. Within pci_guarded().
 */
void pci_name_look(struct pci_device *dev, bool or_number);

/* A function of a dump, or NULL. Not to be freed. */
struct pci_dev *pci_dump_find(const struct pci_bus *bus, const struct bdf *bdf);

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

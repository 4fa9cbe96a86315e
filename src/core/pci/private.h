/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources share, and nobody else needs. */
#ifndef CORE_PCI_PRIVATE_H
#define CORE_PCI_PRIVATE_H

#include <stdbool.h>

#include "core/pci/source.h"

#define DEVICE_DIR "/sys/bus/pci/devices/"

struct pci_access;

/* The last name that was looked up. */
struct pci_name {
	bool asked, or_number;
	uint16_t vendor_id, device_id;
	char text[PCI_NAME_SIZE];
};

/* The beginning of each source. */
struct pci_source {
	const struct pci_source_ops *ops;
	struct pci_function *functions; /* ascending; NULL: not listed yet */
	size_t n_functions;
	unsigned int listed; /* PCI_LIST_* */
	/* Functions below one Root Port follow each other: it is asked once. */
	bool port_asked;
	struct bdf port;
	int port_result;
	enum tph_completer port_completer;
	/* Those of one card as well: its name is looked up once. */
	struct pci_access *names; /* NULL: none was looked up yet */
	struct pci_name name;
	bool reads_pci_ids; /* since udev did not know a name */
};

/*
 * Call into libpci, which reports an error by a function that must not
 * return. Returns 0, or -EIO with *err filled.
 */
int pci_guarded(void (*call)(void *), void *argument, struct error *err);

/*
 * libpci, with its errors caught, and told to read nothing without being
 * asked; not initialised. To be given back by pci_cleanup().
 */
struct pci_access *pci_access_new(void);

/* The functions of this machine, in any order: see pci_source_ops. */
int pci_machine_list(struct pci_function **list, size_t *n, struct error *err);

/* What a selector of one function means on this machine. Returns 0 or -errno.
 */
int pci_machine_find(const struct selector *sel, struct bdf *bdf);

/* Add a function to a list that has room for *room. Returns 0 or -ENOMEM. */
int pci_function_add(struct pci_function **list, size_t *n, size_t *room,
		     const struct bdf *bdf);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where facts about PCI functions come from: this machine, or a dump. Those
 * who ask do not know which it is: they find functions here, open them
 * (device.h), and ask what is known of them.
 */
#ifndef CORE_PCI_SOURCE_H
#define CORE_PCI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/error.h"
#include "core/cpu/cpulist.h"
#include "core/pci/bdf.h"
#include "core/pci/holder.h"
#include "core/pci/st_facts.h"
#include "core/pci/tph_cap.h"

struct pci_device;
struct pci_source;

/* No more than there are buses. */
#define PCI_BRIDGES_MAX 256

/* Room for what pci_source_place() writes. */
#define PCI_PLACE_SIZE 192

struct pci_ids {
	uint16_t vendor, device, class_id;
};

struct pci_function {
	struct bdf bdf;
	bool asked; /* the ids were: see pci_source_ids() */
	struct pci_ids ids;
};

/* Facts that can be not known of a function, or known to be none. */
#define PCI_FACT_DRIVER (1u << 0)
#define PCI_FACT_GROUP	(1u << 1)
#define PCI_FACT_NODE	(1u << 2)
#define PCI_FACT_CDEV	(1u << 3)
#define PCI_FACT_PORT	(1u << 4)
#define PCI_FACT_HOLDER (1u << 5)
#define PCI_FACT_IDS	(1u << 6)

/* Why something about a device is not known, for messages. */
struct pci_unseen {
	const char *why;    /* in a few words: "needs root" */
	const char *cannot; /* before a thing: "no permission to read" */
	const char *config; /* the same of all extended config space */
	const char *hint;
	enum error_kind kind;
	int number;
};

/* Functions under VFIO alone are listed. */
#define PCI_LIST_VFIO (1u << 0)

/*
 * One back end. Each returns 0, or -errno with *err filled where there is an
 * err; -ENODEV: there is no such function. Called through the functions below
 * and those of device.h, which say more.
 */
struct pci_source_ops {
	const char *title;   /* of the machine that the facts are about */
	const char *nothing; /* there is no function at all */
	bool live; /* its devices can be opened, and more be asked of them */
	struct pci_unseen unseen;
	const struct pci_unseen *unseen_by_root; /* or NULL: the same */

	void (*close)(struct pci_source *source);
	/* Functions in any order, in *list (to be freed). */
	int (*list)(struct pci_source *source, unsigned int which,
		    struct pci_function **list, size_t *n, struct error *err);
	/* The function that a selector of one names; no selector of several. */
	int (*resolve)(struct pci_source *source, const struct selector *sel,
		       struct bdf *bdf);
	int (*ids)(struct pci_source *source, const struct bdf *bdf,
		   struct pci_ids *ids);

	int (*begin)(struct pci_device *dev);
	void (*end)(struct pci_device *dev);
	/* As a config_reader reads: -EPERM is not -ERANGE. */
	int (*read)(struct pci_device *dev, unsigned int offset, void *buffer,
		    unsigned int length);
	/* Driver, group, node, bridge; what else: PCI_DEVICE_CDEV. */
	int (*fill)(struct pci_device *dev, unsigned int what,
		    struct error *err);
	/* The topmost first. Returns how many. */
	int (*bridges)(const struct pci_device *dev,
		       struct bdf list[PCI_BRIDGES_MAX]);
	int (*holder)(const struct pci_device *dev, struct owner *holder,
		      struct error *err);
	int (*node_cpus)(const struct pci_device *dev, struct cpulist *cpus,
			 struct error *err);
	const struct st_table *(*table)(const struct pci_device *dev);
	void (*place)(const struct bdf *bdf, const char *file,
		      char place[PCI_PLACE_SIZE]);
	/* NULL: the source does not know it. */
	void (*power_state)(const struct bdf *bdf, char *state, size_t size);
};

/* This machine. Returns 0, or -errno with *err filled. */
int source_machine_open(struct pci_source **source, struct error *err);

/*
 * Who holds a function of this machine is for a higher room to find out: it
 * hands in the look. Without one nobody is seen to hold anything.
 */
typedef int pci_find_holder(void *context, const struct pci_device *dev,
			    struct owner *holder, struct error *err);
void source_machine_set_holders(struct pci_source *source,
				pci_find_holder *find, void *context);

/*
 * A file that lspci -xxxx or vfio-tph dump wrote; "-": standard input. It is
 * read once, to its end. Returns 0, or -errno with *err filled (ERR_USAGE
 * where it is no such file).
 */
int source_dump_open(const char *file, struct pci_source **source,
		     struct error *err);

/* The same of a file that is open already. name is how messages call it. */
int source_dump_read(FILE *f, const char *name, struct pci_source **source,
		     struct error *err);

void pci_source_close(struct pci_source *source);

/* Can devices be opened, and the kernel be asked about them? */
bool pci_source_is_live(const struct pci_source *source);

/* "machine", or what else it is called above what is known of it. */
const char *pci_source_title(const struct pci_source *source);

const struct pci_unseen *pci_source_unseen(const struct pci_source *source);

/*
 * The functions, ascending; which: PCI_LIST_*. Valid until the source is
 * asked for another list, or closed. Returns 0, or -errno with *err filled.
 */
int pci_source_list(struct pci_source *source, unsigned int which,
		    struct pci_function **list, size_t *n, struct error *err);

/* Ids and class of a function of the list: all 0 where they are not known. */
const struct pci_ids *pci_source_ids(struct pci_source *source,
				     struct pci_function *function);

/*
 * The addresses that a selector names, ascending, in *found (to be freed).
 * A selector that names nothing is ERR_NOT_FOUND. Returns 0 or -errno.
 */
int pci_source_find(struct pci_source *source, const struct selector *sel,
		    struct bdf **found, size_t *n, struct error *err);

/*
 * What a Root Port completes; the answer for the last one asked is kept.
 * Returns 0, -ENODEV where the function is no Root Port, or the error of
 * reading its config space.
 */
int pci_source_completer(struct pci_source *source, const struct bdf *port,
			 enum tph_completer *completer);

/*
 * The name of a vendor's device in words, from the list of PCI ids; "" where
 * it has none, or, with or_number, as lspci has it.
 */
void pci_source_name(struct pci_source *source, uint16_t vendor,
		     uint16_t device, bool or_number, char *name, size_t size);

/*
 * Where a fact about a function is seen, as evidence has it: the path of its
 * file in sysfs ("": the function itself), or what a dump calls it.
 */
void pci_source_place(const struct pci_source *source, const struct bdf *bdf,
		      const char *file, char place[PCI_PLACE_SIZE]);

/*
 * The power state of a function as sysfs names it: "D0" to "D3cold"; "" if it
 * is not known. 16 bytes are enough. Does not wake the function.
 */
void pci_source_power_state(const struct pci_source *source,
			    const struct bdf *bdf, char *state, size_t size);

#endif

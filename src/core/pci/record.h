/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in a dump beside the bytes of config space: the lines about
 * driver, NUMA node and IOMMU group that lspci -v prints too, and lines of
 * our own, "# vfio-tph: ...", which libpci skips. docs/dump.md has them.
 */
#ifndef CORE_PCI_RECORD_H
#define CORE_PCI_RECORD_H

#include <stdio.h>

#include "core/base/error.h"
#include "core/pci/bdf.h"
#include "core/pci/holder.h"
#include "core/pci/st_facts.h"

/* Longest line that libpci takes, its end included, less a margin. */
#define PCI_RECORD_LINE 240

/* Of one function. */
struct pci_fact {
	struct bdf bdf;
	char driver[64];
	char cdev[64];
	int numa_node;	 /* -1: none */
	int iommu_group; /* -1: none */
	bool has_port;
	struct bdf port;
	struct owner owner; /* a pid of 0: none */
	struct cpulist node_cpus;
	struct st_table table; /* tags_known where it was recorded */
};

struct pci_record {
	struct pci_fact *facts; /* ascending by address */
	size_t n;
};

/*
 * Read them. name is how messages call the file. Returns 0, or -errno with *err
 * filled: ERR_USAGE where the file cannot be read, has no device in it or one
 * twice, or a line of ours that is wrong.
 */
int pci_record_read(const char *path, const char *name,
		    struct pci_record **record, struct error *err);
void pci_record_free(struct pci_record *record);

/* NULL where the function is not in it. */
const struct pci_fact *pci_record_find(const struct pci_record *record,
				       const struct bdf *bdf);

/*
 * Write what is told of a function below the line with its address. Returns
 * 0, or -ENOMEM where a list could not be written.
 */
int pci_record_write(FILE *out, const struct pci_fact *fact);

#endif

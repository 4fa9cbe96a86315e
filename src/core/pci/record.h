/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in a dump beside the bytes of config space: the lines about
 * driver, NUMA node and IOMMU group that lspci -v prints too, and lines of
 * our own, "# vfio-tph: ...", which lspci skips. docs/dump.md has them.
 */
#ifndef CORE_PCI_RECORD_H
#define CORE_PCI_RECORD_H

#include <stdio.h>

#include "core/base/error.h"
#include "core/pci/bdf.h"
#include "core/pci/source.h"

/* How a line of ours begins. */
#define PCI_RECORD_MARK "# vfio-tph: "

/* Longest line that lspci -F takes, its end included, less a margin. */
#define PCI_RECORD_LINE 240

/*
 * CPUs in all lists of a function: a short text could ask for any amount of
 * memory. Of 2048 vectors each may go to 1024 CPUs, and each tag may be that
 * of CPUs which share an L3 cache with a few hundred.
 */
#define PCI_FACT_CPUS_MAX (3u << 20)

/* Of one function. */
struct pci_fact {
	char driver[64];
	char cdev[64];
	int numa_node;	 /* -1: none */
	int iommu_group; /* -1: none */
	bool has_port;
	struct bdf port;
	struct owner owner; /* a pid of 0: none */
	struct cpulist node_cpus;
	struct st_table table; /* tags_known where it was recorded */
	size_t n_cpus;	       /* in all lists */
	unsigned int known;    /* PCI_FACT_*: told, if only that it is none */
};

void pci_fact_init(struct pci_fact *fact);
void pci_fact_free(struct pci_fact *fact);

/*
 * Take what a line tells, without blanks before and behind it. Returns 1; 0
 * where it tells nothing that is wanted; -EINVAL where it is one of ours and
 * wrong, or one list more than a function can have; or -ENOMEM.
 */
int pci_fact_take(struct pci_fact *fact, const char *line);

/*
 * Write what is told of a function below the line with its address. Returns
 * 0, or -ENOMEM where a list could not be written.
 */
int pci_fact_write(FILE *out, const struct pci_fact *fact);

#endif

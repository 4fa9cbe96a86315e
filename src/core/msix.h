/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steering tags in an MSI-X table: bits 31:16 of each vector's control word
 * (PCIe 6.0, 7.7.2.5), and which vectors are allocated.
 */
#ifndef CORE_MSIX_H
#define CORE_MSIX_H

#include <stdint.h>

#include "core/cpulist.h"
#include "core/error.h"
#include "core/pci_device.h"
#include "core/vfio_device.h"

/*
 * Read the tags of vectors [first, first + n) from the vector table, by a
 * read-only mapping through the open VFIO device: reading the region gives
 * all ones there. Memory decoding must be on, which is checked; should the
 * owner switch it off meanwhile, the fault is caught. Not for more than one
 * thread at a time. Returns 0, or -errno with *err filled.
 */
int msix_read_tags(struct vfio_device *device, const struct tph_cap *cap,
		   unsigned int first, unsigned int n, uint16_t *tags,
		   struct error *err);

/* One vector that is allocated through VFIO. */
struct msix_vector {
	unsigned int index;	/* in the vector table */
	unsigned int irq;	/* Linux interrupt number */
	int cpu;		/* where it is delivered; -1: no single CPU */
};

/*
 * The CPUs that an interrupt goes to: effective_affinity_list, or
 * smp_affinity_list on kernels that do not keep the effective one.
 * Returns 0, or -errno and an empty list.
 */
int msix_affinity(unsigned int irq, struct cpulist *cpus);

/*
 * The vectors of a function that VFIO has allocated, ascending, from
 * /proc/interrupts, where they are called vfio-msix[N](BDF), and the CPU
 * that each goes to. *vectors is to be freed.
 * Returns 0, or -errno with *err filled.
 */
int msix_vectors(const struct pci_device *pci, struct msix_vector **vectors,
		 size_t *n, struct error *err);

#endif

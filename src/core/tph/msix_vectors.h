/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MSI-X vectors of a function that are in use through VFIO, and where they
 * go. By sysfs, a few small files for each vector: /proc/interrupts has all
 * interrupts of the machine, each with a column for every CPU.
 */
#ifndef CORE_TPH_MSIX_VECTORS_H
#define CORE_TPH_MSIX_VECTORS_H

#include "core/cpu/cpulist.h"
#include "core/base/error.h"
#include "core/pci/device.h"

struct msix_vector {
	unsigned int index; /* in the vector table */
	unsigned int irq;   /* Linux interrupt number */
	int cpu;	    /* where it is delivered; -1: no single CPU */
};

/*
 * The CPUs that an interrupt goes to: effective_affinity_list, or
 * smp_affinity_list on kernels that do not keep the effective one.
 * Returns 0, or -errno and an empty list.
 */
int msix_affinity(unsigned int irq, struct cpulist *cpus);

/*
 * The vectors of a function that VFIO handles, ascending, and the CPU that
 * each goes to. Those that are allocated and have no handler are left out.
 * *vectors is to be freed. Source: the function's msi_irqs
 * (kernel/irq/msi.c) and /sys/kernel/irq/N/actions
 * (kernel/irq/irqdesc.c), where drivers/vfio/pci/vfio_pci_intrs.c calls them
 * vfio-msix[N](BDF).
 * Returns 0, or -errno with *err filled; -ENODATA: it is no device of this
 * machine.
 */
int msix_vectors(const struct pci_device *pci, struct msix_vector **vectors,
		 size_t *n, struct error *err);

#endif

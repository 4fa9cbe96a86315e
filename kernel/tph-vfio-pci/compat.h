/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels this driver builds on, and which it cannot
 * be built on: so it stands before every other header. The TPH_HAVE_* macros
 * come from Kbuild, which looks into the kernel's headers.
 */
#ifndef TPH_VFIO_PCI_COMPAT_H
#define TPH_VFIO_PCI_COMPAT_H

#include <linux/kconfig.h>

#ifndef TPH_HAVE_PCIE_TPH
#error "Linux 6.13 or later is needed: this kernel has no PCIe TPH support."
#elif !IS_ENABLED(CONFIG_PCIE_TPH)
#error "This kernel was built without CONFIG_PCIE_TPH; no module can add it."
#elif !IS_ENABLED(CONFIG_VFIO_PCI_CORE)
#error "This kernel was built without CONFIG_VFIO_PCI, which is built upon."
#endif

#include <linux/limits.h>
#include <linux/pci.h>
#include <linux/pci-tph.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/vfio_pci_core.h>

/**
 * tph_cpu_tag() - steering tag of a CPU, as the platform's firmware gives it
 * @pdev: the requester; TPH on it decides between 8-bit and 16-bit tags
 * @mem: kind of memory
 * @cpu: logical CPU number, below nr_cpu_ids
 * @tag: the tag; 0 for none
 *
 * pcie_tph_get_cpu_st() takes the logical number since it asks ACPI for the
 * processor's UID itself; before that it handed its argument to the firmware
 * as the UID, and the two agree only by chance.
 *
 * Return: 0, or -ENODEV or -EINVAL where the platform gives no tags
 */
static inline int tph_cpu_tag(struct pci_dev *pdev, enum tph_mem_type mem,
			      unsigned int cpu, u16 *tag)
{
#ifndef TPH_HAVE_CPU_UID
	return pcie_tph_get_cpu_st(pdev, mem, cpu, tag);
#elif defined(CONFIG_X86) && defined(CONFIG_ACPI)
	u32 uid = per_cpu(x86_cpu_to_acpiid, cpu);

	if (uid == U32_MAX)
		return -EINVAL;
	return pcie_tph_get_cpu_st(pdev, mem, uid, tag);
#else
	/* No exported way from a CPU to its UID: better none than a wrong. */
	return -ENODEV;
#endif
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module parameters that administrators know from the stock vfio-pci,
 * with the same names, defaults and access. Included by main.c alone.
 *
 * Both modules have enable_sriov and disable_denylist. The rest is the
 * replacement's: on kernels where vfio-pci-core keeps those settings for all
 * its drivers in common, a second driver must not touch them.
 */
#ifndef TPH_VFIO_PCI_PARAMS_H
#define TPH_VFIO_PCI_PARAMS_H

#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/pci_ids.h>
#include <linux/string.h>
#include <linux/vfio_pci_core.h>

static bool disable_denylist;
module_param(disable_denylist, bool, 0444);
MODULE_PARM_DESC(disable_denylist,
		 "Bind devices with known errata that untrusted users can exploit, too (default: off)");

#ifdef CONFIG_PCI_IOV
static bool enable_sriov;
module_param(enable_sriov, bool, 0644);
MODULE_PARM_DESC(enable_sriov,
		 "Allow sriov_numvfs on bound devices; the physical function's user must support it (default: off)");
#endif

static inline bool tph_params_sriov(void)
{
#ifdef CONFIG_PCI_IOV
	return enable_sriov;
#else
	return false;
#endif
}

/* Intel accelerators that the stock driver refuses for their errata. */
static const struct pci_device_id tph_denylist[] = {
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C3XXX) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C3XXX_VF) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C62X) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_C62X_VF) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_DH895XCC) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_QAT_DH895XCC_VF) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_DSA_SPR0) },
	{ PCI_VDEVICE(INTEL, PCI_DEVICE_ID_INTEL_IAX_SPR0) },
	{}
};

static bool tph_params_denied(struct pci_dev *pdev)
{
	if (!pci_match_id(tph_denylist, pdev))
		return false;
	pci_warn(pdev, "has errata that its user could exploit: %s\n",
		 disable_denylist ? "bound all the same (disable_denylist)"
				  : "not bound");
	return !disable_denylist;
}

#ifdef TPH_REPLACES_VFIO_PCI

static char ids[1024] __initdata;
module_param_string(ids, ids, sizeof(ids), 0);
MODULE_PARM_DESC(ids,
		 "Devices to bind: vendor:device[:subvendor[:subdevice[:class[:class_mask]]]], hexadecimal, several separated by commas");

static bool nointxmask;
module_param(nointxmask, bool, 0644);
MODULE_PARM_DESC(nointxmask,
		 "Do not mask INTx at the device but at the interrupt controller (default: off)");

static bool disable_idle_d3;
module_param(disable_idle_d3, bool, 0644);
MODULE_PARM_DESC(disable_idle_d3, "Leave idle devices in D0 (default: off)");

#ifdef CONFIG_VFIO_PCI_VGA
static bool disable_vga;
module_param(disable_vga, bool, 0444);
MODULE_PARM_DESC(disable_vga, "No access to VGA resources (default: off)");
#else
static const bool disable_vga = true;
#endif

/* Where the settings are a device's own, it keeps those it was bound with. */
static void tph_params_latch(struct vfio_pci_core_device *core)
{
#ifndef TPH_HAVE_SET_PARAMS
	core->nointxmask = nointxmask;
	core->disable_idle_d3 = disable_idle_d3;
	core->disable_vga = disable_vga;
#endif
}

static void __init tph_params_apply(void)
{
#ifdef TPH_HAVE_SET_PARAMS
	vfio_pci_core_set_params(nointxmask, disable_vga, disable_idle_d3);
#endif
}

static void __init tph_params_add_id(struct pci_driver *driver, const char *id)
{
	unsigned int vendor, device, subvendor = PCI_ANY_ID,
				     subdevice = PCI_ANY_ID, class = 0,
				     class_mask = 0;
	int ret = -EINVAL;

	if (sscanf(id, "%x:%x:%x:%x:%x:%x", &vendor, &device, &subvendor,
		   &subdevice, &class, &class_mask) >= 2)
		ret = pci_add_dynid(driver, vendor, device, subvendor,
				    subdevice, class, class_mask, 0);
	if (ret)
		pr_warn("%s: cannot add \"%s\" of ids= (%d)\n", KBUILD_MODNAME,
			id, ret);
}

static void __init tph_params_add_ids(struct pci_driver *driver)
{
	char *rest = ids, *id;

	while ((id = strsep(&rest, ","))) {
		if (*id)
			tph_params_add_id(driver, id);
	}
}

#else /* beside the stock driver */

static void tph_params_latch(struct vfio_pci_core_device *core)
{
}

static void __init tph_params_apply(void)
{
}

static void __init tph_params_add_ids(struct pci_driver *driver)
{
}

#endif

#endif

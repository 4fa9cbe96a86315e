// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test-only: lays a TPH Requester capability over emulated PCI functions, and
 * a TPH completer over their Root Ports, since QEMU emulates neither. It takes
 * the place of the config accessors of the buses concerned; the functions are
 * to be removed and the bus rescanned after loading and after unloading, so
 * that the PCI core looks at them afresh. Never load it on a machine that
 * matters: it tells the kernel of hardware that is not there.
 *
 * All parameters but the last are lists, one value a device; where a list is
 * shorter the default serves.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "overlay.h"

#define MAX_OVERLAYS 4

static char *device[MAX_OVERLAYS];
static unsigned int devices;
module_param_array(device, charp, &devices, 0444);
MODULE_PARM_DESC(device, "functions, DDDD:BB:DD.F");

static char *location[MAX_OVERLAYS];
module_param_array(location, charp, NULL, 0444);
MODULE_PARM_DESC(location, "ST table: none, capability (default) or msix");

static uint size[MAX_OVERLAYS];
module_param_array(size, uint, NULL, 0444);
MODULE_PARM_DESC(
	size,
	"entries of the ST table (0: 16, or as many as the MSI-X table has)");

static uint modes[MAX_OVERLAYS] = { 7, 7, 7, 7 };
module_param_array(modes, uint, NULL, 0444);
MODULE_PARM_DESC(modes, "modes, bits: 1 no ST, 2 interrupt vector, 4 device "
			"specific (default 7)");

static bool extended[MAX_OVERLAYS] = { true, true, true, true };
module_param_array(extended, bool, NULL, 0444);
MODULE_PARM_DESC(extended, "extended TPH requester (default Y)");

static uint completer[MAX_OVERLAYS] = { 3, 3, 3, 3 };
module_param_array(completer, uint, NULL, 0444);
MODULE_PARM_DESC(completer,
		 "of the Root Port: 0 none, 1 TPH, 3 extended too (default)");

static uint behind[MAX_OVERLAYS];
module_param_array(behind, uint, NULL, 0444);
MODULE_PARM_DESC(behind, "offset of a vendor's capability that follows ours, "
			 "wherever our table ends (0: none)");

static int failing_entry = -1;
module_param(failing_entry, int, 0644);
MODULE_PARM_DESC(failing_entry, "entry of tables in the capability that cannot "
				"be written (default -1: none)");

static struct overlay overlays[MAX_OVERLAYS];
/* Config accesses are not serialised by the PCI core on x86. */
static DEFINE_RAW_SPINLOCK(overlay_lock);

static struct hook {
	struct pci_bus *bus;
	struct pci_ops *ops;
} hooks[2 * MAX_OVERLAYS];
static unsigned int hooked;

static struct pci_ops *real_ops(const struct pci_bus *bus)
{
	unsigned int i;

	for (i = 0; i < hooked; i++)
		if (hooks[i].bus == bus)
			return hooks[i].ops;
	return NULL;
}

static bool is_function(const struct overlay *o, const struct pci_bus *bus,
			unsigned int devfn)
{
	return o->bus == bus && o->devfn == devfn;
}

static bool is_port(const struct overlay *o, const struct pci_bus *bus,
		    unsigned int devfn)
{
	return o->port_bus == bus && o->port_devfn == devfn;
}

/* A write to the entry that cannot be written. */
static bool is_failing(const struct overlay *o, const struct pci_bus *bus,
		       unsigned int devfn, int where)
{
	return failing_entry >= 0 && is_function(o, bus, devfn) &&
	       where ==
		       OVERLAY_OFFSET + PCI_TPH_BASE_SIZEOF + 2 * failing_entry;
}

static bool touched(const struct pci_bus *bus, unsigned int devfn)
{
	unsigned int i;

	for (i = 0; i < devices; i++)
		if (is_function(&overlays[i], bus, devfn) ||
		    is_port(&overlays[i], bus, devfn))
			return true;
	return false;
}

static int overlay_read(struct pci_bus *bus, unsigned int devfn, int where,
			int size, u32 *value)
{
	struct pci_ops *ops = real_ops(bus);
	int word = where & ~3;
	unsigned long flags;
	unsigned int i;
	u32 whole;
	int ret;

	if (!ops)
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (!touched(bus, devfn))
		return ops->read(bus, devfn, where, size, value);

	ret = ops->read(bus, devfn, word, 4, &whole);
	if (ret)
		return ret;
	raw_spin_lock_irqsave(&overlay_lock, flags);
	for (i = 0; i < devices; i++) {
		if (is_function(&overlays[i], bus, devfn))
			whole = overlay_patch_read(&overlays[i], word, whole);
		if (is_port(&overlays[i], bus, devfn))
			whole = overlay_patch_port_read(&overlays[i], word,
							whole);
	}
	raw_spin_unlock_irqrestore(&overlay_lock, flags);
	*value = whole >> (8 * (where - word));
	if (size < 4)
		*value &= (1U << (8 * size)) - 1;
	return 0;
}

static int overlay_write(struct pci_bus *bus, unsigned int devfn, int where,
			 int size, u32 value)
{
	struct pci_ops *ops = real_ops(bus);
	bool absorbed = false;
	unsigned long flags;
	unsigned int i;
	u32 pmcsr = 0;

	if (!ops)
		return PCIBIOS_DEVICE_NOT_FOUND;
	for (i = 0; i < devices; i++) {
		struct overlay *o = &overlays[i];

		if (is_failing(o, bus, devfn, where))
			return PCIBIOS_SET_FAILED;
		if (is_function(o, bus, devfn) && o->pm)
			ops->read(bus, devfn, o->pm + PCI_PM_CTRL, 2, &pmcsr);
		raw_spin_lock_irqsave(&overlay_lock, flags);
		if (is_function(o, bus, devfn)) {
			absorbed |= overlay_absorb_write(o, where, size, value);
			overlay_notice_write(o, where, size, value, pmcsr);
		}
		if (is_port(o, bus, devfn))
			overlay_notice_port_write(o, where, size, value);
		raw_spin_unlock_irqrestore(&overlay_lock, flags);
	}
	return absorbed ? 0 : ops->write(bus, devfn, where, size, value);
}

static struct pci_ops overlay_ops = {
	.read = overlay_read,
	.write = overlay_write,
};

/* Find the end of the list of extended capabilities, to put ours behind it. */
static void find_link(struct overlay *o, struct pci_dev *pdev)
{
	u32 header;
	int ttl;

	o->link = PCI_CFG_SPACE_SIZE;
	for (ttl = 64; ttl--; o->link = PCI_EXT_CAP_NEXT(header)) {
		pci_read_config_dword(pdev, o->link, &header);
		if (header == 0)
			o->link_is_null = true;
		if (PCI_EXT_CAP_NEXT(header) == 0)
			return;
	}
}

static int parse_location(const char *name, enum overlay_location *where)
{
	static const char *const names[] = { "none", "capability", "msix" };
	int i = name ? match_string(names, ARRAY_SIZE(names), name)
		     : OVERLAY_CAPABILITY;

	if (i < 0)
		return -EINVAL;
	*where = i;
	return 0;
}

static int describe(struct overlay *o, unsigned int i, struct pci_dev *pdev)
{
	struct pci_dev *port = pcie_find_root_port(pdev);
	unsigned int entries = size[i], limit = 2048;
	enum overlay_location where;
	u16 pmcsr = 0;

	/* An integrated endpoint has no Root Port. */
	if (!pci_is_pcie(pdev) || parse_location(location[i], &where) ||
	    (!port && pci_pcie_type(pdev) != PCI_EXP_TYPE_RC_END))
		return -EINVAL;
	if (where == OVERLAY_MSIX) {
		/* Their count is the highest number of a vector, plus one. */
		int vectors = pci_msix_vec_count(pdev);

		if (vectors < 0)
			return vectors;
		limit = vectors;
		if (!entries)
			entries = limit;
	} else if (where == OVERLAY_CAPABILITY) {
		if (!entries)
			entries = 16;
	}
	if (entries > limit || modes[i] > 7 || completer[i] > 3 ||
	    behind[i] & 3 || (behind[i] && behind[i] <= OVERLAY_OFFSET) ||
	    behind[i] > PCI_CFG_SPACE_EXP_SIZE - 8)
		return -EINVAL;

	o->bus = pdev->bus;
	o->devfn = pdev->devfn;
	o->pcie = pci_pcie_cap(pdev);
	o->pm = pdev->pm_cap;
	if (o->pm)
		pci_read_config_word(pdev, o->pm + PCI_PM_CTRL, &pmcsr);
	o->soft_reset = !(pmcsr & PCI_PM_CTRL_NO_SOFT_RESET);
	if (port) {
		o->port_bus = port->bus;
		o->port_devfn = port->devfn;
		o->port_pcie = pci_pcie_cap(port);
		o->completer = completer[i];
	}
	o->behind = behind[i];
	find_link(o, pdev);
	overlay_make(o, where, entries, modes[i], extended[i]);
	return 0;
}

static int describe_named(struct overlay *o, unsigned int i)
{
	unsigned int domain, bus, slot, function;
	struct pci_dev *pdev;
	int ret;

	if (sscanf(device[i], "%x:%x:%x.%x", &domain, &bus, &slot, &function) !=
	    4)
		return -EINVAL;
	pdev = pci_get_domain_bus_and_slot(domain, bus,
					   PCI_DEVFN(slot, function));
	if (!pdev)
		return -ENODEV;
	ret = describe(o, i, pdev);
	pci_dev_put(pdev);
	return ret;
}

static void hook(struct pci_bus *bus)
{
	if (real_ops(bus))
		return;
	/* The entry first: an access may come as soon as the ops are ours. */
	hooks[hooked].bus = bus;
	hooks[hooked].ops = bus->ops;
	hooked++;
	pci_bus_set_ops(bus, &overlay_ops);
}

static int __init tph_overlay_init(void)
{
	unsigned int i;
	int ret;

	if (!devices)
		return -EINVAL;
	for (i = 0; i < devices; i++) {
		ret = describe_named(&overlays[i], i);
		if (ret) {
			pr_err("tph-overlay: %s: error %d\n", device[i], ret);
			return ret;
		}
	}
	for (i = 0; i < devices; i++) {
		hook(overlays[i].bus);
		if (overlays[i].port_bus)
			hook(overlays[i].port_bus);
	}
	return 0;
}

static void __exit tph_overlay_exit(void)
{
	unsigned int i;

	for (i = 0; i < hooked; i++)
		pci_bus_set_ops(hooks[i].bus, hooks[i].ops);
	/* Let accesses end that took our ops just before. */
	synchronize_rcu();
}

module_init(tph_overlay_init);
module_exit(tph_overlay_exit);

MODULE_DESCRIPTION("Test only: a TPH capability over an emulated PCI function");
MODULE_LICENSE("GPL");

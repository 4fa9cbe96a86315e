/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vendor and device in words, from the lists of PCI ids. */
#include <string.h>

#include "core/pci/device.h"
#include "core/pci/private.h"

struct name {
	struct pci_bus *bus;
	uint16_t vendor, device;
	char *text;
	size_t size;
};

static bool look_up(const struct name *name, int flags)
{
	return pci_lookup_name(name->bus->access, name->text, (int)name->size,
			       (int)PCI_LOOKUP_VENDOR | (int)PCI_LOOKUP_DEVICE |
				       flags,
			       name->vendor, name->device);
}

/*
 * udev's database is searched; pci.ids is read from its first to its last
 * line, 1.3 MB for one name. libpci reads it first, and asks udev for what is
 * not in it. With a list that is empty it asks udev for all.
 */
static bool look_in_udev(const struct name *name)
{
	static char no_list[] = "/dev/null";
	struct pci_access *access = name->bus->access;
	char *list = access->id_file_name;
	bool found;

	pci_set_name_list_path(access, no_list, 0);
	found = look_up(name, PCI_LOOKUP_NO_NUMBERS);
	pci_set_name_list_path(access, list, 0);
	return found;
}

/* Only where libpci's errors are caught. */
static void find_name(struct pci_bus *bus, uint16_t vendor, uint16_t device,
		      bool or_number, char *name, size_t size)
{
	const struct name wanted = { bus, vendor, device, name, size };

	if (!bus->reads_pci_ids && look_in_udev(&wanted))
		return;
	if (!bus->reads_pci_ids)
		pci_free_name_list(bus->access); /* the empty one */
	bus->reads_pci_ids = true;
	if (!look_up(&wanted, or_number ? 0 : PCI_LOOKUP_NO_NUMBERS))
		name[0] = '\0';
}

struct question {
	struct pci_bus *bus;
	uint16_t vendor, device;
	bool or_number;
	char *name;
	size_t size;
};

static void answer(void *argument)
{
	struct question *q = argument;

	find_name(q->bus, q->vendor, q->device, q->or_number, q->name, q->size);
}

void pci_bus_name(struct pci_bus *bus, uint16_t vendor, uint16_t device,
		  bool or_number, char *name, size_t size)
{
	struct question q = { bus, vendor, device, or_number, name, size };
	struct error ignored;

	if (pci_guarded(answer, &q, &ignored))
		name[0] = '\0';
}

void pci_name_look(struct pci_device *dev, bool or_number)
{
	struct pci_name *last = &dev->bus->name;

	if (last->asked && last->or_number == or_number &&
	    last->vendor_id == dev->vendor_id &&
	    last->device_id == dev->device_id) {
		memcpy(dev->name, last->text, sizeof(dev->name));
		return;
	}
	find_name(dev->bus, dev->vendor_id, dev->device_id, or_number,
		  dev->name, sizeof(dev->name));
	*last = (struct pci_name){ .asked = true,
				   .or_number = or_number,
				   .vendor_id = dev->vendor_id,
				   .device_id = dev->device_id };
	memcpy(last->text, dev->name, sizeof(last->text));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vendor and device in words, from the lists of PCI ids. */
#include <pci/pci.h>
#include <stdio.h>

#include "core/pci/private.h"

struct question {
	struct pci_source *source;
	uint16_t vendor, device;
	bool or_number;
	char *text;
	size_t size;
};

static bool look_up(const struct question *q, int flags)
{
	return pci_lookup_name(q->source->names, q->text, (int)q->size,
			       (int)PCI_LOOKUP_VENDOR | (int)PCI_LOOKUP_DEVICE |
				       flags,
			       q->vendor, q->device);
}

/*
 * udev's database is searched; pci.ids is read from its first to its last
 * line, 1.3 MB for one name. libpci reads it first, and asks udev for what is
 * not in it. With a list that is empty it asks udev for all.
 */
static bool look_in_udev(const struct question *q)
{
	static char no_list[] = "/dev/null";
	struct pci_access *access = q->source->names;
	char *list = access->id_file_name;
	bool found;

	pci_set_name_list_path(access, no_list, 0);
	found = look_up(q, PCI_LOOKUP_NO_NUMBERS);
	pci_set_name_list_path(access, list, 0);
	return found;
}

static void answer(void *argument)
{
	const struct question *q = argument;
	struct pci_source *source = q->source;

	if (!source->names)
		source->names = pci_access_new();
	if (!source->reads_pci_ids && look_in_udev(q))
		return;
	if (!source->reads_pci_ids)
		pci_free_name_list(source->names); /* the empty one */
	source->reads_pci_ids = true;
	if (!look_up(q, q->or_number ? 0 : PCI_LOOKUP_NO_NUMBERS))
		q->text[0] = '\0';
}

void pci_source_name(struct pci_source *source, uint16_t vendor,
		     uint16_t device, bool or_number, char *name, size_t size)
{
	struct pci_name *last = &source->name;
	struct question q = { source,	 vendor,     device,
			      or_number, last->text, sizeof(last->text) };
	struct error ignored;

	if (!last->asked || last->or_number != or_number ||
	    last->vendor_id != vendor || last->device_id != device) {
		if (pci_guarded(answer, &q, &ignored))
			last->text[0] = '\0';
		last->asked = true;
		last->or_number = or_number;
		last->vendor_id = vendor;
		last->device_id = device;
	}
	snprintf(name, size, "%s", last->text);
}

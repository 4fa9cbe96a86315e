/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/find.h"

#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/owner/scan.h"

int owner_find(const struct pci_device *pci, struct owner *owner)
{
	const struct owner_scan *scan;
	int r = owner_look(0, &scan);

	*owner = (struct owner){ 0 };
	return r ? r : owner_scan_find(scan, pci, owner);
}

bool owner_holds(const struct pci_device *pci, const struct owner *owner)
{
	const struct owner_scan *scan;
	struct owner found;

	return owner_look(owner->pid, &scan) == 0 &&
	       owner_scan_find(scan, pci, &found);
}

bool owner_is_hidden(const struct pci_device *pci)
{
	char text[16];

	/* VFIO enables a function while it is open. */
	return sysfs_readf(text, sizeof(text), "/sys/bus/pci/devices/%s/enable",
			   pci->address) > 0 &&
	       text_number(text) > 0;
}

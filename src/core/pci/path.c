/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/path.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/pci/device.h"

int pci_path_bridges(const struct pci_device *dev, struct bdf **bridges,
		     size_t *n, struct error *err)
{
	_cleanup_free_ struct bdf *list =
		calloc(PCI_BRIDGES_MAX, sizeof(*list));
	int found;

	*n = 0;
	if (!list)
		return error_system(err, ENOMEM, "cannot list the bridges");
	found = pci_device_bridges(dev, list);
	if (found < 0)
		return error_system(err, -found, "cannot list the bridges");
	*bridges = take_ptr(list);
	*n = (size_t)found;
	return 0;
}

static void name_type(unsigned int type, struct pci_port *port)
{
	static const struct {
		unsigned int type;
		const char *name;
	} names[] = {
		{ PCI_EXP_TYPE_ROOT_PORT, "Root Port" },
		{ PCI_EXP_TYPE_UPSTREAM, "switch, upstream" },
		{ PCI_EXP_TYPE_DOWNSTREAM, "switch, downstream" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].type == type) {
			port->type = names[i].name;
			port->routes = true;
		}
}

int pci_path_port(struct pci_source *source, const struct bdf *bdf,
		  struct pci_port *port)
{
	struct pci_device dev;
	struct config_reader config = pci_device_config(&dev);
	struct error ignored;
	unsigned int at, flags = 0;
	int r;

	*port = (struct pci_port){ .type = "bridge" };
	if (pci_device_begin(source, bdf, &dev, &ignored))
		return -ENODEV;
	r = config_find_cap(&config, PCI_CAP_ID_EXP, &at);
	if (r == 0 && at)
		r = config_read16(&config, at + PCI_EXP_FLAGS, &flags);
	if (r == 0 && at)
		name_type((flags & PCI_EXP_FLAGS_TYPE) >> 4, port);
	/* Version 1 ends before that register. */
	if (r == 0 && at && (flags & PCI_EXP_FLAGS_VERS) >= 2) {
		port->offset = at + PCI_EXP_DEVCAP2;
		r = config_read32(&config, port->offset, &port->capabilities2);
		port->prefixes =
			port->capabilities2 & PCI_EXP_DEVCAP2_EE_PREFIX;
	}
	pci_device_close(&dev);
	return r;
}

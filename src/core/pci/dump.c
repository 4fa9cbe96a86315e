/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump that lspci -xxxx, or vfio-tph dump, wrote, in place of a machine. */
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/pci/device.h"
#include "core/pci/private.h"

/*
 * The file is read twice, by libpci and by ourselves: what can be read once
 * only, a pipe, is copied first. *fd keeps the copy, path is its name.
 */
static int make_rereadable(const char *file, int *fd, char *path, size_t size,
			   struct error *err)
{
	_cleanup_fclose_ FILE *in = NULL;
	char buffer[65536];
	struct stat st;
	size_t n;

	*fd = -1;
	if (strcmp(file, "-") == 0)
		file = "/dev/stdin";
	snprintf(path, size, "%s", file);
	if (strlen(file) >= size)
		return error_set(err, ERR_USAGE, ENAMETOOLONG,
				 "cannot read a dump: %s",
				 strerror(ENAMETOOLONG));
	if (stat(file, &st) || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0; /* what is wrong with it will turn out */
	in = fopen(file, "re");
	*fd = memfd_create("dump", MFD_CLOEXEC);
	if (!in || *fd < 0)
		return error_set(err, ERR_USAGE, errno,
				 "cannot read %.256s: %s", file,
				 strerror(errno));
	while ((n = fread(buffer, 1, sizeof(buffer), in)) > 0)
		if (write(*fd, buffer, n) != (ssize_t)n)
			return error_system(err, errno, "cannot copy %.256s",
					    file);
	snprintf(path, size, "/proc/self/fd/%d", *fd);
	return 0;
}

struct opening {
	struct pci_access *access;
	char *path;
	bool can; /* libpci knows dumps */
};

static void open_dump(void *argument)
{
	static char parameter[] = "dump.name";
	struct opening *o = argument;

	o->can = pci_set_param(o->access, parameter, o->path) == 0;
	if (o->can)
		pci_init(o->access);
}

/* Without a byte of config space it is a list, not a dump. */
static int check_bytes(struct pci_bus *bus, const char *file, struct error *err)
{
	for (struct pci_dev *d = bus->access->devices; d; d = d->next) {
		u8 byte;

		if (pci_read_block(d, 0, &byte, 1))
			return 0;
	}
	return error_set(err, ERR_USAGE, EINVAL,
			 "%.256s: no bytes of config space in it", file);
}

static int load(struct pci_bus *bus, const char *file, char *path,
		struct error *err)
{
	struct opening opening = { .path = path };
	int r = pci_record_read(path, file, &bus->record, err);

	if (r)
		return r;
	bus->access = pci_alloc();
	bus->access->method = PCI_ACCESS_DUMP;
	pci_prepare(bus->access);
	opening.access = bus->access;
	r = pci_guarded(open_dump, &opening, err);
	if (r) {
		/* "libpci: dump: Malformed line" */
		error_prefix(err, "%.256s", file);
		err->kind = ERR_USAGE;
		return r;
	}
	if (!opening.can)
		return error_set(err, ERR_SYSTEM, ENOSYS,
				 "this libpci cannot read dumps");
	return check_bytes(bus, file, err);
}

int pci_bus_open_dump(const char *file, struct pci_bus **bus, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct pci_bus *b;
	char path[4096];
	int r = make_rereadable(file, &fd, path, sizeof(path), err);

	if (r)
		return r;
	b = calloc(1, sizeof(*b));
	if (!b)
		return error_system(err, ENOMEM, "cannot read the dump");
	r = load(b, strcmp(file, "-") == 0 ? "standard input" : file, path,
		 err);
	if (r == 0) {
		*bus = b;
		return 0;
	}
	if (err->kind == ERR_USAGE)
		error_advise(err, ADVICE_MAKE_DUMP);
	pci_bus_close(b);
	return r;
}

bool pci_bus_is_dump(const struct pci_bus *bus)
{
	return bus->record != NULL;
}

const struct pci_fact *pci_device_fact(const struct pci_device *dev)
{
	return dev->bus->record ? pci_record_find(dev->bus->record, &dev->bdf)
				: NULL;
}

struct pci_dev *pci_dump_find(const struct pci_bus *bus, const struct bdf *bdf)
{
	struct pci_dev *d = bus->access->devices;

	while (d && ((uint32_t)d->domain != bdf->domain || d->bus != bdf->bus ||
		     d->dev != bdf->device || d->func != bdf->function))
		d = d->next;
	return d;
}

/* The bridge to a bus. */
static struct pci_dev *find_bridge(const struct pci_bus *bus, int domain,
				   u8 number)
{
	for (struct pci_dev *d = bus->access->devices; d; d = d->next) {
		u8 type, secondary;

		if (d->domain == domain && d->bus != number &&
		    pci_read_block(d, PCI_HEADER_TYPE, &type, 1) &&
		    (type & 0x7f) == PCI_HEADER_TYPE_BRIDGE &&
		    pci_read_block(d, PCI_SECONDARY_BUS, &secondary, 1) &&
		    secondary == number)
			return d;
	}
	return NULL;
}

static struct bdf bdf_of(const struct pci_dev *d)
{
	return (struct bdf){ .domain = (uint32_t)d->domain,
			     .bus = d->bus,
			     .device = d->dev,
			     .function = d->func };
}

bool pci_dump_bridge(const struct pci_bus *bus, const struct bdf *bdf,
		     struct bdf *bridge)
{
	const struct pci_dev *d =
		find_bridge(bus, (int)bdf->domain, (u8)bdf->bus);

	if (d)
		*bridge = bdf_of(d);
	return d != NULL;
}

bool pci_dump_port(const struct pci_bus *bus, const struct bdf *bdf,
		   struct bdf *port)
{
	struct bdf at = *bdf;
	int steps = 0;

	/* No more steps than there are buses: the numbers may be nonsense. */
	for (; steps < 256 && pci_dump_bridge(bus, &at, port); steps++)
		at = *port;
	return steps > 0;
}

static int step_down(const struct pci_bus *bus, struct bdf *at,
		     const struct bridge_hop *hop)
{
	for (struct pci_dev *d = bus->access->devices; d; d = d->next) {
		const struct pci_dev *bridge;
		struct bdf above;

		if ((uint32_t)d->domain != at->domain ||
		    d->dev != hop->device || d->func != hop->function ||
		    (hop->bus >= 0 && d->bus != hop->bus))
			continue;
		bridge = find_bridge(bus, d->domain, d->bus);
		if (!bridge)
			continue;
		above = bdf_of(bridge);
		if (!bdf_equal(&above, at))
			continue;
		*at = bdf_of(d);
		return 0;
	}
	return -ENOENT;
}

int pci_dump_find_one(const struct pci_bus *bus, const struct selector *sel,
		      struct bdf *bdf)
{
	int r = 0;

	/* Paths below /sys and /dev are this machine's. */
	if (sel->kind == SELECT_SYSFS || sel->kind == SELECT_CDEV)
		return -ENODEV;
	*bdf = sel->bdf;
	for (unsigned int i = 0; r == 0 && i < sel->n_hops; i++)
		r = step_down(bus, bdf, &sel->hops[i]);
	return r ? r : pci_dump_find(bus, bdf) ? 0 : -ENODEV;
}

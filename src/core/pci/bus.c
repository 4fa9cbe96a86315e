/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/pci/device.h"
#include "core/pci/private.h"
#include "core/base/sysfs.h"

/*
 * libpci reports an error by a call that must not return; the way out of it
 * is to jump. Every call into libpci that can fail goes through pci_guarded().
 */
static _Thread_local jmp_buf *way_out;
static _Thread_local char what_failed[256];

static void __attribute__((noreturn, format(printf, 1, 2)))
on_error(char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(what_failed, sizeof(what_failed), format, ap);
	va_end(ap);
	if (!way_out)
		abort(); /* a call that is not guarded: a bug of ours */
	longjmp(*way_out, 1);
}

/* Warnings and debugging of libpci: what matters is said by ourselves. */
static void __attribute__((format(printf, 1, 2))) on_remark(char *format, ...)
{
	(void)format;
}

int pci_guarded(void (*call)(void *), void *argument, struct error *err)
{
	jmp_buf env;

	if (setjmp(env)) {
		way_out = NULL;
		return error_set(err, ERR_SYSTEM, EIO, "libpci: %s",
				 what_failed);
	}
	way_out = &env;
	call(argument);
	way_out = NULL;
	return 0;
}

void pci_prepare(struct pci_access *access)
{
	access->error = on_error;
	access->warning = on_remark;
	access->debug = on_remark;
	/* Not ~/.pciids-cache: for its name libpci would ask for our user. */
	access->id_lookup_mode = 0;
}

static void init_access(void *argument)
{
	pci_init(argument);
}

static int open_access(struct pci_access **access, struct error *err)
{
	struct pci_access *a = pci_alloc();

	/* No probing of raw ports: sysfs, or nothing. */
	a->method = PCI_ACCESS_SYS_BUS_PCI;
	pci_prepare(a);
	if (pci_guarded(init_access, a, err)) {
		pci_cleanup(a);
		return -EIO;
	}
	*access = a;
	return 0;
}

int pci_bus_open(struct pci_bus **bus, struct error *err)
{
	_cleanup_free_ struct pci_bus *b = calloc(1, sizeof(*b));

	if (!b)
		return error_system(err, ENOMEM, "cannot open the PCI bus");
	if (open_access(&b->access, err))
		return -EIO;
	*bus = take_ptr(b);
	return 0;
}

void pci_bus_close(struct pci_bus *bus)
{
	if (!bus)
		return;
	if (bus->access)
		pci_cleanup(bus->access);
	pci_record_free(bus->record);
	free(bus->functions);
	free(bus);
}

static void scan(void *argument)
{
	pci_scan_bus(argument);
}

static struct bdf bdf_of(const struct pci_dev *dev)
{
	return (struct bdf){ .domain = (uint32_t)dev->domain,
			     .bus = dev->bus,
			     .device = dev->dev,
			     .function = dev->func };
}

static int compare(const void *a, const void *b)
{
	const struct pci_function *x = a, *y = b;

	return bdf_compare(&x->bdf, &y->bdf);
}

struct fill {
	struct pci_dev *dev;
	int what;
};

static void fill(void *argument)
{
	struct fill *f = argument;

	pci_fill_info(f->dev, f->what);
}

/* Ids of one that was unplugged meanwhile are 0, and match nothing. */
static void add_function(struct pci_bus *bus, struct pci_dev *dev,
			 bool with_ids)
{
	struct pci_function *f = &bus->functions[bus->n_functions++];
	struct fill request = { dev, PCI_FILL_IDENT };
	struct error ignored;

	*f = (struct pci_function){ .bdf = bdf_of(dev) };
	if (with_ids && pci_guarded(fill, &request, &ignored) == 0) {
		f->vendor_id = dev->vendor_id;
		f->device_id = dev->device_id;
	}
}

static int keep_functions(struct pci_bus *bus, const struct pci_access *access,
			  bool with_ids, struct error *err)
{
	size_t n = 0;

	for (const struct pci_dev *d = access->devices; d; d = d->next)
		n++;
	free(bus->functions);
	bus->n_functions = 0;
	bus->functions = calloc(n + 1, sizeof(*bus->functions));
	if (!bus->functions)
		return error_system(err, ENOMEM, "cannot list the devices");
	for (struct pci_dev *d = access->devices; d; d = d->next)
		add_function(bus, d, with_ids);
	qsort(bus->functions, n, sizeof(*bus->functions), compare);
	bus->with_ids = with_ids;
	return 0;
}

/*
 * All functions, and their ids if they are asked for. What libpci knows of
 * each of thousands is twenty times as much, and is not kept.
 */
static int list_functions(struct pci_bus *bus, bool with_ids, struct error *err)
{
	struct pci_access *access;
	int r;

	if (bus->functions && (bus->with_ids || !with_ids))
		return 0;
	if (bus->record) /* a dump is read already */
		return keep_functions(bus, bus->access, with_ids, err);
	r = open_access(&access, err);
	if (r)
		return r;
	r = pci_guarded(scan, access, err);
	if (r == 0)
		r = keep_functions(bus, access, with_ids, err);
	pci_cleanup(access);
	return r;
}

static int find_many(struct pci_bus *bus, const struct selector *sel,
		     struct bdf **found, size_t *n, struct error *err)
{
	bool by_id = sel->kind == SELECT_ID;
	_cleanup_free_ struct bdf *list = NULL;
	int r = list_functions(bus, by_id, err);

	if (r)
		return r;
	list = malloc((bus->n_functions + 1) * sizeof(*list));
	if (!list)
		return error_system(err, ENOMEM, "cannot list the devices");
	*n = 0;
	for (size_t i = 0; i < bus->n_functions; i++) {
		const struct pci_function *f = &bus->functions[i];

		if (!by_id || (f->vendor_id == sel->vendor &&
			       f->device_id == sel->device))
			list[(*n)++] = f->bdf;
	}
	if (*n == 0)
		return error_set(err, ERR_NOT_FOUND, ENODEV,
				 sel->kind == SELECT_ALL
					 ? "this machine has no PCI device"
					 : "no such device");
	*found = take_ptr(list);
	return 0;
}

/* The real directory of a function: /sys/devices/pci0000:00/.../BDF. */
static int device_dir(const struct bdf *bdf, char dir[PATH_MAX])
{
	char address[BDF_LENGTH], path[sizeof(DEVICE_DIR) + BDF_LENGTH];

	snprintf(path, sizeof(path), DEVICE_DIR "%s", bdf_format(bdf, address));
	return realpath(path, dir) ? 0 : -errno;
}

static int last_component(const char *path, struct bdf *bdf)
{
	const char *last = strrchr(path, '/');

	return bdf_parse(last ? last + 1 : path, bdf);
}

/* From the directory of a bridge to that of the function behind it. */
static int step_down(char dir[PATH_MAX], const struct bridge_hop *hop)
{
	_cleanup_closedir_ DIR *d = opendir(dir);
	struct dirent *entry;
	struct bdf bdf;

	if (!d)
		return -errno;
	while ((entry = readdir(d))) {
		size_t used = strlen(dir);

		if (bdf_parse(entry->d_name, &bdf) ||
		    bdf.device != hop->device ||
		    bdf.function != hop->function ||
		    (hop->bus >= 0 && bdf.bus != hop->bus))
			continue;
		if (used + 1 + strlen(entry->d_name) >= PATH_MAX)
			return -ENAMETOOLONG;
		snprintf(dir + used, PATH_MAX - used, "/%s", entry->d_name);
		return 0;
	}
	return -ENOENT;
}

static int follow_bridges(const struct selector *sel, struct bdf *bdf)
{
	char dir[PATH_MAX];
	int r = device_dir(&sel->bdf, dir);

	for (unsigned int i = 0; r == 0 && i < sel->n_hops; i++)
		r = step_down(dir, &sel->hops[i]);
	return r ? r : last_component(dir, bdf);
}

/* A path below /sys names a function only if it leads to its directory. */
static int follow_sysfs(const struct selector *sel, struct bdf *bdf)
{
	char given[PATH_MAX], dir[PATH_MAX];

	if (!realpath(sel->text, given))
		return -errno;
	if (last_component(given, bdf) || device_dir(bdf, dir) ||
	    strcmp(given, dir) != 0)
		return -ENODEV;
	return 0;
}

static int follow_cdev(const struct selector *sel, struct bdf *bdf)
{
	char path[PATH_MAX], name[64];
	int r;

	snprintf(path, sizeof(path), "/sys/class/vfio-dev/%s/device",
		 strrchr(sel->text, '/') + 1);
	r = sysfs_link_name(path, name, sizeof(name));
	return r ? r : bdf_parse(name, bdf);
}

static int check_there(const struct bdf *bdf)
{
	char address[BDF_LENGTH], path[sizeof(DEVICE_DIR) + BDF_LENGTH];

	snprintf(path, sizeof(path), DEVICE_DIR "%s", bdf_format(bdf, address));
	return access(path, F_OK) == 0 ? 0 : -errno;
}

static int find_one(const struct selector *sel, struct bdf *bdf)
{
	switch (sel->kind) {
	case SELECT_BRIDGE_PATH:
		return follow_bridges(sel, bdf);
	case SELECT_SYSFS:
		return follow_sysfs(sel, bdf);
	case SELECT_CDEV:
		return follow_cdev(sel, bdf);
	default:
		*bdf = sel->bdf;
		return check_there(bdf);
	}
}

int pci_bus_find(struct pci_bus *bus, const struct selector *sel,
		 struct bdf **found, size_t *n, struct error *err)
{
	struct bdf bdf = { 0 };
	int r;

	*found = NULL;
	*n = 0;
	if (selector_is_plural(sel))
		return find_many(bus, sel, found, n, err);
	r = bus->record ? pci_dump_find_one(bus, sel, &bdf)
			: find_one(sel, &bdf);
	if (r == -ENOMEM || r == -EIO || r == -EMFILE || r == -ENFILE ||
	    r == -EACCES)
		return error_system(err, -r, "cannot look for it");
	if (r)
		return error_set(err, ERR_NOT_FOUND, ENODEV, "no such device");
	*found = malloc(sizeof(**found));
	if (!*found)
		return error_system(err, ENOMEM, "cannot list the devices");
	**found = bdf;
	*n = 1;
	return 0;
}

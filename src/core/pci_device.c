/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci_device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/sysfs.h"

#define DEVICE_DIR "/sys/bus/pci/devices/"

struct pci_bus {
	struct pci_access *access;
	bool scanned;
};

/*
 * libpci reports an error by a call that must not return; the way out of it
 * is to jump. Every call into libpci that can fail goes through guarded().
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

static int guarded(void (*call)(void *), void *argument, struct error *err)
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

static void init_access(void *argument)
{
	pci_init(argument);
}

int pci_bus_open(struct pci_bus **bus, struct error *err)
{
	_cleanup_free_ struct pci_bus *b = calloc(1, sizeof(*b));

	if (!b)
		return error_system(err, ENOMEM, "cannot open the PCI bus");
	b->access = pci_alloc();
	/* No probing of raw ports: sysfs, or nothing. */
	b->access->method = PCI_ACCESS_SYS_BUS_PCI;
	b->access->error = on_error;
	b->access->warning = on_remark;
	b->access->debug = on_remark;
	if (guarded(init_access, b->access, err)) {
		pci_cleanup(b->access);
		return -EIO;
	}
	*bus = take_ptr(b);
	return 0;
}

void pci_bus_close(struct pci_bus *bus)
{
	if (!bus)
		return;
	pci_cleanup(bus->access);
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

static int compare_bdf(const void *a, const void *b)
{
	const struct bdf *x = a, *y = b;
	uint64_t kx = (uint64_t)x->domain << 16 | (uint64_t)x->bus << 8 |
		      (uint64_t)x->device << 3 | x->function;
	uint64_t ky = (uint64_t)y->domain << 16 | (uint64_t)y->bus << 8 |
		      (uint64_t)y->device << 3 | y->function;

	return (kx > ky) - (kx < ky);
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

static int find_many(struct pci_bus *bus, const struct selector *sel,
		     struct bdf **found, size_t *n, struct error *err)
{
	_cleanup_free_ struct bdf *list = NULL;
	size_t room = 0;
	int r;

	if (!bus->scanned) {
		r = guarded(scan, bus->access, err);
		if (r)
			return r;
		bus->scanned = true;
	}
	*n = 0;
	for (struct pci_dev *d = bus->access->devices; d; d = d->next) {
		if (sel->kind == SELECT_ID) {
			struct fill f = { d, PCI_FILL_IDENT };

			/* One that was unplugged meanwhile does not match. */
			if (guarded(fill, &f, err) ||
			    d->vendor_id != sel->vendor ||
			    d->device_id != sel->device)
				continue;
		}
		if (*n == room) {
			struct bdf *larger;

			room = room ? 2 * room : 64;
			larger = reallocarray(list, room, sizeof(*list));
			if (!larger)
				return error_system(err, ENOMEM,
						    "cannot list the devices");
			list = larger;
		}
		list[(*n)++] = bdf_of(d);
	}
	if (*n == 0)
		return error_set(err, ERR_NOT_FOUND, ENODEV,
				 sel->kind == SELECT_ALL
					 ? "this machine has no PCI device"
					 : "no such device");
	qsort(list, *n, sizeof(*list), compare_bdf);
	*found = take_ptr(list);
	return 0;
}

/* The real directory of a function: /sys/devices/pci0000:00/.../BDF. */
static int device_dir(const struct bdf *bdf, char dir[PATH_MAX])
{
	char address[BDF_LENGTH], path[sizeof(DEVICE_DIR) + BDF_LENGTH];

	snprintf(path, sizeof(path), DEVICE_DIR "%s",
		 bdf_format(bdf, address));
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

static int find_one(const struct selector *sel, struct bdf *bdf)
{
	char dir[PATH_MAX];

	switch (sel->kind) {
	case SELECT_BRIDGE_PATH:
		return follow_bridges(sel, bdf);
	case SELECT_SYSFS:
		return follow_sysfs(sel, bdf);
	case SELECT_CDEV:
		return follow_cdev(sel, bdf);
	default:
		*bdf = sel->bdf;
		return device_dir(bdf, dir);
	}
}

int pci_bus_find(struct pci_bus *bus, const struct selector *sel,
		 struct bdf **found, size_t *n, struct error *err)
{
	struct bdf bdf = { 0 };

	*found = NULL;
	*n = 0;
	if (selector_is_plural(sel))
		return find_many(bus, sel, found, n, err);
	if (find_one(sel, &bdf))
		return error_set(err, ERR_NOT_FOUND, ENODEV,
				 "no such device");
	*found = malloc(sizeof(**found));
	if (!*found)
		return error_system(err, ENOMEM, "cannot list the devices");
	**found = bdf;
	*n = 1;
	return 0;
}

/* The character device: the one entry of the directory vfio-dev. */
static void find_cdev(struct pci_device *dev)
{
	_cleanup_closedir_ DIR *d = NULL;
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 16];
	struct dirent *entry;

	snprintf(path, sizeof(path), DEVICE_DIR "%s/vfio-dev", dev->address);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		if (strncmp(entry->d_name, "vfio", 4) == 0 &&
		    strlen(entry->d_name) < 16)
			snprintf(dev->cdev, sizeof(dev->cdev),
				 "/dev/vfio/devices/%.15s", entry->d_name);
}

/*
 * The topmost bridge: the first address behind the last host bridge ("pci"
 * and its number) in the path. Intel's VMD puts a host bridge below a
 * function, so the last one counts.
 */
static void find_port(struct pci_device *dev)
{
	char dir[PATH_MAX], *component, *rest = dir;
	bool host_bridge = false;
	struct bdf bdf;

	if (device_dir(&dev->bdf, dir))
		return;
	while ((component = strsep(&rest, "/"))) {
		if (strncmp(component, "pci", 3) == 0) {
			host_bridge = true;
		} else if (host_bridge && bdf_parse(component, &bdf) == 0) {
			dev->port = bdf;
			host_bridge = false;
		}
	}
	dev->below_port = !bdf_equal(&dev->port, &dev->bdf);
}

struct look {
	struct pci_device *dev;
	bool with_name;
};

static void look(void *argument)
{
	struct look *l = argument;
	struct pci_device *dev = l->dev;
	struct pci_access *access = dev->bus->access;
	const char *text;

	dev->handle = pci_get_dev(access, (int)dev->bdf.domain, dev->bdf.bus,
				  dev->bdf.device, dev->bdf.function);
	pci_fill_info(dev->handle, PCI_FILL_IDENT | PCI_FILL_CLASS |
					   PCI_FILL_NUMA_NODE |
					   PCI_FILL_IOMMU_GROUP |
					   PCI_FILL_DRIVER);
	dev->vendor_id = dev->handle->vendor_id;
	dev->device_id = dev->handle->device_id;
	dev->class_id = dev->handle->device_class;
	dev->numa_node = dev->handle->numa_node;
	text = pci_get_string_property(dev->handle, PCI_FILL_DRIVER);
	if (text)
		snprintf(dev->driver, sizeof(dev->driver), "%s", text);
	text = pci_get_string_property(dev->handle, PCI_FILL_IOMMU_GROUP);
	if (text)
		dev->iommu_group = atoi(text);
	if (l->with_name &&
	    !pci_lookup_name(access, dev->name, sizeof(dev->name),
			     PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE |
				     PCI_LOOKUP_NO_NUMBERS,
			     dev->vendor_id, dev->device_id))
		dev->name[0] = '\0';
}

int pci_device_open(struct pci_bus *bus, const struct bdf *bdf, bool with_name,
		    struct pci_device *dev, struct error *err)
{
	struct look l = { dev, with_name };
	char dir[PATH_MAX];
	int r;

	*dev = (struct pci_device){ .bus = bus,
				    .bdf = *bdf,
				    .iommu_group = -1,
				    .numa_node = -1 };
	bdf_format(bdf, dev->address);
	if (device_dir(bdf, dir))
		return error_set(err, ERR_NOT_FOUND, ENODEV,
				 "no such device");
	r = guarded(look, &l, err);
	if (r) {
		pci_device_close(dev);
		return r;
	}
	find_cdev(dev);
	find_port(dev);
	return 0;
}

void pci_device_close(struct pci_device *dev)
{
	if (dev->handle)
		pci_free_dev(dev->handle);
	dev->handle = NULL;
}

struct config_read {
	struct pci_dev *dev;
	unsigned int offset, length;
	void *buffer;
	int ok;
};

static void read_config(void *argument)
{
	struct config_read *c = argument;

	c->ok = pci_read_block(c->dev, (int)c->offset, c->buffer,
			       (int)c->length);
	/* libpci keeps the file open, for our children too. */
	if (c->dev->access->fd >= 0)
		fcntl(c->dev->access->fd, F_SETFD, FD_CLOEXEC);
}

/*
 * A read that came back short was beyond the end of the file (a conventional
 * function ends at 256 bytes) or beyond what this user may see (64 bytes).
 */
static int why_short(const struct pci_device *dev, unsigned int end)
{
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 16];
	struct stat st;

	snprintf(path, sizeof(path), DEVICE_DIR "%s/config", dev->address);
	if (stat(path, &st))
		return -ENODEV;
	return end > (unsigned long)st.st_size ? -ERANGE : -EPERM;
}

static int config_read(void *context, unsigned int offset, void *buffer,
		       unsigned int length)
{
	struct pci_device *dev = context;
	struct config_read c = { dev->handle, offset, length, buffer, 0 };
	struct error err;

	if (guarded(read_config, &c, &err))
		return -EIO;
	return c.ok ? 0 : why_short(dev, offset + length);
}

struct config_reader pci_device_config(struct pci_device *dev)
{
	return (struct config_reader){ .read = config_read, .context = dev };
}

int pci_group_members(int group, struct group_member **members, size_t *n,
		      struct error *err)
{
	_cleanup_closedir_ DIR *d = NULL;
	_cleanup_free_ struct group_member *list = NULL;
	char path[128];
	struct dirent *entry;

	snprintf(path, sizeof(path), "/sys/kernel/iommu_groups/%d/devices",
		 group);
	*n = 0;
	d = opendir(path);
	if (!d)
		return error_system(err, errno, "cannot read %s", path);
	while ((entry = readdir(d))) {
		struct group_member member = { .driver = "" }, *larger;

		if (bdf_parse(entry->d_name, &member.bdf))
			continue;
		snprintf(path, sizeof(path), DEVICE_DIR "%.16s/driver",
			 entry->d_name);
		sysfs_link_name(path, member.driver, sizeof(member.driver));
		larger = reallocarray(list, *n + 1, sizeof(*list));
		if (!larger)
			return error_system(err, ENOMEM,
					    "cannot read the IOMMU group");
		list = larger;
		list[(*n)++] = member;
	}
	*members = take_ptr(list);
	return 0;
}

int pci_device_module(const struct pci_device *dev, char *name, size_t size)
{
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 32];

	snprintf(path, sizeof(path), DEVICE_DIR "%s/driver/module",
		 dev->address);
	return sysfs_link_name(path, name, size);
}

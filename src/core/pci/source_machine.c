/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of facts that is this machine: sysfs, and libpci's list. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/compat.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/cpu/topology.h"
#include "core/pci/device.h"
#include "core/pci/private.h"
#include "core/pci/proc_text.h"

#define VFIO_CLASS "/sys/class/vfio-dev"

struct source_machine {
	struct pci_source base;
	pci_find_holder *find_holder; /* or NULL */
	void *context;
};

static void machine_place(const struct bdf *bdf, const char *file,
			  char place[PCI_PLACE_SIZE])
{
	char address[BDF_LENGTH];

	snprintf(place, PCI_PLACE_SIZE, DEVICE_DIR "%s%s%s",
		 bdf_format(bdf, address), file[0] ? "/" : "", file);
}

static void machine_power_state(const struct bdf *bdf, char *state, size_t size)
{
	char address[BDF_LENGTH];

	if (sysfs_readf(state, size, DEVICE_DIR "%s/power_state",
			bdf_format(bdf, address)) < 0)
		state[0] = '\0';
}

static void machine_close(struct pci_source *source)
{
	free(source);
}

/* A link into .../<address>/vfio-dev/vfioN. */
static bool read_vfio_link(int directory, const char *name, struct bdf *bdf)
{
	_uninitialized_ char target[PATH_MAX];
	char *end, *start;
	ssize_t length =
		readlinkat(directory, name, target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	end = strstr(target, "/vfio-dev/");
	if (!end)
		return false;
	*end = '\0';
	start = strrchr(target, '/');
	return start && bdf_parse(start + 1, bdf) == 0;
}

/* Functions under VFIO: none where the kernel has no such class. */
static int list_vfio(struct pci_function **list, size_t *n, struct error *err)
{
	_cleanup_closedir_ DIR *directory = opendir(VFIO_CLASS);
	const struct dirent *entry;
	size_t room = 0;

	while (directory && (entry = readdir(directory))) {
		struct bdf bdf;

		if (read_vfio_link(dirfd(directory), entry->d_name, &bdf) &&
		    pci_function_add(list, n, &room, &bdf))
			return error_system(err, ENOMEM,
					    "cannot list the devices");
	}
	return 0;
}

static int machine_list(struct pci_source *source, unsigned int which,
			struct pci_function **list, size_t *n,
			struct error *err)
{
	(void)source;
	*n = 0;
	return which & PCI_LIST_VFIO ? list_vfio(list, n, err)
				     : pci_machine_list(list, n, err);
}

static int machine_resolve(struct pci_source *source,
			   const struct selector *sel, struct bdf *bdf)
{
	(void)source;
	return pci_machine_find(sel, bdf);
}

/* The hexadecimal number behind key; 0, and *end NULL, where there is none. */
static unsigned int hex_after(const char *text, const char *key, char **end)
{
	const char *at = strstr(text, key);

	*end = NULL;
	return at ? (unsigned int)strtoul(at + strlen(key), end, 16) : 0;
}

/*
 * Not from config space, which shows all ones for a virtual function, and for
 * one that is gone.
 */
static int machine_ids(struct pci_source *source, const struct bdf *bdf,
		       struct pci_ids *ids)
{
	char address[BDF_LENGTH], text[1024], *end;
	long n = sysfs_readf(text, sizeof(text), DEVICE_DIR "%s/uevent",
			     bdf_format(bdf, address));

	(void)source;
	if (n < 0)
		return (int)n;
	/* "PCI_CLASS=20000", the programming interface included. */
	ids->class_id = (uint16_t)(hex_after(text, "PCI_CLASS=", &end) >> 8);
	ids->vendor = (uint16_t)hex_after(text, "PCI_ID=", &end);
	ids->device =
		end && *end == ':' ? (uint16_t)strtoul(end + 1, NULL, 16) : 0;
	return 0;
}

static int machine_begin(struct pci_device *dev)
{
	dev->fd = -1;
	return 0;
}

static void machine_end(struct pci_device *dev)
{
	if (dev->fd >= 0)
		close(dev->fd);
	dev->fd = -1;
}

static int open_config(struct pci_device *dev)
{
	char path[PCI_PLACE_SIZE];

	if (dev->fd >= 0)
		return 0;
	machine_place(&dev->bdf, "config", path);
	for (int tries = 0; tries < 2; tries++) {
		dev->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (dev->fd >= 0 || errno != EINTR)
			break;
	}
	if (dev->fd >= 0)
		return 0;
	return errno == ENOENT ? -ENODEV : errno == EACCES ? -EPERM : -errno;
}

/*
 * A short answer is the end of the file (a conventional function ends at 256
 * bytes), or the end of what this user may see (64 bytes).
 */
static int machine_read(struct pci_device *dev, unsigned int offset,
			void *buffer, unsigned int length)
{
	int r = open_config(dev);
	char path[PCI_PLACE_SIZE];
	struct stat st;
	ssize_t n;

	if (r)
		return r;
	n = pread(dev->fd, buffer, length, offset);
	if (n < 0)
		return -errno;
	if ((size_t)n == length)
		return 0;
	machine_place(&dev->bdf, "config", path);
	if (stat(path, &st))
		return errno == ENOENT ? -ENODEV : -errno;
	return offset + length > (unsigned long)st.st_size ? -ERANGE : -EPERM;
}

/* What is not there is a fact; what cannot be read is a failure. */
static int unless_absent(int r)
{
	return r == -ENOENT ? 0 : r;
}

/*
 * The character device: the one entry of the directory vfio-dev, which is
 * there on a kernel without character devices, too, but then has no number.
 */
static int find_cdev(struct pci_device *dev)
{
	_cleanup_closedir_ DIR *d = NULL;
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 16];
	struct dirent *entry;

	snprintf(path, sizeof(path), DEVICE_DIR "%s/vfio-dev", dev->address);
	d = opendir(path);
	if (!d)
		return unless_absent(-errno);
	while ((errno = 0, entry = readdir(d))) {
		char number[32];

		snprintf(number, sizeof(number), "%.15s/dev", entry->d_name);
		if (strncmp(entry->d_name, "vfio", 4) != 0 ||
		    strlen(entry->d_name) >= 16)
			continue;
		if (faccessat(dirfd(d), number, F_OK, 0) == 0)
			snprintf(dev->cdev, sizeof(dev->cdev),
				 "/dev/vfio/devices/%.15s", entry->d_name);
		else if (errno != ENOENT)
			return -errno;
	}
	return -errno;
}

/*
 * What sysfs says. Not through libpci, which resolves whole paths for the
 * two links: dozens of calls for each function.
 */
static int look_place(struct pci_device *dev)
{
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 16], text[32];
	long n;
	int r;

	snprintf(path, sizeof(path), DEVICE_DIR "%s/driver", dev->address);
	r = sysfs_link_name(path, dev->driver, sizeof(dev->driver));
	if (unless_absent(r))
		return r;
	snprintf(path, sizeof(path), DEVICE_DIR "%s/iommu_group", dev->address);
	r = sysfs_link_name(path, text, sizeof(text));
	if (r == 0)
		dev->iommu_group = text_number(text);
	if (unless_absent(r))
		return r;
	n = sysfs_readf(text, sizeof(text), DEVICE_DIR "%s/numa_node",
			dev->address);
	if (n > 0)
		dev->numa_node = text_number(text);
	return n < 0 ? unless_absent((int)n) : 0;
}

/* From the link in sysfs, which names every bridge on the way. */
static int machine_bridges(const struct pci_device *dev,
			   struct bdf list[PCI_BRIDGES_MAX])
{
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH];
	_uninitialized_ char target[PATH_MAX];
	ssize_t length;
	size_t n;

	snprintf(path, sizeof(path), DEVICE_DIR "%s", dev->address);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	n = proc_text_path(target, list, PCI_BRIDGES_MAX);
	return (int)(n && bdf_equal(&list[n - 1], &dev->bdf) ? n - 1 : n);
}

static int machine_fill(struct pci_device *dev, unsigned int what,
			struct error *err)
{
	_uninitialized_ struct bdf bridges[PCI_BRIDGES_MAX];
	int r = machine_bridges(dev, bridges);

	if (r == -ENOENT)
		return error_set(err, ERR_NOT_FOUND, ENODEV, "no such device");
	if (r < 0)
		return error_system(err, -r, "cannot read where it is");
	dev->below_port = r > 0;
	if (r > 0)
		dev->port = bridges[0];
	r = look_place(dev);
	if (r == 0 && (what & PCI_DEVICE_CDEV))
		r = find_cdev(dev);
	return r ? error_system(err, -r, "cannot read its files in sysfs") : 0;
}

/* One that is bound to no driver, or in no group, cannot be held. */
static int machine_holder(const struct pci_device *dev, struct owner *holder,
			  struct error *err)
{
	const struct source_machine *machine =
		(const struct source_machine *)dev->source;

	if (!machine->find_holder || !dev->driver[0] || dev->iommu_group < 0)
		return 0;
	return machine->find_holder(machine->context, dev, holder, err);
}

static int machine_node_cpus(const struct pci_device *dev, struct cpulist *cpus,
			     struct error *err)
{
	int r = 0;

	if (dev->numa_node >= 0)
		r = topology_read_node((unsigned int)dev->numa_node, cpus, err);
	return unless_absent(r); /* a node that is offline has none */
}

static const struct st_table *machine_table(const struct pci_device *dev)
{
	(void)dev;
	return NULL; /* the device itself has it */
}

/* In a container, or of a kernel that is locked down. */
static const struct pci_unseen unseen_by_root = {
	.why = "needs CAP_SYS_ADMIN",
	.cannot = "no permission to read",
	.config = "no permission to read extended config space",
	.hint = "CAP_SYS_ADMIN is missing: outside of a container root has it, "
		"unless the kernel is locked down",
	.kind = ERR_PERMISSION,
	.number = EPERM
};

static const struct pci_source_ops machine_ops = {
	.title = "machine",
	.nothing = "this machine has no PCI device",
	.live = true,
	.unseen = { .why = "needs root",
		    .cannot = "no permission to read",
		    .config = "no permission to read extended config space",
		    .hint = "run it as root (CAP_SYS_ADMIN)",
		    .kind = ERR_PERMISSION,
		    .number = EPERM },
	.unseen_by_root = &unseen_by_root,
	.close = machine_close,
	.list = machine_list,
	.resolve = machine_resolve,
	.ids = machine_ids,
	.begin = machine_begin,
	.end = machine_end,
	.read = machine_read,
	.fill = machine_fill,
	.bridges = machine_bridges,
	.holder = machine_holder,
	.node_cpus = machine_node_cpus,
	.table = machine_table,
	.place = machine_place,
	.power_state = machine_power_state,
};

int source_machine_open(struct pci_source **source, struct error *err)
{
	struct source_machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		return error_system(err, ENOMEM, "cannot open the PCI bus");
	machine->base.ops = &machine_ops;
	*source = &machine->base;
	return 0;
}

void source_machine_set_holders(struct pci_source *source,
				pci_find_holder *find, void *context)
{
	struct source_machine *machine = (struct source_machine *)source;

	machine->find_holder = find;
	machine->context = context;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/compat.h"
#include "core/base/cleanup.h"
#include "core/pci/device.h"
#include "core/pci/private.h"
#include "core/pci/proc_text.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"

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

/* Returns 0, or -errno: -ENOENT where there is no such function. */
static int find_port(struct pci_device *dev)
{
	struct bdf bridges[PCI_BRIDGES_MAX];
	int n = pci_link_bridges(dev, bridges);

	if (n < 0)
		return n;
	dev->below_port = n > 0;
	if (n > 0)
		dev->port = bridges[0];
	return 0;
}

struct look {
	struct pci_device *dev;
	unsigned int what;
};

static void get_handle(void *argument)
{
	struct pci_device *dev = argument;

	if (dev->bus->record) {
		dev->handle = pci_dump_find(dev->bus, &dev->bdf);
		return;
	}
	dev->handle =
		pci_get_dev(dev->bus->access, (int)dev->bdf.domain,
			    dev->bdf.bus, dev->bdf.device, dev->bdf.function);
}

static int read_block(struct pci_dev *dev, unsigned int offset, void *buffer,
		      unsigned int length)
{
	bool opens = dev->access->cached_dev != dev;
	int ok = pci_read_block(dev, (int)offset, buffer, (int)length);

	/* libpci keeps the file open, for our children too. */
	if (opens && dev->access->fd >= 0)
		fcntl(dev->access->fd, F_SETFD, FD_CLOEXEC);
	return ok;
}

/*
 * Ids and class: the head of config space, one read of a file that is open
 * already. It shows all ones where the function is a virtual one, or gone;
 * then the kernel's files are asked.
 */
static void look_ids(struct pci_device *dev)
{
	uint16_t head[6];

	if (read_block(dev->handle, 0, head, sizeof(head)) &&
	    head[0] != 0xffff) {
		dev->vendor_id = le16toh(head[0]);
		dev->device_id = le16toh(head[1]);
		dev->class_id = le16toh(head[5]);
		return;
	}
	pci_fill_info(dev->handle, PCI_FILL_IDENT | PCI_FILL_CLASS);
	dev->vendor_id = dev->handle->vendor_id;
	dev->device_id = dev->handle->device_id;
	dev->class_id = dev->handle->device_class;
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

static void look(void *argument)
{
	struct look *l = argument;

	look_ids(l->dev);
	if (l->what & (PCI_DEVICE_NAME | PCI_DEVICE_NAME_OR_ID))
		pci_name_look(l->dev, l->what & PCI_DEVICE_NAME_OR_ID);
}

int pci_device_begin(struct pci_bus *bus, const struct bdf *bdf,
		     struct pci_device *dev, struct error *err)
{
	*dev = (struct pci_device){
		.bus = bus, .bdf = *bdf, .iommu_group = -1, .numa_node = -1
	};
	bdf_format(bdf, dev->address);
	if (pci_guarded(get_handle, dev, err))
		return -EIO;
	return dev->handle ? 0
			   : error_set(err, ERR_NOT_FOUND, ENODEV,
				       "no such device");
}

/* What the dump says in place of sysfs. */
static void look_record(struct pci_device *dev)
{
	const struct pci_fact *fact = pci_device_fact(dev);

	if (fact) {
		dev->numa_node = fact->numa_node;
		dev->iommu_group = fact->iommu_group;
		memcpy(dev->driver, fact->driver, sizeof(dev->driver));
		memcpy(dev->cdev, fact->cdev, sizeof(dev->cdev));
	}
	dev->below_port = fact && fact->has_port;
	if (dev->below_port)
		dev->port = fact->port;
	else
		dev->below_port =
			pci_dump_port(dev->bus, &dev->bdf, &dev->port);
}

int pci_device_fill(struct pci_device *dev, unsigned int what,
		    struct error *err)
{
	struct look l = { dev, what };
	int r = 0;

	if (dev->bus->record)
		look_record(dev);
	else
		r = find_port(dev);
	if (r == -ENOENT)
		return error_set(err, ERR_NOT_FOUND, ENODEV, "no such device");
	if (r)
		return error_system(err, -r, "cannot read where it is");
	r = pci_guarded(look, &l, err);
	if (r || dev->bus->record)
		return r;
	r = look_place(dev);
	if (r == 0 && (what & PCI_DEVICE_CDEV))
		r = find_cdev(dev);
	return r ? error_system(err, -r, "cannot read its files in sysfs") : 0;
}

int pci_device_open(struct pci_bus *bus, const struct bdf *bdf,
		    unsigned int what, struct pci_device *dev,
		    struct error *err)
{
	int r = pci_device_begin(bus, bdf, dev, err);

	if (r)
		return r;
	r = pci_device_fill(dev, what, err);
	if (r)
		pci_device_close(dev);
	return r;
}

void pci_device_close(struct pci_device *dev)
{
	if (dev->handle && !dev->bus->record)
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

	c->ok = read_block(c->dev, c->offset, c->buffer, c->length);
}

/*
 * libpci does not say why it could not read: look at the last byte. It is
 * beyond the end of the file (a conventional function ends at 256 bytes), or
 * beyond what this user may see (64 bytes), or there is an error. Returns
 * -errno; 0 where it can be read after all.
 */
static int why_short(const struct pci_device *dev, unsigned int end)
{
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 16], last;
	_cleanup_close_ int fd = -1;
	struct stat st;
	ssize_t n;

	snprintf(path, sizeof(path), DEVICE_DIR "%s/config", dev->address);
	if (stat(path, &st))
		return errno == ENOENT ? -ENODEV : -errno;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	n = pread(fd, &last, 1, end - 1);
	if (n < 0)
		return -errno;
	if (n > 0)
		return 0;
	return end > (unsigned long)st.st_size ? -ERANGE : -EPERM;
}

/*
 * In a dump: a PCIe function has more than is in it; one without the PCIe
 * capability ends at 256 bytes.
 */
static int why_short_dump(struct pci_dev *dev, unsigned int end)
{
	u8 at;

	if (end <= 256 || end > 4096)
		return end > 4096 ? -ERANGE : -EPERM;
	if (!pci_read_block(dev, 255, &at, 1))
		return -EPERM;
	return pci_find_cap(dev, PCI_CAP_ID_EXP, PCI_CAP_NORMAL) ? -EPERM
								 : -ERANGE;
}

static int config_read(void *context, unsigned int offset, void *buffer,
		       unsigned int length)
{
	struct pci_device *dev = context;
	struct config_read c = { dev->handle, offset, length, buffer, 0 };
	_uninitialized_ struct error err;

	for (int tries = 0; tries < 2; tries++) {
		int r;

		if (pci_guarded(read_config, &c, &err))
			return -EIO;
		if (c.ok)
			return 0;
		if (dev->bus->record)
			return why_short_dump(dev->handle, offset + length);
		r = why_short(dev, offset + length);
		if (r)
			return r;
	}
	return -EIO;
}

struct config_reader pci_device_config(struct pci_device *dev)
{
	return (struct config_reader){ .read = config_read, .context = dev };
}

int pci_bus_completer(struct pci_bus *bus, const struct bdf *port,
		      enum tph_completer *completer)
{
	struct pci_device dev;
	struct config_reader config = pci_device_config(&dev);
	struct error ignored;

	if (!bus->port_asked || !bdf_equal(&bus->port, port)) {
		if (pci_device_begin(bus, port, &dev, &ignored))
			return -EIO;
		bus->port_result =
			tph_completer_read(&config, &bus->port_completer);
		bus->port = *port;
		bus->port_asked = true;
		pci_device_close(&dev);
	}
	*completer = bus->port_completer;
	return bus->port_result;
}

bool pci_driver_is_vfio(const char *driver)
{
	return strstr(driver, "vfio");
}

bool pci_device_is_vfio(const struct pci_device *dev)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev",
		 dev->address);
	return pci_driver_is_vfio(dev->driver) || access(path, F_OK) == 0;
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
	for (errno = 0; (entry = readdir(d)); errno = 0) {
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
	if (errno)
		return error_system(err, errno, "cannot read the IOMMU group");
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

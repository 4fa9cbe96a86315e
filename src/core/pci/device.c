/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/device.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/pci/private.h"

int pci_device_begin(struct pci_source *source, const struct bdf *bdf,
		     struct pci_device *dev, struct error *err)
{
	*dev = (struct pci_device){ .source = source,
				    .bdf = *bdf,
				    .iommu_group = -1,
				    .numa_node = -1,
				    .fd = -1 };
	bdf_format(bdf, dev->address);
	return source->ops->begin(dev)
		       ? error_set(err, ERR_NOT_FOUND, ENODEV, "no such device")
		       : 0;
}

/*
 * Ids and class: the head of config space, one read of a file that is open
 * already. It shows all ones where the function is a virtual one, or gone;
 * then the source is asked.
 */
static void look_ids(struct pci_device *dev)
{
	struct pci_ids ids = { 0 };
	uint16_t head[6];

	if (dev->source->ops->read(dev, 0, head, sizeof(head)) == 0 &&
	    head[0] != 0xffff)
		ids = (struct pci_ids){ le16toh(head[0]), le16toh(head[1]),
					le16toh(head[5]) };
	else if (dev->source->ops->ids(dev->source, &dev->bdf, &ids))
		dev->unknown |= PCI_FACT_IDS;
	dev->vendor_id = ids.vendor;
	dev->device_id = ids.device;
	dev->class_id = ids.class_id;
}

int pci_device_fill(struct pci_device *dev, unsigned int what,
		    struct error *err)
{
	int r = dev->source->ops->fill(dev, what, err);

	if (r)
		return r;
	look_ids(dev);
	if (what & (PCI_DEVICE_NAME | PCI_DEVICE_NAME_OR_ID))
		pci_source_name(dev->source, dev->vendor_id, dev->device_id,
				what & PCI_DEVICE_NAME_OR_ID, dev->name,
				sizeof(dev->name));
	return 0;
}

int pci_device_open(struct pci_source *source, const struct bdf *bdf,
		    unsigned int what, struct pci_device *dev,
		    struct error *err)
{
	int r = pci_device_begin(source, bdf, dev, err);

	if (r)
		return r;
	r = pci_device_fill(dev, what, err);
	if (r)
		pci_device_close(dev);
	return r;
}

void pci_device_close(struct pci_device *dev)
{
	if (dev->source)
		dev->source->ops->end(dev);
}

static int config_read(void *context, unsigned int offset, void *buffer,
		       unsigned int length)
{
	struct pci_device *dev = context;

	return dev->source->ops->read(dev, offset, buffer, length);
}

struct config_reader pci_device_config(struct pci_device *dev)
{
	return (struct config_reader){ .read = config_read, .context = dev };
}

int pci_device_holder(const struct pci_device *dev, struct owner *holder,
		      struct error *err)
{
	*holder = (struct owner){ 0 };
	return dev->source->ops->holder(dev, holder, err);
}

int pci_device_node_cpus(const struct pci_device *dev, struct cpulist *cpus,
			 struct error *err)
{
	*cpus = (struct cpulist){ 0 };
	return dev->source->ops->node_cpus(dev, cpus, err);
}

const struct st_table *pci_device_table(const struct pci_device *dev)
{
	return dev->source->ops->table(dev);
}

int pci_device_bridges(const struct pci_device *dev,
		       struct bdf list[PCI_BRIDGES_MAX])
{
	return dev->source->ops->bridges(dev, list);
}

int pci_source_completer(struct pci_source *source, const struct bdf *port,
			 enum tph_completer *completer)
{
	struct pci_device dev;
	struct config_reader config = pci_device_config(&dev);
	struct error ignored;

	if (!source->port_asked || !bdf_equal(&source->port, port)) {
		if (pci_device_begin(source, port, &dev, &ignored))
			return -EIO;
		source->port_result =
			tph_completer_read(&config, &source->port_completer);
		source->port = *port;
		source->port_asked = true;
		pci_device_close(&dev);
	}
	*completer = source->port_completer;
	return source->port_result;
}

bool pci_driver_is_vfio(const char *driver)
{
	return strstr(driver, "vfio");
}

static bool offers_vfio(const char *address, const char *driver)
{
	char path[64];

	snprintf(path, sizeof(path), DEVICE_DIR "%.16s/vfio-dev", address);
	return pci_driver_is_vfio(driver) || access(path, F_OK) == 0;
}

bool pci_device_is_vfio(const struct pci_device *dev)
{
	return offers_vfio(dev->address, dev->driver);
}

bool pci_group_is_noiommu(int group)
{
	char name[32];

	return sysfs_readf(name, sizeof(name),
			   "/sys/kernel/iommu_groups/%d/name", group) > 0 &&
	       strcmp(name, "vfio-noiommu") == 0;
}

void pci_group_node(int group, char *node, size_t size)
{
	snprintf(node, size, "/dev/vfio/%s%d",
		 pci_group_is_noiommu(group) ? "noiommu-" : "", group);
}

bool pci_function_is_vfio(const struct bdf *bdf)
{
	char address[BDF_LENGTH], path[64], driver[64];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver",
		 bdf_format(bdf, address));
	if (sysfs_link_name(path, driver, sizeof(driver)))
		return false;
	return offers_vfio(address, driver);
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
		member.vfio = offers_vfio(entry->d_name, member.driver);
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

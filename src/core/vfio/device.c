/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/device.h"

#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/owner/find.h"
#include "core/vfio/open.h"

const char *vfio_via_name(enum vfio_via via)
{
	static const char *const names[] = {
		[VFIO_VIA_AUTO] = "auto",    [VFIO_VIA_CDEV] = "cdev",
		[VFIO_VIA_GROUP] = "group",  [VFIO_VIA_OWNER] = "owner",
		[VFIO_VIA_IOMMUFD] = "cdev",
	};

	return names[via];
}

int vfio_device_check_bound(const struct pci_device *pci, struct error *err)
{
	/* Nodes prove nothing: a container has those that it was given. */
	if (pci->cdev[0] || pci_device_is_vfio(pci))
		return 0;
	return vfio_device_not_bound(pci, err);
}

int vfio_device_not_bound(const struct pci_device *pci, struct error *err)
{
	if (pci->driver[0])
		error_set(err, ERR_NOT_BOUND, ENXIO,
			  "bound to the driver %s, not to a VFIO driver",
			  pci->driver);
	else
		error_set(err, ERR_NOT_BOUND, ENXIO,
			  "bound to no driver, needs a VFIO driver");
	error_advise(err, ADVICE_BIND_DRIVER);
	return -ENXIO;
}

static int open_cdev(struct vfio_context *context, const struct pci_device *pci,
		     enum vfio_via via, struct vfio_device *device,
		     struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct owner owner;
	int r;

	if (vfio_missing_cdev(pci))
		return vfio_no_node(pci, via, err);
	r = iommufd_open(&context->iommufd);
	if (r)
		return vfio_cannot_open(IOMMUFD_NODE, -r, err);
	fd = io_open(context->io, pci->cdev);
	if (fd == -EBUSY)
		return vfio_busy(pci, err);
	if (io_failed(fd))
		return vfio_cannot_open(pci->cdev, -fd, err);
	r = iommufd_bind(&context->iommufd, fd, &device->dev_id);
	/* The kernel answers EINVAL to a second binder: look who is there. */
	if (r == -EBUSY || (r == -EINVAL && owner_find(pci, &owner) > 0))
		return vfio_busy(pci, err);
	if (r == -EPERM)
		return vfio_not_dma_owner(pci, "iommufd", err);
	if (r)
		return error_system(err, -r, "cannot bind %s to %s", pci->cdev,
				    IOMMUFD_NODE);
	device->fd = take_fd(&fd);
	device->via = VFIO_VIA_CDEV;
	return 0;
}

int vfio_device_open(struct vfio_context *context, const struct pci_device *pci,
		     enum vfio_via via, struct vfio_device *device,
		     struct error *err)
{
	int r = vfio_device_check_bound(pci, err);
	char node[VFIO_NODE_SIZE];

	*device = (struct vfio_device){ .io = context->io, .fd = -1 };
	if (r)
		return r;
	if (pci->iommu_group < 0) {
		error_set(err, ERR_NO_IOMMU, ENODEV,
			  "it is in no IOMMU group: is there an IOMMU, and is "
			  "it on?");
		error_hint(err, "intel_iommu=on or amd_iommu=on on the kernel "
				"command line, and in the firmware");
		return -ENODEV;
	}
	if (via == VFIO_VIA_AUTO && !vfio_missing_cdev(pci))
		via = VFIO_VIA_CDEV;
	if (via == VFIO_VIA_CDEV || via == VFIO_VIA_IOMMUFD)
		return open_cdev(context, pci, via, device, err);
	if (vfio_missing_group(pci, node))
		return vfio_no_node(
			pci, via == VFIO_VIA_AUTO ? via : VFIO_VIA_GROUP, err);
	return vfio_open_by_group(context, pci, device, err);
}

void vfio_device_borrow(struct vfio_device *device, struct io *io, int fd)
{
	*device = (struct vfio_device){ .io = io,
					.fd = fd,
					.via = VFIO_VIA_OWNER };
}

int vfio_device_attach(struct vfio_device *device, struct vfio_context *context,
		       const struct pci_device *pci,
		       const struct iommu_choice *choice, struct error *err)
{
	struct iommu_table *table;
	struct error ignored;
	int r = iommu_table_get(&context->tables, &context->iommufd,
				pci->iommu_group, device->dev_id, choice,
				&table, err);

	if (r)
		return r;
	r = iommu_table_attach(table, &context->iommufd, device->fd, err);
	if (r) {
		iommu_table_put(&context->tables, &context->iommufd, table,
				&ignored);
		return r;
	}
	device->table = table;
	device->context = context;
	return 0;
}

int vfio_device_detach(struct vfio_device *device, struct error *err)
{
	struct vfio_context *context = device->context;
	struct error second;
	int r, end;

	if (!device->table)
		return 0;
	r = iommufd_detach(&context->iommufd, device->fd);
	if (r)
		error_system(err, -r, "cannot detach it from its page table");
	end = iommu_table_put(&context->tables, &context->iommufd,
			      take_ptr(device->table), r ? &second : err);
	return r ? r : end;
}

int vfio_device_request_event(struct vfio_device *device)
{
	struct {
		struct vfio_irq_set set;
		__s32 event;
	} arg = {
		.set = { .argsz = sizeof(arg),
			 .flags = VFIO_IRQ_SET_DATA_EVENTFD |
				  VFIO_IRQ_SET_ACTION_TRIGGER,
			 .index = VFIO_PCI_REQ_IRQ_INDEX,
			 .count = 1 },
		.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	};
	int r;

	if (arg.event < 0)
		return -errno;
	r = io_ioctl(device->io, device->fd, VFIO_DEVICE_SET_IRQS, &arg,
		     "VFIO_DEVICE_SET_IRQS", "request event");
	if (r == 0)
		return arg.event;
	close(arg.event);
	return r;
}

void vfio_device_close(struct vfio_device *device)
{
	struct error ignored;

	vfio_device_detach(device, &ignored);
	if (device->fd >= 0)
		close(device->fd);
	device->fd = -1;
}

static int find_config_region(struct vfio_device *device)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	int r;

	if (device->config_offset)
		return 0;
	r = io_query(device->io, device->fd, VFIO_DEVICE_GET_REGION_INFO, &info,
		     "VFIO_DEVICE_GET_REGION_INFO", "config");
	if (r == 0)
		device->config_offset = info.offset;
	return r;
}

static int config_read(void *context, unsigned int offset, void *buffer,
		       unsigned int length)
{
	struct vfio_device *device = context;
	unsigned char *to = buffer;
	int r = find_config_region(device);

	if (r)
		return r;
	while (length) {
		ssize_t n = pread(device->fd, to, length,
				  (off_t)(device->config_offset + offset));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ERANGE;
		to += n;
		offset += (unsigned int)n;
		length -= (unsigned int)n;
	}
	return 0;
}

struct config_reader vfio_device_config(struct vfio_device *device)
{
	return (struct config_reader){ .read = config_read, .context = device };
}

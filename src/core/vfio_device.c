/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio_device.h"

#include <errno.h>
#include <linux/vfio.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/owner.h"
#include "uapi/vfio_cdev.h"

#define CONTAINER_NODE "/dev/vfio/vfio"
#define IOMMUFD_NODE   "/dev/iommu"

struct vfio_group {
	struct vfio_group *next;
	int number;
	int fd;
};

const char *vfio_via_name(enum vfio_via via)
{
	static const char *const names[] = {
		[VFIO_VIA_AUTO] = "auto",
		[VFIO_VIA_CDEV] = "cdev",
		[VFIO_VIA_GROUP] = "group",
		[VFIO_VIA_OWNER] = "owner",
	};

	return names[via];
}

void vfio_context_init(struct vfio_context *context, struct io *io)
{
	*context = (struct vfio_context){ .io = io,
					  .iommufd = -1,
					  .container = -1 };
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void vfio_context_close(struct vfio_context *context)
{
	while (context->groups) {
		struct vfio_group *group = context->groups;

		context->groups = group->next;
		close_fd(&group->fd);
		free(group);
	}
	close_fd(&context->container);
	close_fd(&context->iommufd);
}

int vfio_context_group_fd(const struct vfio_context *context,
			  const struct pci_device *pci)
{
	for (struct vfio_group *g = context->groups; g; g = g->next)
		if (g->number == pci->iommu_group)
			return g->fd;
	return -1;
}

static void group_node(const struct pci_device *pci, char *path, size_t size)
{
	snprintf(path, size, "/dev/vfio/%d", pci->iommu_group);
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int vfio_device_check_bound(const struct pci_device *pci, struct error *err)
{
	char node[64];

	if (pci->cdev[0])
		return 0;
	/*
	 * Without character devices (VFIO_DEVICE_CDEV off) the directory
	 * vfio-dev is still there since 6.1; before that only the node of
	 * the group tells, which other functions of the group share.
	 */
	group_node(pci, node, sizeof(node));
	if (pci->driver[0] && strstr(pci->driver, "vfio") &&
	    (pci->iommu_group < 0 || exists(node)))
		return 0;
	if (pci->driver[0])
		error_set(err, ERR_NOT_BOUND, ENXIO,
			  "bound to the driver %s, not to a VFIO driver",
			  pci->driver);
	else
		error_set(err, ERR_NOT_BOUND, ENXIO,
			  "bound to no driver, needs a VFIO driver");
	error_hint(err, "driverctl set-override %s tph-vfio-pci",
		   pci->address);
	return -ENXIO;
}

/* Who owns a node that could not be opened: "root:root, mode 0600". */
static void describe_node(const char *path, char *text, size_t size)
{
	struct stat st;
	struct passwd *owner;

	if (stat(path, &st)) {
		snprintf(text, size, "%s", strerror(errno));
		return;
	}
	owner = getpwuid(st.st_uid);
	if (owner)
		snprintf(text, size, "owner %s, mode %04o", owner->pw_name,
			 st.st_mode & 07777u);
	else
		snprintf(text, size, "owner %u, mode %04o", st.st_uid,
			 st.st_mode & 07777u);
}

static int cannot_open(const char *path, int number, struct error *err)
{
	char owner[128];

	error_system(err, number, "cannot open %s", path);
	if (number == EACCES || number == EPERM) {
		describe_node(path, owner, sizeof(owner));
		error_set(err, ERR_PERMISSION, number,
			  "no permission to open %s (%s)", path, owner);
		error_hint(err, "run it as root, or give the node to a group "
				"that you are in by a udev rule");
	}
	return -number;
}

/* Somebody else has the device: say who, where that can be seen. */
static int busy(const struct pci_device *pci, struct error *err)
{
	struct owner owner;

	if (owner_find(pci, &owner)) {
		error_set(err, ERR_BUSY, EBUSY, "held by %s (pid %d)",
			  owner.command, owner.pid);
		error_hint(err, "act on the process that holds it: --owner");
	} else {
		error_set(err, ERR_BUSY, EBUSY, "held by another process");
		error_hint(err, "to see by which, run it as root");
	}
	return -EBUSY;
}

static int bind_iommufd(struct vfio_context *context, int fd)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind),
		.iommufd = context->iommufd,
	};

	return io_ioctl(context->io, fd, VFIO_DEVICE_BIND_IOMMUFD, &bind,
			"VFIO_DEVICE_BIND_IOMMUFD", "%s", IOMMUFD_NODE);
}

/*
 * Name the functions that keep a group from being viable: those bound to a
 * driver that uses DMA on the host's behalf. Returns how many.
 */
static size_t list_blockers(const struct pci_device *pci, char *list,
			    size_t size)
{
	_cleanup_free_ struct group_member *members = NULL;
	size_t n = 0, used = 0, blockers = 0;
	struct error ignored;

	list[0] = '\0';
	if (pci_group_members(pci->iommu_group, &members, &n, &ignored))
		return 0;
	for (size_t i = 0; i < n && used < size; i++) {
		char address[BDF_LENGTH];

		if (!members[i].driver[0] ||
		    strstr(members[i].driver, "vfio") ||
		    strcmp(members[i].driver, "pcieport") == 0 ||
		    strcmp(members[i].driver, "pci-stub") == 0)
			continue;
		used += (size_t)snprintf(list + used, size - used, "%s%s (%s)",
					 used ? ", " : "",
					 bdf_format(&members[i].bdf, address),
					 members[i].driver);
		blockers++;
	}
	return blockers;
}

static int not_viable(const struct pci_device *pci, struct error *err)
{
	char list[512];
	bool known = list_blockers(pci, list, sizeof(list)) > 0;

	error_set(err, ERR_GROUP_NOT_VIABLE, EPERM,
		  "IOMMU group %d is not viable: %s in the way",
		  pci->iommu_group,
		  known ? list : "a device bound to a host driver is");
	error_hint(err, "bind every device of the group to a VFIO driver, or "
			"to none");
	return -EPERM;
}

/*
 * The kernel lets the group have one DMA owner: EPERM is a host driver's
 * device in it, or somebody else's iommufd or container.
 */
static int not_dma_owner(const struct pci_device *pci, struct error *err)
{
	char list[512];

	if (list_blockers(pci, list, sizeof(list)))
		return not_viable(pci, err);
	return busy(pci, err);
}

static int open_cdev(struct vfio_context *context,
		     const struct pci_device *pci, struct vfio_device *device,
		     struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct owner owner;
	int r;

	if (!pci->cdev[0] || !exists(pci->cdev) || !exists(IOMMUFD_NODE)) {
		error_set(err, ERR_SYSTEM, ENOENT,
			  "no character device: %s does not exist",
			  !pci->cdev[0]		? "vfio-dev/ in sysfs"
			  : !exists(pci->cdev) ? pci->cdev
					       : IOMMUFD_NODE);
		error_hint(err, "open it by its group: --via group");
		return -ENOENT;
	}
	if (context->iommufd == -1) {
		r = io_open(context->io, IOMMUFD_NODE);
		if (r < 0 && r != IO_DRY_FD)
			return cannot_open(IOMMUFD_NODE, -r, err);
		context->iommufd = r;
	}
	fd = io_open(context->io, pci->cdev);
	if (fd == -EBUSY)
		return busy(pci, err);
	if (fd < 0 && fd != IO_DRY_FD)
		return cannot_open(pci->cdev, -fd, err);
	r = bind_iommufd(context, fd);
	/* The kernel answers EINVAL to a second binder: look who is there. */
	if (r == -EBUSY || (r == -EINVAL && owner_find(pci, &owner)))
		return busy(pci, err);
	if (r == -EPERM)
		return not_dma_owner(pci, err);
	if (r)
		return error_system(err, -r, "cannot bind %s to %s", pci->cdev,
				    IOMMUFD_NODE);
	device->fd = take_fd(&fd);
	device->via = VFIO_VIA_CDEV;
	return 0;
}

static int open_container(struct vfio_context *context, struct error *err)
{
	int fd, version;

	if (context->container != -1)
		return 0;
	fd = io_open(context->io, CONTAINER_NODE);
	if (fd < 0 && fd != IO_DRY_FD)
		return cannot_open(CONTAINER_NODE, -fd, err);
	context->container = fd;
	version = io_ioctl(context->io, fd, VFIO_GET_API_VERSION, NULL,
			   "VFIO_GET_API_VERSION", "%s", "");
	if (version < 0)
		return error_system(err, -version, "cannot use %s",
				    CONTAINER_NODE);
	if (!context->io->dry_run && version != VFIO_API_VERSION)
		return error_set(err, ERR_SYSTEM, EPROTO,
				 "%s has VFIO API version %d, not %d",
				 CONTAINER_NODE, version, VFIO_API_VERSION);
	return 0;
}

static int check_viable(struct vfio_context *context,
			const struct pci_device *pci, int fd,
			struct error *err)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	int r = io_ioctl(context->io, fd, VFIO_GROUP_GET_STATUS, &status,
			 "VFIO_GROUP_GET_STATUS", "group=%d",
			 pci->iommu_group);

	if (r)
		return error_system(err, -r, "cannot ask IOMMU group %d",
				    pci->iommu_group);
	if (!context->io->dry_run &&
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return not_viable(pci, err);
	return 0;
}

static int set_container(struct vfio_context *context,
			 const struct pci_device *pci, int fd,
			 struct error *err)
{
	int r = io_ioctl(context->io, fd, VFIO_GROUP_SET_CONTAINER,
			 &context->container, "VFIO_GROUP_SET_CONTAINER",
			 "group=%d", pci->iommu_group);

	if (r == -EBUSY)
		return busy(pci, err);
	if (r)
		return error_system(err, -r,
				    "cannot put IOMMU group %d into a "
				    "container",
				    pci->iommu_group);
	if (context->iommu_set)
		return 0;
	r = io_ioctl(context->io, context->container, VFIO_SET_IOMMU,
		     (void *)VFIO_TYPE1v2_IOMMU, "VFIO_SET_IOMMU", "type1v2");
	if (r) {
		error_system(err, -r, "cannot set the container's IOMMU");
		if (r == -ENODEV)
			err->kind = ERR_NO_IOMMU;
		return r;
	}
	context->iommu_set = true;
	return 0;
}

static int open_group(struct vfio_context *context,
		      const struct pci_device *pci, struct vfio_group **group,
		      struct error *err)
{
	_cleanup_close_ int fd = -1;
	char node[64];
	int r;

	for (*group = context->groups; *group; *group = (*group)->next)
		if ((*group)->number == pci->iommu_group)
			return 0;
	group_node(pci, node, sizeof(node));
	if (!exists(node)) {
		error_set(err, ERR_SYSTEM, ENOENT,
			  "no group node: %s does not exist", node);
		if (pci->cdev[0])
			error_hint(err, "open it by its character device: "
					"--via cdev");
		return -ENOENT;
	}
	r = open_container(context, err);
	if (r)
		return r;
	fd = io_open(context->io, node);
	if (fd == -EBUSY)
		return busy(pci, err);
	if (fd < 0 && fd != IO_DRY_FD)
		return cannot_open(node, -fd, err);
	r = check_viable(context, pci, fd, err);
	if (r == 0)
		r = set_container(context, pci, fd, err);
	if (r)
		return r;
	*group = calloc(1, sizeof(**group));
	if (!*group)
		return error_system(err, ENOMEM, "cannot open %s", node);
	(*group)->number = pci->iommu_group;
	(*group)->fd = take_fd(&fd);
	(*group)->next = context->groups;
	context->groups = *group;
	return 0;
}

static int open_by_group(struct vfio_context *context,
			 const struct pci_device *pci,
			 struct vfio_device *device, struct error *err)
{
	struct vfio_group *group;
	char address[BDF_LENGTH];
	int r = open_group(context, pci, &group, err);

	if (r)
		return r;
	memcpy(address, pci->address, sizeof(address));
	r = io_ioctl(context->io, group->fd, VFIO_GROUP_GET_DEVICE_FD, address,
		     "VFIO_GROUP_GET_DEVICE_FD", "%s", address);
	if (r == -EBUSY)
		return busy(pci, err);
	if (r < 0)
		return error_system(err, -r,
				    "cannot get the device from IOMMU group "
				    "%d",
				    pci->iommu_group);
	device->fd = context->io->dry_run ? IO_DRY_FD : r;
	device->via = VFIO_VIA_GROUP;
	return 0;
}

int vfio_device_open(struct vfio_context *context,
		     const struct pci_device *pci, enum vfio_via via,
		     struct vfio_device *device, struct error *err)
{
	int r = vfio_device_check_bound(pci, err);

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
	if (via == VFIO_VIA_CDEV ||
	    (via == VFIO_VIA_AUTO && pci->cdev[0] && exists(pci->cdev) &&
	     exists(IOMMUFD_NODE)))
		return open_cdev(context, pci, device, err);
	return open_by_group(context, pci, device, err);
}

void vfio_device_borrow(struct vfio_device *device, struct io *io, int fd)
{
	*device = (struct vfio_device){ .io = io,
					.fd = fd,
					.via = VFIO_VIA_OWNER };
}

void vfio_device_close(struct vfio_device *device)
{
	close_fd(&device->fd);
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
	r = io_query(device->io, device->fd, VFIO_DEVICE_GET_REGION_INFO,
		     &info, "VFIO_DEVICE_GET_REGION_INFO", "config");
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
	return (struct config_reader){ .read = config_read,
				       .context = device };
}

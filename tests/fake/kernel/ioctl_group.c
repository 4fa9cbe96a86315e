// SPDX-License-Identifier: GPL-2.0-or-later
/* Containers and groups, in the order that the kernel insists on. */
#include "fake.h"
#include "uapi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct find_group {
	uint64_t container;
	unsigned int groups;
};

static int attached(const struct fd_state *state, void *data)
{
	struct find_group *find = data;

	if (state->kind == KIND_GROUP && state->parent == find->container)
		find->groups++;
	return 0;
}

static unsigned int groups_of(uint64_t container)
{
	struct find_group find = { .container = container };

	fd_each(attached, &find);
	return find.groups;
}

static long set_iommu(struct fd_state *state, unsigned long type)
{
	if (!groups_of(state->id) || state->bound)
		return -EINVAL;
	/* Groups with an IOMMU and without one have drivers of their own. */
	if (machine.iommu_present
		    ? type != VFIO_TYPE1_IOMMU && type != VFIO_TYPE1v2_IOMMU
		    : type != VFIO_NOIOMMU_IOMMU)
		return -ENODEV;
	state->bound = 1;
	state->iommu_type = (int32_t)type;
	return fd_store_id(state);
}

/* Calls of the IOMMU driver: they need one, and a sane head. */
static long iommu_call(struct fd_state *state, unsigned long number, void *arg)
{
	struct vfio_iommu_type1_info info;
	uint32_t argsz, least;
	int error;

	if (!state->bound)
		return -EINVAL;
	if (user_get(&argsz, arg, sizeof(argsz)))
		return -EFAULT;
	if (number == VFIO_IOMMU_GET_INFO) {
		if (argsz < offsetof(struct vfio_iommu_type1_info, cap_offset))
			return -EINVAL;
		memset(&info, 0, sizeof(info));
		info.argsz = sizeof(info);
		info.flags = VFIO_IOMMU_INFO_PGSIZES;
		info.iova_pgsizes = 0x40201000;
		error = user_put(arg, &info,
				 argsz < sizeof(info) ? argsz : sizeof(info));
		return error;
	}
	least = number == VFIO_IOMMU_MAP_DMA
			? sizeof(struct vfio_iommu_type1_dma_map)
			: offsetof(struct vfio_iommu_type1_dma_unmap, data);
	return argsz < least ? -EINVAL : 0;
}

long ioctl_container(struct fd_state *state, unsigned long number, void *arg)
{
	unsigned long value = (unsigned long)(uintptr_t)arg;
	char operation[64];
	const char *name;
	long result;

	switch (number) {
	case VFIO_GET_API_VERSION:
		name = "GET_API_VERSION";
		break;
	case VFIO_CHECK_EXTENSION:
		name = "CHECK_EXTENSION";
		break;
	case VFIO_SET_IOMMU:
		name = "SET_IOMMU";
		break;
	case VFIO_IOMMU_GET_INFO:
		name = "IOMMU_GET_INFO";
		break;
	case VFIO_IOMMU_MAP_DMA:
		name = "IOMMU_MAP_DMA";
		break;
	case VFIO_IOMMU_UNMAP_DMA:
		name = "IOMMU_UNMAP_DMA";
		break;
	default:
		return -ENOTTY;
	}
	snprintf(operation, sizeof(operation), "ioctl.%s", name);
	result = fault(operation);
	if (result)
		;
	else if (number == VFIO_GET_API_VERSION)
		result = VFIO_API_VERSION;
	else if (number == VFIO_CHECK_EXTENSION)
		result = machine.iommu_present
				 ? value == VFIO_TYPE1_IOMMU ||
					   value == VFIO_TYPE1v2_IOMMU ||
					   value == VFIO_UNMAP_ALL
				 : value == VFIO_NOIOMMU_IOMMU;
	else if (number == VFIO_SET_IOMMU)
		result = set_iommu(state, value);
	else
		result = iommu_call(state, number, arg);
	log_call("container", name, result, " arg=%ld",
		 number == VFIO_CHECK_EXTENSION || number == VFIO_SET_IOMMU
			 ? (long)value
			 : 0);
	return result;
}

/* ---- groups ---- */

/* Every function of the group is without a driver, with VFIO, or one of the
 * few drivers that touch no memory. */
static bool harmless(const char *group_devices, const char *bdf)
{
	char path[PATH_MAX + 512], text[PATH_MAX];
	const char *driver;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s/driver", group_devices, bdf);
	n = sys_readlinkat(AT_FDCWD, path, text, sizeof(text) - 1);
	if (n <= 0)
		return true;
	text[n] = '\0';
	driver = strrchr(text, '/');
	driver = driver ? driver + 1 : text;
	return strstr(driver, "vfio") || !strcmp(driver, "pci-stub") ||
	       !strcmp(driver, "pcieport");
}

bool group_viable(uint32_t group)
{
	char path[PATH_MAX + 128];
	struct dirent *entry;
	bool viable = true;
	DIR *dir;

	snprintf(path, sizeof(path),
		 "%s/root/sys/kernel/iommu_groups/%u/devices", machine.dir,
		 group);
	dir = real.opendir(path);
	while (dir && viable && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			viable = harmless(path, entry->d_name);
	if (dir)
		closedir(dir);
	return viable;
}

static long get_status(struct fd_state *state, void *arg)
{
	struct vfio_group_status status;

	if (user_get(&status, arg, sizeof(status)))
		return -EFAULT;
	if (status.argsz < sizeof(status))
		return -EINVAL;
	status.flags = state->parent ? VFIO_GROUP_FLAGS_CONTAINER_SET |
					       VFIO_GROUP_FLAGS_VIABLE
		       : group_viable(state->number) ? VFIO_GROUP_FLAGS_VIABLE
						     : 0;
	return user_put(arg, &status, sizeof(status));
}

static long set_container(struct fd_state *state, void *arg)
{
	struct fd_state container;
	int fd;

	if (user_get(&fd, arg, sizeof(fd)))
		return -EFAULT;
	if (fd < 0 || state->parent)
		return -EINVAL;
	if (!fd_load(fd, &container)) {
		struct stat st;

		return sys_fstat(fd, &st) ? -EBADF : -EBADFD;
	}
	if (container.kind != KIND_CONTAINER && container.kind != KIND_IOMMUFD)
		return -EBADFD;
	/* Taking the group from the host fails when a driver of the host
	 * still has part of it. */
	if (!group_viable(state->number))
		return -EPERM;
	state->parent = container.id;
	return fd_store_id(state);
}

static int uses_group(const struct fd_state *state, void *data)
{
	const struct fd_state *group = data;

	return state->kind == KIND_DEVICE && state->parent == group->id;
}

static long unset_container(struct fd_state *state)
{
	struct fd_state container;

	if (!state->parent)
		return -EINVAL;
	if (fd_each(uses_group, state))
		return -EBUSY;
	if (fd_find(state->parent, &container) &&
	    container.kind == KIND_CONTAINER && groups_of(container.id) == 1) {
		/* The last group takes the IOMMU driver with it. */
		container.bound = 0;
		fd_store_id(&container);
	}
	state->parent = 0;
	return fd_store_id(state);
}

static int same_device(const struct fd_state *state, void *data)
{
	return state->bound && !strcmp(state->bdf, data);
}

static long get_device_fd(struct fd_state *state, void *arg, char name[64])
{
	struct fd_state container, device = { 0 };
	struct device *dev;
	long result;
	size_t i;

	for (i = 0; i < 63; i++) {
		if (user_get(name + i, (char *)arg + i, 1))
			return -EFAULT;
		if (!name[i])
			break;
	}
	name[63] = '\0';
	if (strlen(name) > 12)
		return -ENODEV;
	dev = malloc(sizeof(*dev));
	if (!dev)
		return -ENOMEM;
	result = device_load(name, dev);
	if (!result && dev->group != (int)state->number)
		result = -ENODEV;
	free(dev);
	if (result)
		return -ENODEV;
	if (!fd_find(state->parent, &container) ||
	    (container.kind == KIND_CONTAINER && !container.bound))
		return -EINVAL;
	snprintf(device.bdf, sizeof(device.bdf), "%.12s", name);
	device.kind = KIND_DEVICE;
	device.parent = state->id;
	device.bound = 1;
	if (!fd_each(same_device, device.bdf)) {
		result = device_first_open(device.bdf);
		if (result)
			return result;
	}
	return fd_create(&device, true);
}

long ioctl_group(struct fd_state *state, unsigned long number, void *arg)
{
	char object[32], device[64] = "", operation[64];
	const char *name;
	long result;

	switch (number) {
	case VFIO_GROUP_GET_STATUS:
		name = "GROUP_GET_STATUS";
		break;
	case VFIO_GROUP_SET_CONTAINER:
		name = "GROUP_SET_CONTAINER";
		break;
	case VFIO_GROUP_UNSET_CONTAINER:
		name = "GROUP_UNSET_CONTAINER";
		break;
	case VFIO_GROUP_GET_DEVICE_FD:
		name = "GROUP_GET_DEVICE_FD";
		break;
	default:
		return -ENOTTY;
	}
	snprintf(operation, sizeof(operation), "ioctl.%s", name);
	result = fault(operation);
	if (result)
		;
	else if (number == VFIO_GROUP_GET_STATUS)
		result = get_status(state, arg);
	else if (number == VFIO_GROUP_SET_CONTAINER)
		result = set_container(state, arg);
	else if (number == VFIO_GROUP_UNSET_CONTAINER)
		result = unset_container(state);
	else
		result = get_device_fd(state, arg, device);
	log_object(state, object, sizeof(object));
	log_call(object, name, result, "%s%s", *device ? " device=" : "",
		 device);
	return result;
}

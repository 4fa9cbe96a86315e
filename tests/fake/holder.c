// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fake-holder BDF group|cdev [VECTORS]: hold a device as a virtual machine or
 * a packet processor would, and do as standard input says:
 *	alloc N		allocate MSI-X vectors 0..N-1
 *	free		give them all back
 *	reset		VFIO_DEVICE_RESET
 *	enable MODE	TPH on, mode bits as in the ABI
 *	quit		leave (end of input does the same)
 * Each answer is one line, "ok" or "error NAME"; the first line is "ready".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi.h"
#include "vfio_pci_tph.h"

#define MAX_VECTORS 2048

static void die(const char *what)
{
	printf("error %s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static int open_by_group(const char *bdf)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char path[PATH_MAX], link[PATH_MAX];
	int container, group, device;
	bool noiommu;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group",
		 bdf);
	n = readlink(path, link, sizeof(link) - 1);
	if (n <= 0)
		die("iommu_group");
	link[n] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%.16s", strrchr(link, '/') + 1);
	noiommu = access(path, F_OK) != 0;
	if (noiommu)
		snprintf(path, sizeof(path), "/dev/vfio/noiommu-%.16s",
			 strrchr(link, '/') + 1);
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (container < 0)
		die("container");
	group = open(path, O_RDWR | O_CLOEXEC);
	if (group < 0)
		die("group");
	if (ioctl(group, VFIO_GROUP_GET_STATUS, &status) ||
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		die("viable");
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container))
		die("SET_CONTAINER");
	if (ioctl(container, VFIO_SET_IOMMU,
		  noiommu ? VFIO_NOIOMMU_IOMMU : VFIO_TYPE1v2_IOMMU))
		die("SET_IOMMU");
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, bdf);
	if (device < 0)
		die("GET_DEVICE_FD");
	return device;
}

static int open_by_cdev(const char *bdf)
{
	struct fake_bind_iommufd bind = { .argsz = sizeof(bind) };
	char path[PATH_MAX], name[64] = "";
	struct dirent *entry;
	int device;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", bdf);
	dir = opendir(path);
	if (!dir)
		die("vfio-dev");
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(name, sizeof(name), "%.63s", entry->d_name);
	closedir(dir);
	snprintf(path, sizeof(path), "/dev/vfio/devices/%s", name);
	device = open(path, O_RDWR | O_CLOEXEC);
	if (device < 0)
		die("cdev");
	bind.iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	if (bind.iommufd < 0)
		die("iommu");
	if (ioctl(device, FAKE_BIND_IOMMUFD, &bind))
		die("BIND_IOMMUFD");
	return device;
}

static int set_vectors(int device, unsigned int count)
{
	static int events[MAX_VECTORS];
	struct vfio_irq_set *set;
	size_t size = sizeof(*set) + sizeof(int) * count;
	unsigned int i;
	int result;

	if (count > MAX_VECTORS) {
		errno = EINVAL;
		return -1;
	}
	set = calloc(1, size);
	if (!set)
		return -1;
	set->argsz = (__u32)size;
	set->index = VFIO_PCI_MSIX_IRQ_INDEX;
	set->count = count;
	set->flags =
		VFIO_IRQ_SET_ACTION_TRIGGER |
		(count ? VFIO_IRQ_SET_DATA_EVENTFD : VFIO_IRQ_SET_DATA_NONE);
	for (i = 0; i < count; i++) {
		if (!events[i])
			events[i] = eventfd(0, EFD_CLOEXEC);
		memcpy(set->data + 4 * i, &events[i], sizeof(int));
	}
	result = ioctl(device, VFIO_DEVICE_SET_IRQS, set);
	free(set);
	return result;
}

static int enable(int device, unsigned int mode)
{
	struct {
		struct vfio_pci_tph_head head;
		struct vfio_pci_tph_ctrl ctrl;
	} call = { { sizeof(call), VFIO_PCI_TPH_ENABLE },
		   { .mode = (__u8)mode } };

	return ioctl(device, VFIO_DEVICE_PCI_TPH, &call);
}

/* False when the holder is to leave. */
static bool obey(int device, const char *line)
{
	unsigned int number;
	int result;

	if (sscanf(line, "alloc %u", &number) == 1)
		result = set_vectors(device, number);
	else if (!strcmp(line, "free\n"))
		result = set_vectors(device, 0);
	else if (!strcmp(line, "reset\n"))
		result = ioctl(device, VFIO_DEVICE_RESET);
	else if (sscanf(line, "enable %u", &number) == 1)
		result = enable(device, number);
	else if (!strcmp(line, "quit\n"))
		return false;
	else {
		errno = EINVAL;
		result = -1;
	}
	if (result)
		printf("error %s\n", strerrorname_np(errno));
	else
		printf("ok\n");
	return true;
}

int main(int argc, char **argv)
{
	char line[128];
	int device;

	setlinebuf(stdout);
	if (argc < 3 || (strcmp(argv[2], "group") && strcmp(argv[2], "cdev"))) {
		fputs("usage: fake-holder BDF group|cdev [VECTORS]\n", stderr);
		return 2;
	}
	device = strcmp(argv[2], "cdev") ? open_by_group(argv[1])
					 : open_by_cdev(argv[1]);
	if (argc > 3 && atoi(argv[3]) > 0 &&
	    set_vectors(device, (unsigned int)atoi(argv[3])))
		die("SET_IRQS");
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin) && obey(device, line))
		;
	return 0;
}

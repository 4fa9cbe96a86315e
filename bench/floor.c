/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * floor CDEV [CYCLES [MILLISECONDS]]: open a VFIO device by its character
 * device, ask for its TPH capability, and nothing else: what "vfio-tph cap"
 * cannot do without. With CYCLES as often, for so long each time.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "uapi/vfio_cdev.h"
#include "uapi/vfio_pci_tph.h"

static int ask(const char *cdev, long milliseconds)
{
	const struct timespec pause = { milliseconds / 1000,
					milliseconds % 1000 * 1000000 };
	struct {
		struct vfio_pci_tph_head head;
		struct vfio_pci_tph_cap cap;
	} get_cap = { { .argsz = sizeof(get_cap), .op = VFIO_PCI_TPH_GET_CAP },
		      { 0 } };
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
	int device, failed;

	bind.iommufd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	device = open(cdev, O_RDWR | O_CLOEXEC);
	failed = bind.iommufd < 0 || device < 0 ||
		 ioctl(device, VFIO_DEVICE_BIND_IOMMUFD, &bind) ||
		 ioctl(device, VFIO_DEVICE_PCI_TPH, &get_cap);
	if (milliseconds)
		nanosleep(&pause, NULL);
	close(device);
	close(bind.iommufd);
	return failed;
}

int main(int argc, char **argv)
{
	long cycles = argc > 2 ? atol(argv[2]) : 1;
	long milliseconds = argc > 3 ? atol(argv[3]) : 0;
	int failed = 1;

	if (argc < 2)
		return 2;
	/* Of many, some may fail: a watch may be at the device just then. */
	while (cycles-- > 0)
		failed &= ask(argv[1], milliseconds);
	return failed;
}

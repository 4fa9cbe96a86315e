/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The character device of VFIO and what came after linux/vfio.h of Linux
 * 6.1: names and layouts of the kernel, our words. Where the build machine's
 * header has them, its own are used, and tests/unit compares the two.
 */
#ifndef VFIO_TPH_UAPI_VFIO_CDEV_H
#define VFIO_TPH_UAPI_VFIO_CDEV_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/vfio.h>

#ifndef VFIO_DEVICE_BIND_IOMMUFD
/* Linux 6.6. Bind an open character device to an iommufd. */
struct vfio_device_bind_iommufd {
	__u32 argsz;
	__u32 flags;
	__s32 iommufd;
	__u32 out_devid;
};

#define VFIO_DEVICE_BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 18)
#endif

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The character device of VFIO and what came after linux/vfio.h of Linux
 * 6.1: names and layouts of the kernel, our words. Where the build machine's
 * header has them, its own are used, and tests/unit compares the two.
 *
 * Later kernels put members behind those that are here. What is handed in
 * ends, by argsz, with those that every kernel knows.
 */
#ifndef UAPI_VFIO_CDEV_H
#define UAPI_VFIO_CDEV_H

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

#ifndef VFIO_DEVICE_ATTACH_IOMMUFD_PT
/* Linux 6.6. Attach a bound device to an IOAS or a HWPT, and take it off. */
struct vfio_device_attach_iommufd_pt {
	__u32 argsz;
	__u32 flags;
	__u32 pt_id;
};

struct vfio_device_detach_iommufd_pt {
	__u32 argsz;
	__u32 flags;
};

#define VFIO_DEVICE_ATTACH_IOMMUFD_PT _IO(VFIO_TYPE, VFIO_BASE + 19)
#define VFIO_DEVICE_DETACH_IOMMUFD_PT _IO(VFIO_TYPE, VFIO_BASE + 20)
#endif

#define VFIO_BIND_IOMMUFD_ARGSZ 16
#define VFIO_ATTACH_PT_ARGSZ	12
#define VFIO_DETACH_PT_ARGSZ	8

#endif

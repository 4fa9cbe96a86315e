/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /dev/iommu as far as the program uses it: numbers and layouts of Linux 7.2,
 * in our words. linux/iommufd.h came with Linux 6.2 and grew since; this
 * header is used everywhere in its place, whether the build machine has one
 * or not, and tests/unit compares the two where it has.
 *
 * Every argument begins with its size. The kernel takes a shorter one than it
 * knows, and a longer one if what it does not know is zero.
 */
#ifndef UAPI_IOMMUFD_H
#define UAPI_IOMMUFD_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define IOMMUFD_TYPE ';'

/* Destroy an object by its id. EBUSY while another object uses it. */
struct iommu_destroy {
	__u32 size;
	__u32 id;
};

#define IOMMU_DESTROY _IO(IOMMUFD_TYPE, 0x80)

/* An I/O address space: what addresses of devices mean. */
struct iommu_ioas_alloc {
	__u32 size;
	__u32 flags;
	__u32 out_ioas_id;
};

#define IOMMU_IOAS_ALLOC _IO(IOMMUFD_TYPE, 0x81)

/*
 * A page table of the hardware (HWPT): pt_id is an IOAS, or, for a table that
 * is nested on another, a HWPT that was allocated as nesting parent.
 */
struct iommu_hwpt_alloc {
	__u32 size;
	__u32 flags;
	__u32 dev_id;
	__u32 pt_id;
	__u32 out_hwpt_id;
	__u32 reserved;
	__u32 data_type;
	__u32 data_len;
	__aligned_u64 data_uptr;
	__u32 fault_id; /* Linux 6.11 */
	__u32 reserved2;
};

#define IOMMU_HWPT_ALLOC _IO(IOMMUFD_TYPE, 0x89)

#define IOMMU_HWPT_ALLOC_NEST_PARENT	(1u << 0)
#define IOMMU_HWPT_ALLOC_DIRTY_TRACKING (1u << 1)
#define IOMMU_HWPT_FAULT_ID_VALID	(1u << 2)
#define IOMMU_HWPT_ALLOC_PASID		(1u << 3)

#define IOMMU_HWPT_DATA_NONE 0

/* What the IOMMU of a device is. */
struct iommu_hw_info {
	__u32 size;
	__u32 flags;
	__u32 dev_id;
	__u32 data_len;
	__aligned_u64 data_uptr;
	__u32 out_data_type;
	__u8 out_max_pasid_log2; /* Linux 6.15, of what was reserved */
	__u8 reserved[3];
	__aligned_u64 out_capabilities; /* Linux 6.7 */
};

#define IOMMU_GET_HW_INFO _IO(IOMMUFD_TYPE, 0x8a)

/* iommu_hw_info.out_data_type */
#define IOMMU_HW_INFO_TYPE_NONE		  0
#define IOMMU_HW_INFO_TYPE_INTEL_VTD	  1
#define IOMMU_HW_INFO_TYPE_ARM_SMMUV3	  2
#define IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV 3
#define IOMMU_HW_INFO_TYPE_AMD		  4

/* iommu_hw_info.out_capabilities */
#define IOMMU_HW_CAP_DIRTY_TRACKING	   (1u << 0)
#define IOMMU_HW_CAP_PCI_PASID_EXEC	   (1u << 1)
#define IOMMU_HW_CAP_PCI_PASID_PRIV	   (1u << 2)
#define IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED (1u << 3)

/* A queue of the page requests of devices, and a descriptor to read it. */
struct iommu_fault_alloc {
	__u32 size;
	__u32 flags;
	__u32 out_fault_id;
	__u32 out_fault_fd;
};

#define IOMMU_FAULT_QUEUE_ALLOC _IO(IOMMUFD_TYPE, 0x8e)

#endif

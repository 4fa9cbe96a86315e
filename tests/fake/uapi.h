/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and layouts of VFIO's character device and of iommufd that the
 * build machine's linux/vfio.h may lack (it may be older than they are).
 * Names differ from the kernel's on purpose, so that a newer header does not
 * clash.
 */
#ifndef FAKE_UAPI_H
#define FAKE_UAPI_H

#include <linux/types.h>
#include <linux/vfio.h>

#define FAKE_BIND_IOMMUFD _IO(';', 100 + 18)
#define FAKE_ATTACH_PT	  _IO(';', 100 + 19)
#define FAKE_DETACH_PT	  _IO(';', 100 + 20)

struct fake_bind_iommufd {
	__u32 argsz;
	__u32 flags;
	__s32 iommufd;
	__u32 out_devid;
};

struct fake_attach_pt {
	__u32 argsz;
	__u32 flags;
	__u32 pt_id;
};

struct fake_detach_pt {
	__u32 argsz;
	__u32 flags;
};

/* iommufd: the first word of every structure is its size. */
#define FAKE_IOMMU(n)	       _IO(';', 0x80 + (n))
#define FAKE_IOMMU_DESTROY     FAKE_IOMMU(0)
#define FAKE_IOMMU_IOAS_ALLOC  FAKE_IOMMU(1)
#define FAKE_IOMMU_IOAS_RANGES FAKE_IOMMU(4)
#define FAKE_IOMMU_IOAS_MAP    FAKE_IOMMU(5)
#define FAKE_IOMMU_IOAS_UNMAP  FAKE_IOMMU(6)
#define FAKE_IOMMU_HWPT_ALLOC  FAKE_IOMMU(9)
#define FAKE_IOMMU_HW_INFO     FAKE_IOMMU(10)
#define FAKE_IOMMU_FAULT_ALLOC FAKE_IOMMU(14)

struct fake_iommu_destroy {
	__u32 size;
	__u32 id;
};

struct fake_iommu_ioas_alloc {
	__u32 size;
	__u32 flags;
	__u32 out_ioas_id;
};

struct fake_iommu_hwpt_alloc {
	__u32 size;
	__u32 flags;
	__u32 dev_id;
	__u32 pt_id;
	__u32 out_hwpt_id;
	__u32 reserved;
	__u32 data_type;
	__u32 data_len;
	__aligned_u64 data_uptr;
	__u32 fault_id;
	__u32 reserved2;
};

#define FAKE_HWPT_NEST_PARENT (1u << 0)
#define FAKE_HWPT_DIRTY	      (1u << 1)
#define FAKE_HWPT_FAULT_ID    (1u << 2)
#define FAKE_HWPT_PASID	      (1u << 3)

struct fake_iommu_hw_info {
	__u32 size;
	__u32 flags;
	__u32 dev_id;
	__u32 data_len;
	__aligned_u64 data_uptr;
	__u32 out_data_type;
	__u8 out_max_pasid_log2;
	__u8 reserved[3];
	__aligned_u64 out_capabilities;
};

#define FAKE_HW_CAP_DIRTY      (1u << 0)
#define FAKE_HW_CAP_PASID_EXEC (1u << 1)
#define FAKE_HW_CAP_PASID_PRIV (1u << 2)
#define FAKE_HW_CAP_NO_ATS     (1u << 3)

struct fake_iommu_fault_alloc {
	__u32 size;
	__u32 flags;
	__u32 out_fault_id;
	__u32 out_fault_fd;
};

/* Extended capabilities. */
#define FAKE_ECAP_ATS 0x0f
#define FAKE_ECAP_PRI 0x13

#endif

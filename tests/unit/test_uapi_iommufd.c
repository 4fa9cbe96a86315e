/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/uapi/iommufd.h, and what vfio_cdev.h has of attaching, against the
 * build machine's own headers where those have the thing. linux/iommufd.h
 * came with Linux 6.2; a macro tells which calls a header knows, and with the
 * call its struct. The names of ours are changed before they are included,
 * so that both stand side by side.
 */
#include "unit.h"

#include <linux/vfio.h>

#if __has_include(<linux/iommufd.h>)
#include <linux/iommufd.h>
#endif

#define MEMBERS_MAX 10

/* A struct, and where its members stand; members beyond those are -1. */
struct layout {
	unsigned long number;
	long size;
	long at[MEMBERS_MAX];
};

#define DESTROY(name, call)                                                    \
	{                                                                      \
		call, sizeof(struct name),                                     \
		{                                                              \
			offsetof(struct name, size), offsetof(struct name, id) \
		}                                                              \
	}
#define IOAS(name, call)                                           \
	{                                                          \
		call, sizeof(struct name),                         \
		{                                                  \
			offsetof(struct name, size),               \
				offsetof(struct name, flags),      \
				offsetof(struct name, out_ioas_id) \
		}                                                  \
	}
#define HWPT(name, call)                                            \
	{                                                           \
		call, sizeof(struct name),                          \
		{                                                   \
			offsetof(struct name, flags),               \
				offsetof(struct name, dev_id),      \
				offsetof(struct name, pt_id),       \
				offsetof(struct name, out_hwpt_id), \
				offsetof(struct name, data_type),   \
				offsetof(struct name, data_len),    \
				offsetof(struct name, data_uptr),   \
				offsetof(struct name, fault_id)     \
		}                                                   \
	}
#define HW_INFO(name, call)                                                \
	{                                                                  \
		call, sizeof(struct name),                                 \
		{                                                          \
			offsetof(struct name, flags),                      \
				offsetof(struct name, dev_id),             \
				offsetof(struct name, data_len),           \
				offsetof(struct name, data_uptr),          \
				offsetof(struct name, out_data_type),      \
				offsetof(struct name, out_max_pasid_log2), \
				offsetof(struct name, out_capabilities)    \
		}                                                          \
	}
#define QUEUE(name, call)                                            \
	{                                                            \
		call, sizeof(struct name),                           \
		{                                                    \
			offsetof(struct name, flags),                \
				offsetof(struct name, out_fault_id), \
				offsetof(struct name, out_fault_fd)  \
		}                                                    \
	}
#define ATTACH(name, call)                                    \
	{                                                     \
		call, 0,                                      \
		{                                             \
			offsetof(struct name, argsz),         \
				offsetof(struct name, flags), \
				offsetof(struct name, pt_id)  \
		}                                             \
	}
#define DETACH(name, call)                                   \
	{                                                    \
		call, 0,                                     \
		{                                            \
			offsetof(struct name, argsz),        \
				offsetof(struct name, flags) \
		}                                            \
	}

enum { DESTROYING, IOASES, HWPTS, HW_INFOS, QUEUES, ATTACHING, DETACHING, N };

static const struct layout theirs[N] = {
#ifdef IOMMU_DESTROY
	[DESTROYING] = DESTROY(iommu_destroy, IOMMU_DESTROY),
#endif
#ifdef IOMMU_IOAS_ALLOC
	[IOASES] = IOAS(iommu_ioas_alloc, IOMMU_IOAS_ALLOC),
#endif
/* Its fault queue came with the queues. */
#ifdef IOMMU_FAULT_QUEUE_ALLOC
	[HWPTS] = HWPT(iommu_hwpt_alloc, IOMMU_HWPT_ALLOC),
	[QUEUES] = QUEUE(iommu_fault_alloc, IOMMU_FAULT_QUEUE_ALLOC),
#endif
/* The PASID width came in Linux 6.15, the next call after it in 6.17. */
#ifdef IOMMU_HW_QUEUE_ALLOC
	[HW_INFOS] = HW_INFO(iommu_hw_info, IOMMU_GET_HW_INFO),
#endif
#ifdef VFIO_DEVICE_ATTACH_IOMMUFD_PT
	[ATTACHING] = ATTACH(vfio_device_attach_iommufd_pt,
			     VFIO_DEVICE_ATTACH_IOMMUFD_PT),
	[DETACHING] = DETACH(vfio_device_detach_iommufd_pt,
			     VFIO_DEVICE_DETACH_IOMMUFD_PT),
#endif
};

/* Flags and types of the newest header that has them all. */
#ifdef IOMMU_HW_QUEUE_ALLOC
static const unsigned long their_flags[] = {
	IOMMU_HWPT_ALLOC_NEST_PARENT, IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
	IOMMU_HWPT_FAULT_ID_VALID,    IOMMU_HWPT_ALLOC_PASID,
	IOMMU_HW_INFO_TYPE_INTEL_VTD, IOMMU_HW_INFO_TYPE_ARM_SMMUV3,
	IOMMU_HW_CAP_DIRTY_TRACKING,  IOMMU_HW_CAP_PCI_PASID_EXEC,
	IOMMU_HW_CAP_PCI_PASID_PRIV,
};
#else
static const unsigned long their_flags[9];
#endif

#undef IOMMUFD_TYPE
#undef IOMMU_DESTROY
#undef IOMMU_IOAS_ALLOC
#undef IOMMU_HWPT_ALLOC
#undef IOMMU_GET_HW_INFO
#undef IOMMU_FAULT_QUEUE_ALLOC
#undef VFIO_DEVICE_BIND_IOMMUFD
#undef VFIO_DEVICE_ATTACH_IOMMUFD_PT
#undef VFIO_DEVICE_DETACH_IOMMUFD_PT
#define iommu_destroy		      our_destroy
#define iommu_ioas_alloc	      our_ioas_alloc
#define iommu_hwpt_alloc	      our_hwpt_alloc
#define iommu_hw_info		      our_hw_info
#define iommu_fault_alloc	      our_fault_alloc
#define vfio_device_bind_iommufd      our_bind
#define vfio_device_attach_iommufd_pt our_attach
#define vfio_device_detach_iommufd_pt our_detach
#include "uapi/iommufd.h"
#include "uapi/vfio_cdev.h"

static const struct layout ours[N] = {
	[DESTROYING] = DESTROY(our_destroy, IOMMU_DESTROY),
	[IOASES] = IOAS(our_ioas_alloc, IOMMU_IOAS_ALLOC),
	[HWPTS] = HWPT(our_hwpt_alloc, IOMMU_HWPT_ALLOC),
	[HW_INFOS] = HW_INFO(our_hw_info, IOMMU_GET_HW_INFO),
	[QUEUES] = QUEUE(our_fault_alloc, IOMMU_FAULT_QUEUE_ALLOC),
	[ATTACHING] = ATTACH(our_attach, VFIO_DEVICE_ATTACH_IOMMUFD_PT),
	[DETACHING] = DETACH(our_detach, VFIO_DEVICE_DETACH_IOMMUFD_PT),
};

static const unsigned long our_flags[] = {
	IOMMU_HWPT_ALLOC_NEST_PARENT, IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
	IOMMU_HWPT_FAULT_ID_VALID,    IOMMU_HWPT_ALLOC_PASID,
	IOMMU_HW_INFO_TYPE_INTEL_VTD, IOMMU_HW_INFO_TYPE_ARM_SMMUV3,
	IOMMU_HW_CAP_DIRTY_TRACKING,  IOMMU_HW_CAP_PCI_PASID_EXEC,
	IOMMU_HW_CAP_PCI_PASID_PRIV,
};

static void compare(int which)
{
	if (!theirs[which].number)
		skip(); /* an older header */
	want_int(theirs[which].number, ours[which].number, NULL);
	want_int(theirs[which].size, ours[which].size, NULL);
	for (int i = 0; i < MEMBERS_MAX; i++)
		want_int(theirs[which].at[i], ours[which].at[i], NULL);
}

#define STRUCTS(X)                                            \
	X(destroy_is_that_of_the_machines_header, DESTROYING) \
	X(ioas_alloc_is_that_of_the_machines_header, IOASES)  \
	X(hwpt_alloc_is_that_of_the_machines_header, HWPTS)   \
	X(hw_info_is_that_of_the_machines_header, HW_INFOS)   \
	X(fault_queue_is_that_of_the_machines_header, QUEUES) \
	X(attach_is_that_of_the_machines_header, ATTACHING)   \
	X(detach_is_that_of_the_machines_header, DETACHING)

#define X(name, which)                 \
	static void name(void **state) \
	{                              \
		(void)state;           \
		compare(which);        \
	}
STRUCTS(X)
#undef X

static void flags_are_those_of_the_machines_header(void **state)
{
	(void)state;
	if (!their_flags[0])
		skip();
	for (size_t i = 0; i < sizeof(our_flags) / sizeof(*our_flags); i++)
		want_int(their_flags[i], our_flags[i], NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = { STRUCTS(X) X(
		flags_are_those_of_the_machines_header) };
#undef X

	return cmocka_run_group_tests_name("uapi_iommufd", tests, NULL, NULL);
}

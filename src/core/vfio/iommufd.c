/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/iommufd.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "uapi/iommufd.h"
#include "uapi/vfio_cdev.h"

#define LAYOUT(what) _Static_assert(what, "layout")
#define AT(struct_name, member, offset) \
	LAYOUT(offsetof(struct struct_name, member) == (offset))

LAYOUT(sizeof(struct iommu_destroy) == 8);
AT(iommu_destroy, id, 4);
LAYOUT(sizeof(struct iommu_ioas_alloc) == 12);
AT(iommu_ioas_alloc, out_ioas_id, 8);
LAYOUT(sizeof(struct iommu_hwpt_alloc) == 48);
AT(iommu_hwpt_alloc, dev_id, 8);
AT(iommu_hwpt_alloc, pt_id, 12);
AT(iommu_hwpt_alloc, out_hwpt_id, 16);
AT(iommu_hwpt_alloc, data_type, 24);
AT(iommu_hwpt_alloc, data_len, 28);
AT(iommu_hwpt_alloc, data_uptr, 32);
AT(iommu_hwpt_alloc, fault_id, 40);
LAYOUT(sizeof(struct iommu_hw_info) == 40);
AT(iommu_hw_info, dev_id, 8);
AT(iommu_hw_info, data_len, 12);
AT(iommu_hw_info, data_uptr, 16);
AT(iommu_hw_info, out_data_type, 24);
AT(iommu_hw_info, out_max_pasid_log2, 28);
AT(iommu_hw_info, out_capabilities, 32);
LAYOUT(sizeof(struct iommu_fault_alloc) == 16);
AT(iommu_fault_alloc, out_fault_id, 8);
AT(iommu_fault_alloc, out_fault_fd, 12);
LAYOUT(sizeof(struct vfio_device_bind_iommufd) >= VFIO_BIND_IOMMUFD_ARGSZ);
AT(vfio_device_bind_iommufd, out_devid, VFIO_BIND_IOMMUFD_ARGSZ - 4);
LAYOUT(sizeof(struct vfio_device_attach_iommufd_pt) >= VFIO_ATTACH_PT_ARGSZ);
AT(vfio_device_attach_iommufd_pt, pt_id, VFIO_ATTACH_PT_ARGSZ - 4);
LAYOUT(sizeof(struct vfio_device_detach_iommufd_pt) >= VFIO_DETACH_PT_ARGSZ);
AT(vfio_device_detach_iommufd_pt, flags, VFIO_DETACH_PT_ARGSZ - 4);

int iommufd_open(struct iommufd *iommufd)
{
	int fd;

	if (iommufd->fd != -1)
		return 0;
	fd = io_open(iommufd->io, IOMMUFD_NODE);
	if (io_failed(fd))
		return fd;
	iommufd->fd = fd;
	return 0;
}

void iommufd_close(struct iommufd *iommufd)
{
	if (iommufd->fd >= 0)
		close(iommufd->fd);
	iommufd->fd = -1;
}

int iommufd_bind(const struct iommufd *iommufd, int device, uint32_t *dev_id)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = VFIO_BIND_IOMMUFD_ARGSZ,
		.iommufd = iommufd->fd,
	};
	int r = io_ioctl(iommufd->io, device, VFIO_DEVICE_BIND_IOMMUFD, &bind,
			 "VFIO_DEVICE_BIND_IOMMUFD", "%s", IOMMUFD_NODE);

	*dev_id = bind.out_devid;
	return r;
}

int iommufd_attach(const struct iommufd *iommufd, int device, uint32_t pt_id,
		   const char *what)
{
	struct vfio_device_attach_iommufd_pt attach = {
		.argsz = VFIO_ATTACH_PT_ARGSZ,
		.pt_id = pt_id,
	};

	return io_ioctl(iommufd->io, device, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
			&attach, "VFIO_DEVICE_ATTACH_IOMMUFD_PT", "%s", what);
}

int iommufd_detach(const struct iommufd *iommufd, int device)
{
	struct vfio_device_detach_iommufd_pt detach = {
		.argsz = VFIO_DETACH_PT_ARGSZ,
	};

	return io_ioctl(iommufd->io, device, VFIO_DEVICE_DETACH_IOMMUFD_PT,
			&detach, "VFIO_DEVICE_DETACH_IOMMUFD_PT", "%s", "");
}

int iommufd_ioas_alloc(const struct iommufd *iommufd, uint32_t *ioas_id)
{
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	int r = io_ioctl(iommufd->io, iommufd->fd, IOMMU_IOAS_ALLOC, &alloc,
			 "IOMMU_IOAS_ALLOC", "%s", "");

	*ioas_id = alloc.out_ioas_id;
	return r;
}

/* The flags as the trace shows them: "flags=nest-parent,pasid". */
static void flag_words(uint32_t flags, char *text, size_t size)
{
	static const struct {
		uint32_t flag;
		const char *word;
	} words[] = {
		{ IOMMU_HWPT_ALLOC_NEST_PARENT, "nest-parent" },
		{ IOMMU_HWPT_ALLOC_DIRTY_TRACKING, "dirty-tracking" },
		{ IOMMU_HWPT_FAULT_ID_VALID, "fault-id-valid" },
		{ IOMMU_HWPT_ALLOC_PASID, "pasid" },
	};
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (flags & words[i].flag)
			used += (size_t)snprintf(
				text + used, size - used, "%s%s",
				used ? "," : " flags=", words[i].word);
}

int iommufd_hwpt_alloc(const struct iommufd *iommufd,
		       const struct iommufd_hwpt *wanted, uint32_t *hwpt_id)
{
	uint32_t valid = wanted->fault_id ? IOMMU_HWPT_FAULT_ID_VALID : 0;
	struct iommu_hwpt_alloc alloc = {
		.size = sizeof(alloc),
		.flags = (wanted->flags & ~IOMMU_HWPT_FAULT_ID_VALID) | valid,
		.dev_id = wanted->dev_id,
		.pt_id = wanted->parent,
		.data_type = wanted->data_type,
		.data_len = wanted->data_len,
		.data_uptr = (uintptr_t)wanted->data,
		.fault_id = wanted->fault_id,
	};
	char flags[96];
	int r;

	flag_words(alloc.flags, flags, sizeof(flags));
	r = io_ioctl(iommufd->io, iommufd->fd, IOMMU_HWPT_ALLOC, &alloc,
		     "IOMMU_HWPT_ALLOC", "parent=%s%s",
		     wanted->nested ? "hwpt" : "ioas", flags);
	*hwpt_id = alloc.out_hwpt_id;
	return r;
}

int iommufd_fault_queue_alloc(const struct iommufd *iommufd, uint32_t *fault_id,
			      int *fd)
{
	struct iommu_fault_alloc alloc = { .size = sizeof(alloc) };
	int r = io_ioctl(iommufd->io, iommufd->fd, IOMMU_FAULT_QUEUE_ALLOC,
			 &alloc, "IOMMU_FAULT_QUEUE_ALLOC", "%s", "");

	*fault_id = alloc.out_fault_id;
	*fd = r == 0 ? (int)alloc.out_fault_fd : -1;
	return r;
}

int iommufd_destroy(const struct iommufd *iommufd, uint32_t id,
		    const char *what)
{
	struct iommu_destroy destroy = { .size = sizeof(destroy), .id = id };

	return io_ioctl(iommufd->io, iommufd->fd, IOMMU_DESTROY, &destroy,
			"IOMMU_DESTROY", "%s", what);
}

int iommufd_get_hw_info(const struct iommufd *iommufd, uint32_t dev_id,
			struct iommufd_hw_info *info)
{
	struct iommu_hw_info hw = { .size = sizeof(hw), .dev_id = dev_id };
	int r = io_query(iommufd->io, iommufd->fd, IOMMU_GET_HW_INFO, &hw,
			 "IOMMU_GET_HW_INFO", "%s", "");

	*info = (struct iommufd_hw_info){
		.type = hw.out_data_type,
		.pasid_width = hw.out_max_pasid_log2,
		.capabilities = hw.out_capabilities,
	};
	return r;
}

uint32_t iommufd_pasid_flag(const struct iommufd_hw_info *info, bool wanted)
{
	return wanted && info->pasid_width ? IOMMU_HWPT_ALLOC_PASID : 0;
}

const char *iommufd_type_name(uint32_t type)
{
	static const char *const names[] = {
		[IOMMU_HW_INFO_TYPE_NONE] = "none",
		[IOMMU_HW_INFO_TYPE_INTEL_VTD] = "intel-vtd",
		[IOMMU_HW_INFO_TYPE_ARM_SMMUV3] = "arm-smmuv3",
		[IOMMU_HW_INFO_TYPE_TEGRA241_CMDQV] = "tegra241-cmdqv",
		[IOMMU_HW_INFO_TYPE_AMD] = "amd",
	};

	return type < sizeof(names) / sizeof(*names) ? names[type] : NULL;
}

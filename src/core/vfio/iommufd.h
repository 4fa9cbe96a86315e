/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iommufd: the ioctls of /dev/iommu, and the two ends of it at a VFIO
 * device's character device. One function a call, after
 * Documentation/userspace-api/iommufd.rst and drivers/iommu/iommufd.
 *
 * All return 0 or -errno, as the kernel gave it.
 */
#ifndef CORE_VFIO_IOMMUFD_H
#define CORE_VFIO_IOMMUFD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/vfio/io.h"

#define IOMMUFD_NODE "/dev/iommu"

/* An open /dev/iommu, or IO_DRY_FD. */
struct iommufd {
	struct io *io;
	int fd;
};

/* Open it where it is not open yet (fd -1). Returns 0 or -errno. */
int iommufd_open(struct iommufd *iommufd);
void iommufd_close(struct iommufd *iommufd);

/*
 * Bind a character device; *dev_id is the device's id in this iommufd, until
 * its descriptor is closed. A device that is bound already, by whomever, is
 * -EINVAL.
 */
int iommufd_bind(const struct iommufd *iommufd, int device, uint32_t *dev_id);

/*
 * Attach a bound device to an IOAS or a HWPT, or take it off what it is
 * attached to. what: its name in the trace.
 */
int iommufd_attach(const struct iommufd *iommufd, int device, uint32_t pt_id,
		   const char *what);
int iommufd_detach(const struct iommufd *iommufd, int device);

int iommufd_ioas_alloc(const struct iommufd *iommufd, uint32_t *ioas_id);

/* A HWPT as it is wanted. */
struct iommufd_hwpt {
	uint32_t dev_id;    /* of a device that will be attached to it */
	uint32_t parent;    /* an IOAS; or a nesting parent, to nest on it */
	bool nested;	    /* the latter; for the trace */
	uint32_t flags;	    /* IOMMU_HWPT_ALLOC_* */
	uint32_t fault_id;  /* queue of its page requests, or 0: none */
	uint32_t data_type; /* what data is, or IOMMU_HWPT_DATA_NONE */
	const void *data;
	uint32_t data_len;
};

/*
 * Allocate a HWPT. IOMMU_HWPT_FAULT_ID_VALID in the flags is not looked at:
 * a fault queue that is not 0 is valid. -EOPNOTSUPP: the IOMMU has no such
 * table.
 */
int iommufd_hwpt_alloc(const struct iommufd *iommufd,
		       const struct iommufd_hwpt *wanted, uint32_t *hwpt_id);

/* A fault queue, and the descriptor (of the caller's) to read it by. */
int iommufd_fault_queue_alloc(const struct iommufd *iommufd, uint32_t *fault_id,
			      int *fd);

/*
 * Destroy an IOAS, a HWPT or a fault queue. -EBUSY while it is used: by what
 * was allocated upon it, a device that is attached, an open descriptor.
 */
int iommufd_destroy(const struct iommufd *iommufd, uint32_t id,
		    const char *what);

struct iommufd_hw_info {
	uint32_t type;		  /* IOMMU_HW_INFO_TYPE_* */
	unsigned int pasid_width; /* bits of a PASID; 0: the device has none */
	uint64_t capabilities;	  /* IOMMU_HW_CAP_* */
};

/* What the IOMMU of a bound device is and can do. */
int iommufd_get_hw_info(const struct iommufd *iommufd, uint32_t dev_id,
			struct iommufd_hw_info *info);

/*
 * IOMMU_HWPT_ALLOC_PASID, or 0. Not every IOMMU knows the flag, so that it is
 * sent when, and only when, PASIDs are wanted and the device reports a width.
 */
uint32_t iommufd_pasid_flag(const struct iommufd_hw_info *info, bool wanted);

/* "intel-vtd", or NULL for a number that is not known. */
const char *iommufd_type_name(uint32_t type);

#endif

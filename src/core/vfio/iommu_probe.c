/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/iommu_probe.h"

#include <errno.h>
#include <unistd.h>

#include "uapi/iommufd.h"

/*
 * The kernel answers EOPNOTSUPP for what the IOMMU has not
 * (drivers/iommu/iommufd/hw_pagetable.c, domain_alloc_paging_flags of its
 * drivers), ENOTTY for an operation that it does not know, and E2BIG for a
 * member that is set and not known to it (iommufd/main.c).
 */
bool iommu_trial_tells(const struct iommu_trial *trial)
{
	switch (trial->number) {
	case 0:
	case EOPNOTSUPP:
	case ENOTTY:
	case E2BIG:
		return trial->tried;
	default:
		return false;
	}
}

static int destroy(const struct iommufd *iommufd, uint32_t id, const char *what,
		   struct error *err)
{
	int r = iommufd_destroy(iommufd, id, what);

	return r ? error_system(err, -r, "cannot free the %s", what) : 0;
}

static int try_hwpt(const struct iommufd *iommufd,
		    const struct iommufd_hwpt *wanted,
		    struct iommu_trial *trial, struct error *err)
{
	uint32_t id;
	int r = iommufd_hwpt_alloc(iommufd, wanted, &id);

	*trial = (struct iommu_trial){ .tried = true, .number = -r };
	return r ? 0 : destroy(iommufd, id, "hwpt", err);
}

static int try_nesting(const struct iommufd *iommufd,
		       struct iommufd_hwpt wanted, struct iommu_probe *probe,
		       struct error *err)
{
	uint32_t pasid = iommufd_pasid_flag(&probe->info, true);
	int r;

	wanted.flags = IOMMU_HWPT_ALLOC_NEST_PARENT;
	r = try_hwpt(iommufd, &wanted, &probe->nesting_parent, err);
	if (r || !pasid)
		return r;
	wanted.flags |= pasid;
	return try_hwpt(iommufd, &wanted, &probe->nesting_parent_pasid, err);
}

static int try_fault_queue(const struct iommufd *iommufd,
			   struct iommufd_hwpt wanted,
			   struct iommu_trial *trial, struct error *err)
{
	struct error second;
	int fd, end;
	int r = iommufd_fault_queue_alloc(iommufd, &wanted.fault_id, &fd);

	*trial = (struct iommu_trial){ .tried = true, .number = -r };
	if (r)
		return 0;
	r = try_hwpt(iommufd, &wanted, trial, err);
	if (fd >= 0)
		close(fd); /* else the queue is in use */
	end = destroy(iommufd, wanted.fault_id, "fault-queue",
		      r ? &second : err);
	return r ? r : end;
}

int iommu_probe(const struct iommufd *iommufd, uint32_t dev_id,
		struct iommu_probe *probe, struct error *err)
{
	struct iommufd_hwpt wanted = { .dev_id = dev_id };
	struct error second;
	int r, end;

	*probe = (struct iommu_probe){ 0 };
	r = iommufd_get_hw_info(iommufd, dev_id, &probe->info);
	if (r)
		return error_system(err, -r, "cannot ask the IOMMU");
	r = iommufd_ioas_alloc(iommufd, &wanted.parent);
	if (r)
		return error_system(err, -r, "cannot allocate an IOAS");
	r = try_nesting(iommufd, wanted, probe, err);
	if (r == 0)
		r = try_fault_queue(iommufd, wanted, &probe->fault_queue, err);
	end = destroy(iommufd, wanted.parent, "ioas", r ? &second : err);
	return r ? r : end;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the IOMMU of a bound device has: what the kernel tells of it, and
 * page tables that are allocated, for trying, and destroyed at once. Nothing
 * is attached, so what the device may do does not change.
 */
#ifndef CORE_VFIO_IOMMU_PROBE_H
#define CORE_VFIO_IOMMU_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/vfio/iommufd.h"

struct iommu_trial {
	bool tried;
	int number; /* 0: it was had; else the errno */
};

struct iommu_probe {
	struct iommufd_hw_info info;
	struct iommu_trial nesting_parent;
	/* Not tried without a PASID width: see iommufd_pasid_flag(). */
	struct iommu_trial nesting_parent_pasid;
	struct iommu_trial fault_queue; /* a table that has one */
};

/*
 * Does what a trial came to tell whether there is such a table? Not where it
 * failed for another reason, as for want of memory.
 */
bool iommu_trial_tells(const struct iommu_trial *trial);

/*
 * An allocation that is refused is a result. What was allocated and could
 * not be destroyed is an error, as is what no trial can do without. Returns
 * 0, or -errno with *err filled.
 */
int iommu_probe(const struct iommufd *iommufd, uint32_t dev_id,
		struct iommu_probe *probe, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What devices are attached to: an I/O address space (IOAS) of their own,
 * and, where that is asked for, a page table (HWPT) upon it that was
 * allocated as nesting parent, for PASIDs, or with a queue for page requests.
 *
 * The kernel attaches all devices of an IOMMU group to one table, so it
 * belongs to the group.
 */
#ifndef CORE_VFIO_IOMMU_TABLE_H
#define CORE_VFIO_IOMMU_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/vfio/iommufd.h"

enum iommu_kind {
	IOMMU_UNATTACHED, /* bound only */
	IOMMU_IOAS,
	IOMMU_NESTING_PARENT,
};

/* What to attach a device to. */
struct iommu_choice {
	enum iommu_kind kind;
	bool pasid;  /* a table for PASIDs, where the device has them */
	bool faults; /* a queue for page requests */
};

struct iommu_table {
	struct iommu_table *next;
	int group;
	unsigned int users; /* devices of the group that use it */
	struct iommu_choice choice;
	unsigned int pasid_width; /* that the first of them reported */
	/* Ids in the iommufd; 0: there is none. */
	uint32_t ioas;
	uint32_t hwpt;
	uint32_t fault_id;
	int fault_fd; /* or -1 */
};

/*
 * The table of an IOMMU group, made for its device dev_id where the list has
 * none. A nesting parent cannot itself have a fault queue: its queue is
 * there for the tables that will be nested on it. Returns 0, or -errno with
 * *err filled: ERR_IOMMU_CANNOT where the IOMMU has no such table.
 */
int iommu_table_get(struct iommu_table **list, const struct iommufd *iommufd,
		    int group, uint32_t dev_id,
		    const struct iommu_choice *choice,
		    struct iommu_table **table, struct error *err);

/* Attach a bound device to it. Returns 0, or -errno with *err filled. */
int iommu_table_attach(const struct iommu_table *table,
		       const struct iommufd *iommufd, int device,
		       struct error *err);

/*
 * The counterpart of get; the last one frees everything, in the reverse
 * order. What somebody who had the descriptors freed himself is no error,
 * nor is what he still uses: the kernel frees that with the iommufd. Goes on
 * after a failure, and returns the first: -errno with *err filled.
 */
int iommu_table_put(struct iommu_table **list, const struct iommufd *iommufd,
		    struct iommu_table *table, struct error *err);

#endif

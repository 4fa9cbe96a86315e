/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/iommu_table.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "uapi/iommufd.h"

/* Errors by which the kernel says that it, or the IOMMU, has no such thing. */
static bool means_cannot(int r)
{
	return r == -EOPNOTSUPP || r == -ENOTTY || r == -E2BIG;
}

static int failed(int r, const char *what, struct error *err)
{
	error_system(err, -r, "%s", what);
	if (!means_cannot(r))
		return r;
	err->kind = ERR_IOMMU_CANNOT;
	error_advise(err, ADVICE_SHOW_IOMMU);
	return r;
}

static const char *name_of(const struct iommu_table *t, uint32_t flags)
{
	if (t->choice.kind == IOMMU_NESTING_PARENT)
		return flags & IOMMU_HWPT_ALLOC_PASID
			       ? "cannot allocate a nesting parent for PASIDs"
			       : "cannot allocate a nesting parent";
	return t->choice.faults
		       ? "cannot allocate a page table with a fault queue"
		       : "cannot allocate a page table for PASIDs";
}

static int alloc_hwpt(const struct iommufd *iommufd, struct iommu_table *t,
		      uint32_t dev_id, struct error *err)
{
	bool parent = t->choice.kind == IOMMU_NESTING_PARENT;
	struct iommufd_hw_info info = { 0 };
	struct iommufd_hwpt wanted = {
		.dev_id = dev_id,
		.parent = t->ioas,
		.flags = parent ? IOMMU_HWPT_ALLOC_NEST_PARENT : 0,
		.fault_id = parent ? 0 : t->fault_id,
	};
	int r = 0;

	if (t->choice.pasid) {
		r = iommufd_get_hw_info(iommufd, dev_id, &info);
		if (r)
			return failed(r, "cannot ask the IOMMU", err);
		t->pasid_width = info.pasid_width;
		wanted.flags |= iommufd_pasid_flag(&info, true);
	}
	if (!wanted.flags && !wanted.fault_id)
		return 0; /* the IOAS makes one like this by itself */
	r = iommufd_hwpt_alloc(iommufd, &wanted, &t->hwpt);
	if (r) {
		t->hwpt = 0;
		return failed(r, name_of(t, wanted.flags), err);
	}
	return 0;
}

static int fill(const struct iommufd *iommufd, struct iommu_table *t,
		uint32_t dev_id, struct error *err)
{
	int r = iommufd_ioas_alloc(iommufd, &t->ioas);

	if (r) {
		t->ioas = 0;
		return failed(r, "cannot allocate an IOAS", err);
	}
	if (t->choice.faults) {
		r = iommufd_fault_queue_alloc(iommufd, &t->fault_id,
					      &t->fault_fd);
		if (r) {
			t->fault_id = 0;
			return failed(r, "cannot allocate a fault queue", err);
		}
	}
	return alloc_hwpt(iommufd, t, dev_id, err);
}

int iommu_table_get(struct iommu_table **list, const struct iommufd *iommufd,
		    int group, uint32_t dev_id,
		    const struct iommu_choice *choice,
		    struct iommu_table **table, struct error *err)
{
	struct error ignored;
	struct iommu_table *t;
	int r;

	for (t = *list; t; t = t->next)
		if (t->group == group)
			break;
	if (!t) {
		t = calloc(1, sizeof(*t));
		if (!t)
			return error_system(err, ENOMEM, "cannot attach");
		t->group = group;
		t->choice = *choice;
		t->fault_fd = -1;
		t->next = *list;
		*list = t;
		r = fill(iommufd, t, dev_id, err);
		if (r) {
			t->users = 1;
			iommu_table_put(list, iommufd, t, &ignored);
			return r;
		}
	}
	t->users++;
	*table = t;
	return 0;
}

int iommu_table_attach(const struct iommu_table *t,
		       const struct iommufd *iommufd, int device,
		       struct error *err)
{
	int r = iommufd_attach(iommufd, device, t->hwpt ? t->hwpt : t->ioas,
			       t->hwpt ? "hwpt" : "ioas");

	/* VT-d's driver says so of a device without page requests. */
	if (r == -ENODEV && t->hwpt && t->fault_id &&
	    t->choice.kind == IOMMU_IOAS) {
		error_set(err, ERR_IOMMU_CANNOT, ENODEV,
			  "cannot attach it to a page table with a fault "
			  "queue: it sends no page requests that the IOMMU "
			  "takes");
		return r;
	}
	return r ? failed(r, "cannot attach it to a page table", err) : 0;
}

static int destroy(const struct iommufd *iommufd, uint32_t id, const char *what,
		   int before, struct error *err)
{
	int r = id ? iommufd_destroy(iommufd, id, what) : 0;

	if (r == 0 || r == -ENOENT || r == -EBUSY || before)
		return before;
	return error_system(err, -r, "cannot free the %s", what);
}

int iommu_table_put(struct iommu_table **list, const struct iommufd *iommufd,
		    struct iommu_table *table, struct error *err)
{
	int r;

	if (--table->users)
		return 0;
	while (*list != table)
		list = &(*list)->next;
	*list = table->next;
	r = destroy(iommufd, table->hwpt, "hwpt", 0, err);
	if (table->fault_fd >= 0)
		close(table->fault_fd); /* else the queue is in use */
	r = destroy(iommufd, table->fault_id, "fault-queue", r, err);
	r = destroy(iommufd, table->ioas, "ioas", r, err);
	free(table);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "core/base/compat.h"
#include "core/base/cleanup.h"
#include "core/base/interrupt.h"
#include "uapi/iommufd.h"
#include "uapi/vfio_cdev.h"

/* Signals that are ours are held back: none of them causes that many. */
#define EINTR_TRIES 1000

static void tell(const struct io *io, const char *name, const char *arguments,
		 int result)
{
	struct io_call call = { .device = io->device,
				.name = name,
				.arguments = arguments,
				.issued = !io->dry_run,
				.result = result };

	io->trace(io->context, &call);
}

int io_open(struct io *io, const char *path)
{
	int result = IO_DRY_FD;

	io->issued = !io->dry_run;
	if (io->issued) {
		result = open(path, O_RDWR | O_CLOEXEC);
		if (result < 0)
			result = -errno;
	}
	if (io->trace)
		tell(io, "open", path, result);
	return result;
}

/*
 * What a dry run takes a call to have answered that was not issued: that it
 * succeeded, and what it would have filled in. Each object of an iommufd has
 * the id IO_DRY_ID; the device has PASIDs, so that the plan shows the most
 * that is asked for.
 */
static int pretend(unsigned long request, void *argument)
{
	union {
		void *any;
		struct vfio_group_status *group;
		struct vfio_device_bind_iommufd *bind;
		struct iommu_ioas_alloc *ioas;
		struct iommu_hwpt_alloc *hwpt;
		struct iommu_fault_alloc *faults;
		struct iommu_hw_info *info;
	} to = { argument };

	switch (request) {
	case VFIO_GET_API_VERSION:
		return VFIO_API_VERSION;
	case VFIO_GROUP_GET_STATUS:
		to.group->flags = VFIO_GROUP_FLAGS_VIABLE;
		return 0;
	case VFIO_GROUP_GET_DEVICE_FD:
		return IO_DRY_FD;
	case VFIO_DEVICE_BIND_IOMMUFD:
		to.bind->out_devid = IO_DRY_ID;
		return 0;
	case IOMMU_IOAS_ALLOC:
		to.ioas->out_ioas_id = IO_DRY_ID;
		return 0;
	case IOMMU_HWPT_ALLOC:
		to.hwpt->out_hwpt_id = IO_DRY_ID;
		return 0;
	case IOMMU_FAULT_QUEUE_ALLOC:
		to.faults->out_fault_id = IO_DRY_ID;
		to.faults->out_fault_fd = (__u32)-1;
		return 0;
	case IOMMU_GET_HW_INFO:
		to.info->out_max_pasid_log2 = 1;
		return 0;
	default:
		return 0;
	}
}

/*
 * A driver that answers EINTR without end is given up when a signal that is
 * held back waits.
 */
static int issue_one(int fd, unsigned long request, void *argument)
{
	unsigned int tries = 0;
	int result;

	do {
		result = ioctl(fd, (ioctl_request_t)request, argument);
	} while (result < 0 && errno == EINTR &&
		 (++tries < EINTR_TRIES || !interrupt_pending()));
	return result < 0 ? -errno : result;
}

static int __attribute__((format(printf, 7, 0)))
issue(struct io *io, bool really, int fd, unsigned long request, void *argument,
      const char *name, const char *format, va_list ap)
{
	int result = really ? 0 : pretend(request, argument);

	io->issued = really;
	if (really)
		result = issue_one(fd, request, argument);
	if (io->trace) {
		_cleanup_free_ char *arguments = NULL;

		if (vasprintf(&arguments, format, ap) < 0) {
			arguments = NULL;
			/* A plan that says less would be a lie. */
			result = io->dry_run ? -ENOMEM : result;
		}
		tell(io, name, arguments ? arguments : "", result);
	}
	return result;
}

int io_ioctl(struct io *io, int fd, unsigned long request, void *argument,
	     const char *name, const char *format, ...)
{
	va_list ap;
	int r;

	va_start(ap, format);
	r = issue(io, !io->dry_run, fd, request, argument, name, format, ap);
	va_end(ap);
	return r;
}

int io_query(struct io *io, int fd, unsigned long request, void *argument,
	     const char *name, const char *format, ...)
{
	va_list ap;
	int r;

	va_start(ap, format);
	r = issue(io, !io->dry_run || fd >= 0, fd, request, argument, name,
		  format, ap);
	va_end(ap);
	return r;
}

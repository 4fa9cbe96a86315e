/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "core/base/compat.h"
#include "core/base/cleanup.h"

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

	if (!io->dry_run) {
		result = open(path, O_RDWR | O_CLOEXEC);
		if (result < 0)
			result = -errno;
	}
	if (io->trace)
		tell(io, "open", path, result);
	return result;
}

static int __attribute__((format(printf, 7, 0)))
issue(struct io *io, bool really, int fd, unsigned long request, void *argument,
      const char *name, const char *format, va_list ap)
{
	int result = 0;

	if (really) {
		do {
			result = ioctl(fd, (ioctl_request_t)request, argument);
		} while (result < 0 && errno == EINTR);
		if (result < 0)
			result = -errno;
	}
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

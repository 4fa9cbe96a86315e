/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"

static int write_all(int fd, mode_t mode, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		length -= (size_t)n;
	}
	return fchmod(fd, mode) || fsync(fd) ? -errno : 0;
}

int replace_file(int directory, const char *name, mode_t mode, const char *text,
		 size_t length)
{
	_cleanup_close_ int fd = -1;
	char temporary[NAME_MAX + 1];
	int r;

	/* Cut so that the number behind it has room. */
	snprintf(temporary, sizeof(temporary), ".%.200s.%d", name, getpid());
	unlinkat(directory, temporary, 0);
	fd = openat(directory, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, mode, text, length);
	if (r == 0 && renameat(directory, temporary, directory, name))
		r = -errno;
	if (r)
		unlinkat(directory, temporary, 0);
	return r;
}

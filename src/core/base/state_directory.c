/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/state_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"

int state_directory_open(struct error *err)
{
	static const char path[] = STATE_DIRECTORY;
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return error_system(err, errno, "cannot make %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return error_system(err, errno, "cannot open %s", path);
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return error_set(err, ERR_PERMISSION, EPERM,
				 "%s is not trusted: others may write it",
				 path);
	return take_fd(&fd);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* Making and removing files below /run, which is part of the machine. */
#include "fake.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

HOOK int mkdir(const char *path, mode_t mode)
{
	char found[PATH_MAX], file[PATH_MAX], run[PATH_MAX];

	if (!fake_on() || path_find(AT_FDCWD, path, found) != PATH_TREE)
		return (int)real.syscall(SYS_mkdirat, AT_FDCWD, path, mode);
	path_real("/run", run);
	real.syscall(SYS_mkdirat, AT_FDCWD, run, 0755);
	path_real(found, file);
	return (int)real.syscall(SYS_mkdirat, AT_FDCWD, file, mode);
}

HOOK int unlink(const char *path)
{
	char found[PATH_MAX], file[PATH_MAX];

	if (!fake_on() || path_find(AT_FDCWD, path, found) != PATH_TREE)
		return (int)real.syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	path_real(found, file);
	return (int)real.syscall(SYS_unlinkat, AT_FDCWD, file, 0);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The names under which a program asks what it may do with a file, watches
 * it, and asks which file system it is on. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- access ---- */

int fake_faccessat(int dirfd, const char *path, int wanted, int flags)
{
	char found[PATH_MAX], file[PATH_MAX];
	struct stat st;
	int error;

	if (!fake_on() || path_find(dirfd, path, found) != PATH_TREE) {
		if (flags)
			return (int)real.syscall(SYS_faccessat2, dirfd, path,
						 wanted, flags);
		return (int)real.syscall(SYS_faccessat, dirfd, path, wanted);
	}
	error = fault_path("access", found);
	path_real(found, file);
	if (!error &&
	    sys_fstatat(AT_FDCWD, file, &st, flags & AT_SYMLINK_NOFOLLOW))
		error = -errno;
	if (!error && wanted)
		error = access_check(found, st.st_mode, wanted);
	if (!error)
		return 0;
	errno = -error;
	return -1;
}

HOOK int faccessat(int dirfd, const char *path, int wanted, int flags)
{
	fake_on();
	return fake_faccessat(dirfd, path, wanted, flags);
}

HOOK int access(const char *path, int wanted)
{
	return faccessat(AT_FDCWD, path, wanted, 0);
}

HOOK int euidaccess(const char *path, int wanted)
{
	return faccessat(AT_FDCWD, path, wanted, AT_EACCESS);
}

HOOK int eaccess(const char *path, int wanted)
{
	return faccessat(AT_FDCWD, path, wanted, AT_EACCESS);
}

/* ---- watches, file systems ---- */

HOOK int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	char found[PATH_MAX], file[PATH_MAX];

	if (fake_on() && path_find(AT_FDCWD, path, found) == PATH_TREE) {
		errno = -fault_path("inotify_add_watch", found);
		if (errno)
			return -1;
		path_real(found, file);
		path = file;
	}
	return (int)real.syscall(SYS_inotify_add_watch, fd, path, mask);
}

HOOK int statfs(const char *path, struct statfs *fs)
{
	char found[PATH_MAX], file[PATH_MAX];
	int result;

	if (!fake_on() || path_find(AT_FDCWD, path, found) != PATH_TREE)
		return (int)real.syscall(SYS_statfs, path, fs);
	path_real(found, file);
	result = (int)real.syscall(SYS_statfs, file, fs);
	if (!result)
		fs->f_type = found[1] == 's'   ? 0x62656572
			     : found[1] == 'p' ? 0x9fa0
					       : 0x01021994;
	return result;
}

HOOK int statfs64(const char *path, struct statfs64 *fs)
{
	return statfs(path, (struct statfs *)fs);
}

/* ---- extended attributes: ls -l asks for them; sysfs and devtmpfs have none
 * worth showing ---- */

static bool in_tree(const char *path)
{
	char found[PATH_MAX];

	if (!fake_on() || path_find(AT_FDCWD, path, found) != PATH_TREE)
		return false;
	errno = ENOTSUP;
	return true;
}

#define GETXATTR_HOOK(name)                                                \
	HOOK ssize_t name(const char *path, const char *key, void *value,  \
			  size_t size)                                     \
	{                                                                  \
		return in_tree(path) ? -1                                  \
				     : real.syscall(SYS_##name, path, key, \
						    value, size);          \
	}
GETXATTR_HOOK(getxattr)
GETXATTR_HOOK(lgetxattr)

#define LISTXATTR_HOOK(name)                                                 \
	HOOK ssize_t name(const char *path, char *list, size_t size)         \
	{                                                                    \
		return in_tree(path)                                         \
			       ? -1                                          \
			       : real.syscall(SYS_##name, path, list, size); \
	}
LISTXATTR_HOOK(listxattr)
LISTXATTR_HOOK(llistxattr)

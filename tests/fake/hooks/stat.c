// SPDX-License-Identifier: GPL-2.0-or-later
/* The names under which a program asks about files without opening them. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What stat says of a node, or of a descriptor of the machine. */
static void dress(const char *file, mode_t *mode, dev_t *rdev)
{
	uint32_t number;
	enum kind kind = kind_of_path(file, &number);

	*mode &= 0777;
	*rdev = 0;
	switch (kind) {
	case KIND_CONTAINER:
		*rdev = makedev(10, 196);
		break;
	case KIND_IOMMUFD:
		*rdev = makedev(10, 126);
		break;
	case KIND_GROUP:
		*rdev = makedev(240, number);
		break;
	case KIND_CDEV:
		*rdev = makedev(511, number);
		break;
	default:
		return; /* an anonymous inode: no type */
	}
	*mode |= S_IFCHR;
}

static bool marked(mode_t mode, dev_t dev)
{
	return S_ISREG(mode) && (mode & S_ISVTX) && dev == machine.dev;
}

static void dress_link(const char *link, mode_t *mode, dev_t *rdev)
{
	char text[PATH_MAX];
	ssize_t n = sys_readlinkat(AT_FDCWD, link, text, sizeof(text) - 1);

	if (n <= 0)
		return;
	text[n] = '\0';
	dress(text, mode, rdev);
}

int fake_fstat(int fd, struct stat *st)
{
	char link[64];

	if (sys_fstat(fd, st))
		return -1;
	if (fake_on() && marked(st->st_mode, st->st_dev)) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		dress_link(link, &st->st_mode, &st->st_rdev);
	}
	return 0;
}

int fake_fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	char found[PATH_MAX], file[PATH_MAX];
	enum where where;

	if (!fake_on())
		return sys_fstatat(dirfd, path, st, flags);
	if (path && !*path && (flags & AT_EMPTY_PATH) && dirfd >= 0)
		return fake_fstat(dirfd, st);
	where = path_find(dirfd, path, found);
	if (where != PATH_TREE) {
		int result = sys_fstatat(dirfd, path, st, flags);

		if (!result && where == PATH_PROCESS &&
		    marked(st->st_mode, st->st_dev))
			dress_link(found, &st->st_mode, &st->st_rdev);
		return result;
	}
	errno = -fault_path("stat", found);
	if (errno)
		return -1;
	path_real(found, file);
	if (sys_fstatat(AT_FDCWD, file, st, flags))
		return -1;
	if (marked(st->st_mode, st->st_dev))
		dress(file, &st->st_mode, &st->st_rdev);
	access_owner(found, &st->st_uid, &st->st_gid);
	return 0;
}

int fake_statx(int dirfd, const char *path, int flags, unsigned int mask,
	       struct statx *stx)
{
	struct stat st;
	long result;
	char found[PATH_MAX], file[PATH_MAX];
	bool tree;

	tree = fake_on() && path_find(dirfd, path, found) == PATH_TREE;
	if (tree)
		path_real(found, file);
	result = real.syscall(SYS_statx, tree ? AT_FDCWD : dirfd,
			      tree ? file : path, flags, mask, stx);
	if (result || !fake_on())
		return (int)result;
	if (!tree && !(stx->stx_mode & S_ISVTX))
		return 0;
	/* The same answer as stat's, where that is not the file's. */
	if (fake_fstatat(dirfd, path, &st, flags & ~AT_STATX_SYNC_TYPE))
		return -1;
	stx->stx_mode = (uint16_t)st.st_mode;
	stx->stx_rdev_major = major(st.st_rdev);
	stx->stx_rdev_minor = minor(st.st_rdev);
	stx->stx_uid = st.st_uid;
	stx->stx_gid = st.st_gid;
	return 0;
}

#define STAT_HOOK(name, flags)                                  \
	HOOK int name(const char *path, struct stat *st);       \
	HOOK int name(const char *path, struct stat *st)        \
	{                                                       \
		fake_on();                                      \
		return fake_fstatat(AT_FDCWD, path, st, flags); \
	}
STAT_HOOK(stat, 0)
STAT_HOOK(lstat, AT_SYMLINK_NOFOLLOW)

HOOK int stat64(const char *path, struct stat64 *st)
{
	return stat(path, (struct stat *)st);
}

HOOK int lstat64(const char *path, struct stat64 *st)
{
	return lstat(path, (struct stat *)st);
}

HOOK int fstat(int fd, struct stat *st)
{
	fake_on();
	return fake_fstat(fd, st);
}

HOOK int fstat64(int fd, struct stat64 *st)
{
	return fstat(fd, (struct stat *)st);
}

HOOK int fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	fake_on();
	return fake_fstatat(dirfd, path, st, flags);
}

HOOK int fstatat64(int dirfd, const char *path, struct stat64 *st, int flags)
{
	return fstatat(dirfd, path, (struct stat *)st, flags);
}

HOOK int statx(int dirfd, const char *path, int flags, unsigned int mask,
	       struct statx *stx)
{
	fake_on();
	return fake_statx(dirfd, path, flags, mask, stx);
}

/* Programs that were linked before glibc 2.33. */
#define XSTAT_HOOK(name, type, call)                                   \
	HOOK int name(int version, const char *path, struct type *st); \
	HOOK int name(int version, const char *path, struct type *st)  \
	{                                                              \
		(void)version;                                         \
		return call(path, st);                                 \
	}
XSTAT_HOOK(__xstat, stat, stat)
XSTAT_HOOK(__xstat64, stat64, stat64)
XSTAT_HOOK(__lxstat, stat, lstat)
XSTAT_HOOK(__lxstat64, stat64, lstat64)

HOOK int __fxstat(int version, int fd, struct stat *st);
HOOK int __fxstat(int version, int fd, struct stat *st)
{
	(void)version;
	return fstat(fd, st);
}

HOOK int __fxstat64(int version, int fd, struct stat64 *st);
HOOK int __fxstat64(int version, int fd, struct stat64 *st)
{
	(void)version;
	return fstat64(fd, st);
}

HOOK int __fxstatat(int version, int dirfd, const char *path, struct stat *st,
		    int flags);
HOOK int __fxstatat(int version, int dirfd, const char *path, struct stat *st,
		    int flags)
{
	(void)version;
	return fstatat(dirfd, path, st, flags);
}

HOOK int __fxstatat64(int version, int dirfd, const char *path,
		      struct stat64 *st, int flags);
HOOK int __fxstatat64(int version, int dirfd, const char *path,
		      struct stat64 *st, int flags)
{
	(void)version;
	return fstatat64(dirfd, path, st, flags);
}

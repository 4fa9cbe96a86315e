// SPDX-License-Identifier: GPL-2.0-or-later
/* The names under which a program opens streams and lists directories. */
#include "fake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* ---- streams ---- */

static bool ours(const char *path)
{
	char found[PATH_MAX];

	return fake_on() && path_find(AT_FDCWD, path, found) != PATH_ELSEWHERE;
}

static int stream_flags(const char *mode)
{
	int flags = *mode == 'r'   ? O_RDONLY
		    : *mode == 'w' ? O_WRONLY | O_CREAT | O_TRUNC
				   : O_WRONLY | O_CREAT | O_APPEND;

	if (strchr(mode, '+'))
		flags = (flags & ~O_ACCMODE) | O_RDWR;
	if (strchr(mode, 'e'))
		flags |= O_CLOEXEC;
	if (strchr(mode, 'x'))
		flags |= O_EXCL;
	return flags;
}

static FILE *stream(const char *path, const char *mode)
{
	int fd;
	FILE *file;

	if (!ours(path))
		return real.fopen(path, mode);
	fd = fake_openat(AT_FDCWD, path, stream_flags(mode), 0666);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, mode);
	if (!file)
		sys_close(fd);
	return file;
}

#define FOPEN_HOOK(name)                                     \
	HOOK FILE *name(const char *path, const char *mode); \
	HOOK FILE *name(const char *path, const char *mode)  \
	{                                                    \
		return stream(path, mode);                   \
	}
FOPEN_HOOK(fopen)
FOPEN_HOOK(fopen64)

#define FREOPEN_HOOK(name)                                               \
	HOOK FILE *name(const char *path, const char *mode, FILE *old);  \
	HOOK FILE *name(const char *path, const char *mode, FILE *old)   \
	{                                                                \
		char link[64];                                           \
		int fd;                                                  \
                                                                         \
		if (!fake_on() || !path || !ours(path))                  \
			return real.freopen(path, mode, old);            \
		fd = fake_openat(AT_FDCWD, path, stream_flags(mode), 0); \
		if (fd < 0)                                              \
			return NULL;                                     \
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);    \
		old = real.freopen(link, mode, old);                     \
		sys_close(fd);                                           \
		return old;                                              \
	}
FREOPEN_HOOK(freopen)
FREOPEN_HOOK(freopen64)

/* ---- directories ---- */

HOOK DIR *opendir(const char *path)
{
	char found[PATH_MAX], file[PATH_MAX];
	int error;

	if (!fake_on() || path_find(AT_FDCWD, path, found) != PATH_TREE)
		return real.opendir(path);
	error = fault_path("open", found);
	if (error) {
		errno = -error;
		return NULL;
	}
	path_settle(found);
	path_real(found, file);
	return real.opendir(file);
}

typedef int select_fn(const struct dirent *);
typedef int compare_fn(const struct dirent **, const struct dirent **);

#define SCANDIRAT_HOOK(name)                                                  \
	HOOK int name(int dirfd, const char *path, struct dirent ***list,     \
		      select_fn *wanted, compare_fn *compare);                \
	HOOK int name(int dirfd, const char *path, struct dirent ***list,     \
		      select_fn *wanted, compare_fn *compare)                 \
	{                                                                     \
		char found[PATH_MAX], file[PATH_MAX];                         \
                                                                              \
		if (!fake_on() || path_find(dirfd, path, found) != PATH_TREE) \
			return real.scandirat(dirfd, path, list, wanted,      \
					      compare);                       \
		path_real(found, file);                                       \
		return real.scandirat(AT_FDCWD, file, list, wanted, compare); \
	}
SCANDIRAT_HOOK(scandirat)
HOOK int scandirat64(int dirfd, const char *path, struct dirent64 ***list,
		     int (*wanted)(const struct dirent64 *),
		     int (*compare)(const struct dirent64 **,
				    const struct dirent64 **))
{
	return scandirat(dirfd, path, (struct dirent ***)list,
			 (select_fn *)wanted, (compare_fn *)compare);
}

HOOK int scandir(const char *path, struct dirent ***list, select_fn *wanted,
		 compare_fn *compare)
{
	return scandirat(AT_FDCWD, path, list, wanted, compare);
}

HOOK int scandir64(const char *path, struct dirent64 ***list,
		   int (*wanted)(const struct dirent64 *),
		   int (*compare)(const struct dirent64 **,
				  const struct dirent64 **))
{
	return scandirat(AT_FDCWD, path, (struct dirent ***)list,
			 (select_fn *)wanted, (compare_fn *)compare);
}

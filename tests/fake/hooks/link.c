// SPDX-License-Identifier: GPL-2.0-or-later
/* The names under which a program resolves links, paths and patterns. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A process below a chroot: its links begin with where that is. */
static ssize_t add_chroot(const char *found, char *text, ssize_t n)
{
	char inside[PATH_MAX];
	int pid = 0;

	if (!machine.chroot[0] || sscanf(found, "/proc/%d/fd/", &pid) != 1 ||
	    pid == getpid() || strncmp(text, "/dev/", 5) != 0)
		return n;
	memcpy(inside, text, (size_t)n + 1);
	return snprintf(text, PATH_MAX, "%s%s", machine.chroot, inside);
}

ssize_t fake_readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	char found[PATH_MAX], file[PATH_MAX], text[PATH_MAX];
	enum where where;
	ssize_t n;

	if (!fake_on())
		return sys_readlinkat(dirfd, path, buf, size);
	where = path_find(dirfd, path, found);
	if (where != PATH_ELSEWHERE) {
		errno = -fault_path("readlink", found);
		if (errno)
			return -1;
	}
	if (where == PATH_TREE) {
		path_real(found, file);
		return sys_readlinkat(AT_FDCWD, file, buf, size);
	}
	n = sys_readlinkat(dirfd, path, text, sizeof(text) - 1);
	if (n < 0)
		return -1;
	text[n] = '\0';
	if (!strncmp(text, machine.dir, machine.dir_len))
		n = path_link_text(text, sizeof(text));
	text[n] = '\0';
	if (where == PATH_PROCESS)
		n = add_chroot(found, text, n);
	if ((size_t)n > size)
		n = (ssize_t)size;
	memcpy(buf, text, (size_t)n);
	return n;
}

HOOK ssize_t readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	fake_on();
	return fake_readlinkat(dirfd, path, buf, size);
}

HOOK ssize_t readlink(const char *path, char *buf, size_t size)
{
	return readlinkat(AT_FDCWD, path, buf, size);
}

HOOK ssize_t __readlink_chk(const char *path, char *buf, size_t size,
			    size_t room);
HOOK ssize_t __readlink_chk(const char *path, char *buf, size_t size,
			    size_t room)
{
	if (size > room)
		abort();
	return readlinkat(AT_FDCWD, path, buf, size);
}

HOOK ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf,
			      size_t size, size_t room);
HOOK ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf,
			      size_t size, size_t room)
{
	if (size > room)
		abort();
	return readlinkat(dirfd, path, buf, size);
}

HOOK char *canonicalize_file_name(const char *path)
{
	char found[PATH_MAX], file[PATH_MAX], *out, *grown;

	if (!fake_on() || path_find(AT_FDCWD, path, found) != PATH_TREE) {
		out = real.canonicalize(path);
	} else {
		int error = fault_path("realpath", found);

		if (error) {
			errno = -error;
			return NULL;
		}
		path_real(found, file);
		out = real.canonicalize(file);
	}
	if (!out || !fake_on() || strncmp(out, machine.dir, machine.dir_len))
		return out;
	grown = realloc(out, PATH_MAX);
	if (grown)
		path_link_text(grown, PATH_MAX);
	return grown;
}

HOOK char *realpath(const char *path, char *resolved)
{
	char *out = NULL;

	if (!path)
		errno = EINVAL;
	else
		out = canonicalize_file_name(path);
	if (!out || !resolved)
		return out;
	strcpy(resolved, out);
	free(out);
	return resolved;
}

HOOK char *__realpath_chk(const char *path, char *resolved, size_t room);
HOOK char *__realpath_chk(const char *path, char *resolved, size_t room)
{
	if (room < PATH_MAX)
		abort();
	return realpath(path, resolved);
}

/* ---- the working directory ---- */

HOOK int chdir(const char *path)
{
	char found[PATH_MAX], file[PATH_MAX];

	if (fake_on() && path_find(AT_FDCWD, path, found) == PATH_TREE) {
		path_real(found, file);
		path = file;
	}
	return (int)real.syscall(SYS_chdir, path);
}

HOOK char *getcwd(char *buf, size_t size)
{
	char text[PATH_MAX];

	fake_on();
	if (real.syscall(SYS_getcwd, text, sizeof(text)) <= 0)
		return NULL;
	if (fake_on())
		path_strip(text);
	if (!buf)
		return strdup(text);
	if (strlen(text) >= size) {
		errno = ERANGE;
		return NULL;
	}
	return strcpy(buf, text);
}

/* ---- glob ---- */

typedef int glob_fn(const char *, int, int (*)(const char *, int), glob_t *);

HOOK int glob(const char *pattern, int flags, int (*failed)(const char *, int),
	      glob_t *out)
{
	char found[PATH_MAX], file[PATH_MAX];
	size_t i, first;
	int result;

	if (!fake_on() || path_find(AT_FDCWD, pattern, found) != PATH_TREE) {
		fake_on();
		return ((glob_fn *)real.glob)(pattern, flags, failed, out);
	}
	path_real(found, file);
	first = flags & GLOB_APPEND ? out->gl_pathc : 0;
	result = ((glob_fn *)real.glob)(file, flags, failed, out);
	for (i = first; !result && i < out->gl_pathc; i++)
		path_strip(out->gl_pathv[i + (flags & GLOB_DOOFFS ? out->gl_offs
								  : 0)]);
	return result;
}

HOOK int glob64(const char *pattern, int flags,
		int (*failed)(const char *, int), glob64_t *out)
{
	return glob(pattern, flags, failed, (glob_t *)out);
}

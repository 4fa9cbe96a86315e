// SPDX-License-Identifier: GPL-2.0-or-later
/* The names under which a program opens files. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int set_errno(int result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

/* A descriptor that was opened by way of /proc/PID/fd, or from a directory of
 * the tree: if it is a node or another descriptor's file, open what the
 * program meant. */
static int adopt(int fd, int flags)
{
	char link[64], text[PATH_MAX];
	struct fd_state state;
	struct stat st;
	uint32_t number;
	ssize_t n;

	if (fd < 0 || (flags & O_PATH) || sys_fstat(fd, &st) ||
	    !S_ISREG(st.st_mode) || !(st.st_mode & S_ISVTX) ||
	    st.st_dev != machine.dev)
		return fd;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = sys_readlinkat(AT_FDCWD, link, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	if (kind_of_path(text, &number) == KIND_NONE)
		return fd;
	if (fd_load(fd, &state)) {
		char node[PATH_MAX];

		sys_close(fd);
		if (state.kind == KIND_DEVICE || state.kind == KIND_FAULT)
			return set_errno(-ENXIO);
		path_link_text(text, sizeof(text));
		path_real(text, node);
		return set_errno(node_open(node, flags));
	}
	sys_close(fd);
	return set_errno(node_open(text, flags));
}

void path_settle(const char *path)
{
	size_t n = strlen(path);

	if ((n > 7 && !strcmp(path + n - 7, "/config")) ||
	    (n > 9 && !strcmp(path + n - 9, "/msi_irqs")) ||
	    (n > 7 && !strcmp(path + n - 7, "/enable")) ||
	    !strncmp(path, "/proc/i", 7)) {
		lock_enter();
		irq_follow(path);
		lock_leave();
	}
}

/* Without privilege the kernel shows 64 bytes of configuration space. */
static int first_64(int fd, int flags)
{
	char bytes[64];
	int copy;

	if (sys_pread(fd, bytes, sizeof(bytes), 0) != sizeof(bytes))
		return fd;
	copy = sys_openat(AT_FDCWD, machine.dir,
			  O_TMPFILE | O_RDWR | (flags & O_CLOEXEC), 0600);
	if (copy < 0)
		return fd;
	if (sys_pwrite(copy, bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort();
	sys_close(fd);
	return copy;
}

static int open_tree(const char *path, int flags, mode_t mode)
{
	char file[PATH_MAX];
	struct stat st;
	size_t n = strlen(path);
	int fd, wanted, error;

	path_real(path, file);
	error = fault_path("open", path);
	if (error)
		return set_errno(error);
	if (!strncmp(path, "/dev/", 5) && !(flags & O_PATH) &&
	    !sys_fstatat(AT_FDCWD, file, &st, 0) && S_ISREG(st.st_mode))
		return set_errno(node_open(file, flags));
	path_settle(path);
	if (machine.uid && !(flags & O_PATH) &&
	    !sys_fstatat(AT_FDCWD, file, &st, 0)) {
		wanted = (flags & O_ACCMODE) == O_RDONLY ? 4 : 6;
		error = access_check(path, st.st_mode, wanted);
		if (error)
			return set_errno(error);
	}
	/* Nothing is created in sysfs or procfs. */
	if (strncmp(path, RUN_DIRECTORY, strlen(RUN_DIRECTORY)))
		flags &= ~(O_CREAT | O_EXCL);
	fd = sys_openat(AT_FDCWD, file, flags, mode);
	if (fd >= 0 && machine.uid && n > 7 && !strcmp(path + n - 7, "/config"))
		fd = first_64(fd, flags);
	return fd;
}

int fake_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	char found[PATH_MAX];
	int fd, error;

	if (!fake_on())
		return sys_openat(dirfd, path, flags, mode);
	switch (path_find(dirfd, path, found)) {
	case PATH_TREE:
		return open_tree(found, flags, mode);
	case PATH_PROCESS:
		error = fault_path("open", found);
		if (error)
			return set_errno(error);
		fd = procfs_open(found, flags);
		if (fd != -ENOENT)
			return set_errno(fd);
		return adopt(sys_openat(dirfd, path, flags, mode), flags);
	default:
		return sys_openat(dirfd, path, flags, mode);
	}
}

#define MODE(flags, last, mode)                          \
	do {                                             \
		va_list list;                            \
                                                         \
		if ((flags) & (O_CREAT | __O_TMPFILE)) { \
			va_start(list, last);            \
			mode = va_arg(list, mode_t);     \
			va_end(list);                    \
		}                                        \
	} while (0)

#define OPEN_HOOK(name)                                          \
	HOOK int name(const char *path, int flags, ...);         \
	HOOK int name(const char *path, int flags, ...)          \
	{                                                        \
		mode_t mode = 0;                                 \
                                                                 \
		MODE(flags, flags, mode);                        \
		return fake_openat(AT_FDCWD, path, flags, mode); \
	}
OPEN_HOOK(open)
OPEN_HOOK(open64)
OPEN_HOOK(__open)
OPEN_HOOK(__open64)

#define OPENAT_HOOK(name)                                           \
	HOOK int name(int dirfd, const char *path, int flags, ...); \
	HOOK int name(int dirfd, const char *path, int flags, ...)  \
	{                                                           \
		mode_t mode = 0;                                    \
                                                                    \
		MODE(flags, flags, mode);                           \
		return fake_openat(dirfd, path, flags, mode);       \
	}
OPENAT_HOOK(openat)
OPENAT_HOOK(openat64)

/* What _FORTIFY_SOURCE makes of them. */
#define OPEN2_HOOK(name)                                      \
	HOOK int name(const char *path, int flags);           \
	HOOK int name(const char *path, int flags)            \
	{                                                     \
		return fake_openat(AT_FDCWD, path, flags, 0); \
	}
OPEN2_HOOK(__open_2)
OPEN2_HOOK(__open64_2)

#define OPENAT2_HOOK(name)                                     \
	HOOK int name(int dirfd, const char *path, int flags); \
	HOOK int name(int dirfd, const char *path, int flags)  \
	{                                                      \
		return fake_openat(dirfd, path, flags, 0);     \
	}
OPENAT2_HOOK(__openat_2)
OPENAT2_HOOK(__openat64_2)

HOOK int creat(const char *path, mode_t mode)
{
	return fake_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

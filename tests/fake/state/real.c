// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The way down: libc's own functions behind our hooks, plain system calls,
 * and the decision, made once, whether there is a machine to fake.
 */
#include "fake.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct real real;
static pthread_once_t found = PTHREAD_ONCE_INIT;
static pthread_once_t chosen = PTHREAD_ONCE_INIT;
static bool selected;

static void *next(const char *name)
{
	void *symbol = dlsym(RTLD_NEXT, name);

	if (!symbol) {
		static const char text[] = "fake: libc lacks a function\n";

		if (real.write)
			real.write(2, text, sizeof(text) - 1);
		abort();
	}
	return symbol;
}

#define NEXT(member, name) (*(void **)&real.member = next(name))

static void find(void)
{
	NEXT(write, "write");
	NEXT(syscall, "syscall");
	NEXT(fopen, "fopen64");
	NEXT(freopen, "freopen64");
	NEXT(opendir, "opendir");
	NEXT(scandirat, "scandirat64");
	NEXT(canonicalize, "canonicalize_file_name");
	NEXT(sysconf, "sysconf");
	NEXT(read, "read");
	NEXT(close, "close");
	NEXT(mmap, "mmap64");
	NEXT(get_nprocs, "get_nprocs");
	NEXT(get_nprocs_conf, "get_nprocs_conf");
	NEXT(glob, "glob64");
}

static void choose(void)
{
	const char *dir = getenv("VFIO_TPH_FAKE");
	int error;

	if (!dir || !*dir)
		return;
	error = machine_load(dir);
	if (error) {
		/* Never fall back to the real machine. */
		dprintf(2, "fake: %s: no machine here: %s\n", dir,
			strerror(-error));
		abort();
	}
	selected = true;
}

bool fake_on(void)
{
	pthread_once(&found, find);
	/* A sanitizer's run-time calls us before libc has an environment;
	 * what it reads then is not the program's. */
	if (!environ)
		return false;
	pthread_once(&chosen, choose);
	return selected;
}

int sys_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	return (int)real.syscall(SYS_openat, dirfd, path, flags | O_LARGEFILE,
				 mode);
}

int sys_fstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	return (int)real.syscall(SYS_newfstatat, dirfd, path, st, flags);
}

int sys_fstat(int fd, struct stat *st)
{
	return (int)real.syscall(SYS_fstat, fd, st);
}

ssize_t sys_readlinkat(int dirfd, const char *path, char *buf, size_t size)
{
	return real.syscall(SYS_readlinkat, dirfd, path, buf, size);
}

ssize_t sys_pread(int fd, void *buf, size_t size, off_t offset)
{
	return real.syscall(SYS_pread64, fd, buf, size, offset);
}

ssize_t sys_pwrite(int fd, const void *buf, size_t size, off_t offset)
{
	return real.syscall(SYS_pwrite64, fd, buf, size, offset);
}

int sys_ftruncate(int fd, off_t size)
{
	return (int)real.syscall(SYS_ftruncate, fd, size);
}

int sys_close(int fd)
{
	return (int)real.syscall(SYS_close, fd);
}

int state_open(const char *name, int flags)
{
	char path[PATH_MAX + 64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", machine.dir, name);
	fd = sys_openat(AT_FDCWD, path, flags | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : fd;
}

/* Reads a whole file, NUL-terminates it; its length or -errno. */
ssize_t state_read(const char *name, void *buf, size_t size)
{
	int fd = state_open(name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sys_pread(fd, buf, size - 1, 0);
	if (n < 0)
		n = -errno;
	else
		((char *)buf)[n] = '\0';
	sys_close(fd);
	return n;
}

/* Replaces a file at once, so that a reader sees the old or the new one. */
int state_write(const char *name, const void *buf, size_t size)
{
	char from[2 * PATH_MAX], to[2 * PATH_MAX], temporary[PATH_MAX];
	const char *at = buf;
	int fd;

	snprintf(temporary, sizeof(temporary), "%s.new", name);
	fd = state_open(temporary, O_WRONLY | O_CREAT | O_TRUNC);
	if (fd < 0)
		return fd;
	while (size) {
		ssize_t n = real.write(fd, at, size);

		if (n <= 0)
			break;
		at += n;
		size -= (size_t)n;
	}
	sys_close(fd);
	if (size)
		return -EIO;
	snprintf(from, sizeof(from), "%s/%s", machine.dir, temporary);
	snprintf(to, sizeof(to), "%s/%s", machine.dir, name);
	return real.syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)
		       ? -errno
		       : 0;
}

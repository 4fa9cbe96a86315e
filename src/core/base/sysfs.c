/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/compat.h"

/* Returns the number read, or -errno. */
static long read_some(int fd, char *buffer, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buffer, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Read until the end or size bytes. Returns the number read, or -errno. */
static long read_up_to(int fd, char *buffer, size_t size)
{
	size_t used = 0;

	while (used < size) {
		long n = read_some(fd, buffer + used, size - used);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (long)used;
}

long sysfs_read(const char *path, char *buffer, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	long length = 0, n = 1;

	if (fd < 0)
		return -errno;
	/* The kernel gives an attribute of one value in one piece, a line. */
	while (n && (size_t)length < size &&
	       !(length && buffer[length - 1] == '\n')) {
		n = read_some(fd, buffer + length, size - (size_t)length);
		if (n < 0)
			return n;
		length += n;
	}
	if ((size_t)length == size)
		return -EFBIG;
	if (length > 0 && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';
	return length;
}

long sysfs_readf(char *buffer, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(path, sizeof(path), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return sysfs_read(path, buffer, size);
}

char *sysfs_read_all(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t size = 4096, used = 0;

	if (fd < 0)
		return NULL;
	for (;;) {
		char *larger = realloc(text, size);
		long n;

		if (!larger)
			return NULL;
		text = larger;
		n = read_up_to(fd, text + used, size - used - 1);
		if (n < 0) {
			errno = (int)-n;
			return NULL;
		}
		used += (size_t)n;
		if (used < size - 1)
			break;
		size *= 2;
	}
	text[used] = '\0';
	return take_ptr(text);
}

int sysfs_link_name(const char *path, char *name, size_t size)
{
	_uninitialized_ char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	const char *last;

	if (n < 0)
		return -errno;
	target[n] = '\0';
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	if (strlen(last) >= size)
		return -ENAMETOOLONG;
	memcpy(name, last, strlen(last) + 1);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small readers for the one-value files and links of sysfs and procfs. */
#ifndef CORE_BASE_SYSFS_H
#define CORE_BASE_SYSFS_H

#include <stddef.h>

/*
 * Read a file of at most size - 1 bytes into buffer, end it with a NUL and
 * strip the newline at its end. Returns the length, or -errno; -EFBIG where
 * the file is longer.
 */
long sysfs_read(const char *path, char *buffer, size_t size);

/*
 * The same for a path made by printf.
 */
long sysfs_readf(char *buffer, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Read a whole file of any size: a string to be freed, or NULL and errno. */
char *sysfs_read_all(const char *path);

/*
 * The last component of what a symbolic link points to, as with "driver" or
 * "iommu_group". Returns 0, or -errno.
 */
int sysfs_link_name(const char *path, char *name, size_t size);

#endif

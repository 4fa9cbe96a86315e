/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/node.h"
#include "core/base/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *last_of(const char *text, const char *part)
{
	const char *found = NULL;

	while ((text = strstr(text, part)))
		found = text++;
	return found;
}

int owner_node(int dir, const char *fd, char *node, size_t size)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir, fd, target, sizeof(target) - 1);
	struct stat ours, its;
	const char *vfio;

	if (n < 0)
		return -errno;
	target[n] = '\0';
	vfio = last_of(target, "/vfio/");
	if (!vfio || (size_t)snprintf(node, size, "/dev%s", vfio) >= size)
		return 0;
	if (strcmp(target, node) == 0)
		return 1;
	if (stat(node, &ours) || fstatat(dir, fd, &its, 0))
		return -errno;
	return S_ISCHR(ours.st_mode) && S_ISCHR(its.st_mode) &&
	       ours.st_rdev == its.st_rdev;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/node.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/pci/proc_text.h"

static const char *last_of(const char *text, const char *part)
{
	const char *found = NULL;

	while ((text = strstr(text, part)))
		found = text++;
	return found;
}

static char *read_fdinfo(const struct proc_walk *walk, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, walk->number);
	return sysfs_read_all(path);
}

/* The function that the kernel, since 6.18, names in fdinfo. */
static int prove_device(const struct proc_walk *walk, pid_t pid,
			struct holding *holding)
{
	_cleanup_free_ char *info = read_fdinfo(walk, pid);
	const char *path = NULL;
	char address[BDF_LENGTH];
	size_t length, name;

	if (!info)
		return -errno;
	path = proc_text_value(info, "vfio-device-syspath", &length);
	holding->kind = HOLDS_SOME_DEVICE;
	if (!path)
		return 1;
	for (name = length; name && path[name - 1] != '/'; name--)
		;
	snprintf(address, sizeof(address), "%.*s", (int)(length - name),
		 path + name);
	if (bdf_parse(address, &holding->bdf) == 0)
		holding->kind = HOLDS_DEVICE;
	return 1;
}

/* Was it opened to be used? Not with O_PATH, which takes no right to it. */
static int is_usable(const struct proc_walk *walk, pid_t pid)
{
	_cleanup_free_ char *info = read_fdinfo(walk, pid);
	const char *flags;
	size_t length;

	if (!info)
		return -errno;
	flags = proc_text_value(info, "flags", &length);
	return flags && !(strtoul(flags, NULL, 8) & O_PATH);
}

int owner_has_number(const struct stat *st, const char *file)
{
	unsigned int major_number, minor_number;
	const char *p;
	char text[32];
	long n = sysfs_read(file, text, sizeof(text));

	if (n < 0)
		return n == -ENOENT ? 0 : (int)n;
	p = text;
	return S_ISCHR(st->st_mode) && text_take_number(&p, &major_number) &&
	       text_take(&p, ":") && text_take_number(&p, &minor_number) &&
	       !*p && st->st_rdev == makedev(major_number, minor_number);
}

static int find_function(int number, struct bdf *bdf)
{
	char path[64], name[64];
	int r;

	snprintf(path, sizeof(path), "/sys/class/vfio-dev/vfio%d/device",
		 number);
	r = sysfs_link_name(path, name, sizeof(name));
	if (r)
		return r == -ENOENT ? 0 : r; /* it is gone */
	return bdf_parse(name, bdf) == 0;
}

int owner_prove(const struct proc_walk *walk, pid_t pid,
		struct holding *holding)
{
	char target[PATH_MAX], name[64], file[64];
	ssize_t n =
		readlinkat(walk->at, walk->name, target, sizeof(target) - 1);
	enum vfio_node node;
	const char *vfio;
	struct stat st;
	int number, r;

	if (n < 0)
		return -errno;
	target[n] = '\0';
	holding->owner.fd = walk->number;
	if (strcmp(target, OWNER_GROUP_DEVICE) == 0)
		return prove_device(walk, pid, holding);
	vfio = last_of(target, "/vfio/");
	if (!vfio || (size_t)snprintf(name, sizeof(name), "/dev%s", vfio) >=
			     sizeof(name))
		return 0;
	node = proc_text_vfio_node(name, &number);
	if (node == VFIO_NODE_NONE)
		return 0;
	if (fstatat(walk->at, walk->name, &st, 0))
		return -errno;
	if (node == VFIO_NODE_GROUP) /* "/vfio/5", or "/vfio/noiommu-5" */
		snprintf(file, sizeof(file), "/sys/class%.32s/dev", vfio);
	else
		snprintf(file, sizeof(file), "/sys/class/vfio-dev/vfio%d/dev",
			 number);
	r = owner_has_number(&st, file);
	if (r > 0)
		r = is_usable(walk, pid);
	if (r < 0)
		return r;
	holding->group = number;
	if (node == VFIO_NODE_GROUP) {
		holding->kind = r ? HOLDS_GROUP : NAMES_GROUP;
		return 1;
	}
	holding->kind = r ? HOLDS_CDEV : NAMES_CDEV;
	return find_function(number, &holding->bdf);
}

int owner_want(int r)
{
	switch (r) {
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
	case -EIO:
	case -EINTR:
		return r;
	default:
		return 0;
	}
}

void owner_command(pid_t pid, char *command, size_t size)
{
	if (sysfs_readf(command, size, "/proc/%d/comm", pid) <= 0)
		snprintf(command, size, "a process");
	/* A process names itself as it likes. */
	text_keep_one_line(command);
}

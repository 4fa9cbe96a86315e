/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/verify.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/proc.h"
#include "core/pci/proc_text.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/owner/query.h"

/* What is not there any more is another device. */
static int failed(int number)
{
	return number == ENOENT ? VERIFY_OTHER : -number;
}

static int verify_cdev(const struct pci_device *pci, const struct stat *st)
{
	unsigned int major_number, minor_number;
	const char *p;
	char text[32];
	long length;

	if (!pci->cdev[0])
		return VERIFY_OTHER;
	length = sysfs_readf(text, sizeof(text),
			     "/sys/bus/pci/devices/%s/vfio-dev/%s/dev",
			     pci->address, strrchr(pci->cdev, '/') + 1);
	if (length < 0)
		return failed((int)-length);
	p = text;
	if (!text_take_number(&p, &major_number) || !text_take(&p, ":") ||
	    !text_take_number(&p, &minor_number) || *p)
		return VERIFY_OTHER;
	return st->st_rdev == makedev(major_number, minor_number)
		       ? VERIFY_SAME
		       : VERIFY_OTHER;
}

/* Compare the path that fdinfo gives; VERIFY_UNDECIDED where it gives none. */
static int verify_fdinfo(const struct pci_device *pci, int fd)
{
	_cleanup_free_ char *info = NULL;
	char path[PATH_MAX], real[PATH_MAX];
	const char *value = NULL;
	size_t length;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = sysfs_read_all(path);
	if (info)
		value = proc_text_value(info, "vfio-device-syspath", &length);
	if (!value)
		return VERIFY_UNDECIDED;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", pci->address);
	if (!realpath(path, real))
		return failed(errno);
	return strlen(real) == length && memcmp(real, value, length) == 0
		       ? VERIFY_SAME
		       : VERIFY_OTHER;
}

struct candidates {
	struct bdf *list;
	size_t n;
};

/* Add the functions under VFIO of one group. */
static int add_group(struct candidates *c, int group)
{
	_cleanup_free_ struct group_member *members = NULL;
	struct error ignored;
	size_t n;

	if (pci_group_members(group, &members, &n, &ignored))
		return -ENOENT;
	for (size_t i = 0; i < n; i++) {
		struct bdf *larger;

		if (!pci_driver_is_vfio(members[i].driver))
			continue;
		larger = reallocarray(c->list, c->n + 1, sizeof(*c->list));
		if (!larger)
			return -ENOMEM;
		c->list = larger;
		c->list[c->n++] = members[i].bdf;
	}
	return 0;
}

/* The functions under VFIO of all groups that the process has open. */
static int add_groups_of(struct candidates *c, pid_t pid)
{
	struct proc_walk walk _cleanup_walk_;
	int r = proc_walk_descriptors(&walk, pid);

	while (r == 0 && proc_walk_next(&walk) > 0) {
		char target[PATH_MAX];
		int group;
		ssize_t n = readlinkat(walk.at, walk.name, target,
				       sizeof(target) - 1);

		if (n < 0)
			continue;
		target[n] = '\0';
		if (proc_text_vfio_node(target, &group) == VFIO_NODE_GROUP)
			r = add_group(c, group);
	}
	return r;
}

static bool has_ids(const struct bdf *bdf, const uint16_t ids[2])
{
	static const char *const files[] = { "vendor", "device" };
	char address[BDF_LENGTH], text[16];

	for (int i = 0; i < 2; i++)
		if (sysfs_readf(text, sizeof(text),
				"/sys/bus/pci/devices/%s/%s",
				bdf_format(bdf, address), files[i]) < 0 ||
		    strtoul(text, NULL, 16) != ids[i])
			return false;
	return true;
}

static bool contains(const struct bdf *list, size_t n, const struct bdf *bdf)
{
	for (size_t i = 0; i < n; i++)
		if (bdf_equal(&list[i], bdf))
			return true;
	return false;
}

static int verify_by_exclusion(const struct pci_device *pci, pid_t pid, int fd)
{
	_cleanup_free_ struct bdf *to_free = NULL;
	struct candidates c = { 0 };
	struct bdf reset[VFIO_RESET_LIST_MAX];
	size_t n_reset = vfio_query_reset_list(fd, reset), kept = 0;
	bool same = false;
	uint16_t ids[2];
	int r = add_groups_of(&c, pid);

	to_free = c.list;
	if (r || !vfio_query_ids(fd, ids))
		return VERIFY_UNDECIDED;
	for (size_t i = 0; i < c.n; i++) {
		if (!has_ids(&c.list[i], ids) ||
		    (n_reset && !contains(reset, n_reset, &c.list[i])))
			continue;
		kept++;
		same |= bdf_equal(&c.list[i], &pci->bdf);
	}
	if (!same)
		return VERIFY_OTHER;
	return kept == 1 ? VERIFY_SAME : VERIFY_UNDECIDED;
}

int owner_verify(const struct pci_device *pci, pid_t pid, int fd)
{
	char path[64], target[PATH_MAX];
	int result;
	struct stat st;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0 || fstat(fd, &st))
		return failed(errno);
	target[n] = '\0';
	if (S_ISCHR(st.st_mode))
		return verify_cdev(pci, &st);
	if (strcmp(target, OWNER_GROUP_DEVICE) != 0)
		return VERIFY_OTHER;
	result = verify_fdinfo(pci, fd);
	return result == VERIFY_UNDECIDED ? verify_by_exclusion(pci, pid, fd)
					  : result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/verify.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/owner/node.h"
#include "core/pci/proc_text.h"
#include "core/base/sysfs.h"
#include "core/owner/query.h"

/* What is not there any more is another device. */
static int failed(int number)
{
	return number == ENOENT ? VERIFY_OTHER : -number;
}

static int verify_cdev(const struct pci_device *pci, const struct stat *st)
{
	char file[PATH_MAX];
	int r;

	if (!pci->cdev[0])
		return VERIFY_OTHER;
	snprintf(file, sizeof(file), "/sys/bus/pci/devices/%s/vfio-dev/%s/dev",
		 pci->address, strrchr(pci->cdev, '/') + 1);
	r = owner_has_number(st, file);
	return r < 0 ? r : r ? VERIFY_SAME : VERIFY_OTHER;
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

/* Could the descriptor be this function under VFIO, for all that it says? */
static bool could_be(const struct bdf *bdf, const uint16_t ids[2],
		     const struct bdf *reset, size_t n_reset)
{
	return has_ids(bdf, ids) && (!n_reset || contains(reset, n_reset, bdf));
}

/*
 * Of all functions of the machine that are under VFIO, is it the only one
 * that the descriptor could be? That its holder has no other group open says
 * nothing: he may have closed it again.
 */
static int verify_by_exclusion(const struct pci_device *pci, int fd)
{
	_cleanup_closedir_ DIR *d = opendir("/sys/bus/pci/devices");
	struct bdf bdf, reset[VFIO_RESET_LIST_MAX];
	size_t n_reset = vfio_query_reset_list(fd, reset);
	struct dirent *entry;
	uint16_t ids[2];

	if (!d)
		return -errno;
	if (!vfio_query_ids(fd, ids))
		return VERIFY_UNDECIDED;
	if (!could_be(&pci->bdf, ids, reset, n_reset))
		return VERIFY_OTHER;
	while ((errno = 0, entry = readdir(d)))
		if (bdf_parse(entry->d_name, &bdf) == 0 &&
		    !bdf_equal(&bdf, &pci->bdf) && pci_function_is_vfio(&bdf) &&
		    could_be(&bdf, ids, reset, n_reset))
			return VERIFY_UNDECIDED;
	return errno ? -errno : VERIFY_EXCLUDED;
}

int owner_verify(const struct pci_device *pci, int fd)
{
	char path[64], target[PATH_MAX];
	struct stat st;
	int result;
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
	return result == VERIFY_UNDECIDED ? verify_by_exclusion(pci, fd)
					  : result;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a selector of one function means on this machine. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/pci/private.h"

/* The real directory of a function: /sys/devices/pci0000:00/.../BDF. */
static int device_dir(const struct bdf *bdf, char dir[PATH_MAX])
{
	char address[BDF_LENGTH], path[sizeof(DEVICE_DIR) + BDF_LENGTH];

	snprintf(path, sizeof(path), DEVICE_DIR "%s", bdf_format(bdf, address));
	return realpath(path, dir) ? 0 : -errno;
}

static int last_component(const char *path, struct bdf *bdf)
{
	const char *last = strrchr(path, '/');

	return bdf_parse(last ? last + 1 : path, bdf);
}

/* From the directory of a bridge to that of the function behind it. */
static int step_down(char dir[PATH_MAX], const struct bridge_hop *hop)
{
	_cleanup_closedir_ DIR *d = opendir(dir);
	struct dirent *entry;
	struct bdf bdf;

	if (!d)
		return -errno;
	while ((entry = readdir(d))) {
		size_t used = strlen(dir);

		if (bdf_parse(entry->d_name, &bdf) ||
		    bdf.device != hop->device ||
		    bdf.function != hop->function ||
		    (hop->bus >= 0 && bdf.bus != hop->bus))
			continue;
		if (used + 1 + strlen(entry->d_name) >= PATH_MAX)
			return -ENAMETOOLONG;
		snprintf(dir + used, PATH_MAX - used, "/%s", entry->d_name);
		return 0;
	}
	return -ENOENT;
}

static int follow_bridges(const struct selector *sel, struct bdf *bdf)
{
	char dir[PATH_MAX];
	int r = device_dir(&sel->bdf, dir);

	for (unsigned int i = 0; r == 0 && i < sel->n_hops; i++)
		r = step_down(dir, &sel->hops[i]);
	return r ? r : last_component(dir, bdf);
}

/* A path below /sys names a function only if it leads to its directory. */
static int follow_sysfs(const struct selector *sel, struct bdf *bdf)
{
	char given[PATH_MAX], dir[PATH_MAX];

	if (!realpath(sel->text, given))
		return -errno;
	if (last_component(given, bdf) || device_dir(bdf, dir) ||
	    strcmp(given, dir) != 0)
		return -ENODEV;
	return 0;
}

static int follow_cdev(const struct selector *sel, struct bdf *bdf)
{
	char path[PATH_MAX], name[64];
	int r;

	snprintf(path, sizeof(path), "/sys/class/vfio-dev/%s/device",
		 strrchr(sel->text, '/') + 1);
	r = sysfs_link_name(path, name, sizeof(name));
	return r ? r : bdf_parse(name, bdf);
}

static int check_there(const struct bdf *bdf)
{
	char address[BDF_LENGTH], path[sizeof(DEVICE_DIR) + BDF_LENGTH];

	snprintf(path, sizeof(path), DEVICE_DIR "%s", bdf_format(bdf, address));
	return access(path, F_OK) == 0 ? 0 : -errno;
}

int pci_machine_find(const struct selector *sel, struct bdf *bdf)
{
	switch (sel->kind) {
	case SELECT_BRIDGE_PATH:
		return follow_bridges(sel, bdf);
	case SELECT_SYSFS:
		return follow_sysfs(sel, bdf);
	case SELECT_CDEV:
		return follow_cdev(sel, bdf);
	default:
		*bdf = sel->bdf;
		return check_there(bdf);
	}
}

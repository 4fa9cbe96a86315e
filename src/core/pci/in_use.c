/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/in_use.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/pci/bdf.h"
#include "core/pci/private.h"

/* A disk is below BDF/ata1/host0/target0:0:0/0:0:0:0/block, and deeper. */
#define DEPTH_MAX 16

struct uses {
	char *text;
	size_t size, used;
};

static void add_use(struct uses *uses, const char *name)
{
	if (uses->used >= uses->size || strstr(uses->text, name))
		return;
	uses->used += (size_t)snprintf(uses->text + uses->used,
				       uses->size - uses->used, "%s%.32s",
				       uses->used ? ", " : "as ", name);
}

/* Has the directory an entry that begins so? NULL: any entry. */
static bool has_entry(const char *path, const char *begin)
{
	_cleanup_closedir_ DIR *d = opendir(path);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.' &&
		    (!begin || text_after(entry->d_name, begin)))
			return true;
	return false;
}

/* An interface is of no use while it is down, and part of no other. */
static bool interface_is_used(const char *path)
{
	char state[32], file[PATH_MAX];

	snprintf(file, sizeof(file), "%.4000s/master", path);
	if (access(file, F_OK) == 0 || has_entry(path, "upper_"))
		return true;
	return sysfs_readf(state, sizeof(state), "%s/operstate", path) < 0 ||
	       (strcmp(state, "down") != 0 && strcmp(state, "notpresent") != 0);
}

/* Does a word of the text stand for the disk or one of its partitions? */
static bool names_disk(const char *file, const char *name)
{
	_cleanup_free_ char *text = sysfs_read_all(file);
	char node[64];
	size_t n = (size_t)snprintf(node, sizeof(node), "/dev/%.32s", name);

	for (const char *at = text; at && (at = strstr(at, node)); at += n)
		if (isspace((unsigned char)at[n]) ||
		    at[n] ==
			    (isdigit((unsigned char)node[n - 1]) ? 'p' : '1') ||
		    isdigit((unsigned char)at[n]))
			return true;
	return false;
}

/* File systems tell of their disks whoever has mounted them. */
static bool is_of_file_system(const char *name)
{
	_cleanup_closedir_ DIR *d = opendir("/sys/fs");
	const struct dirent *entry;
	char path[PATH_MAX];

	while (d && (entry = readdir(d))) {
		snprintf(path, sizeof(path), "/sys/fs/%.64s/%.64s",
			 entry->d_name, name);
		if (entry->d_name[0] != '.' && access(path, F_OK) == 0)
			return true;
	}
	return false;
}

/* ZFS has no holders in sysfs: where it runs, any disk may be its. */
static bool block_is_used(const char *path, const char *name)
{
	char file[PATH_MAX];

	snprintf(file, sizeof(file), "%.4000s/holders", path);
	if (has_entry(file, NULL))
		return true;
	snprintf(file, sizeof(file), "/sys/class/block/%.64s/holders", name);
	return has_entry(file, NULL) || is_of_file_system(name) ||
	       names_disk("/proc/self/mountinfo", name) ||
	       names_disk("/proc/swaps", name) ||
	       access("/proc/spl/kstat/zfs", F_OK) == 0;
}

/* "nvme0c1n1", one path to a disk, is part of the disk nvme0n1. */
static void name_disk(const char *name, char disk[64])
{
	const char *path = strchr(name, 'c');
	const char *space = path ? strchr(path, 'n') : NULL;

	if (strncmp(name, "nvme", 4) == 0 && space)
		snprintf(disk, 64, "%.*s%.32s", (int)(path - name), name,
			 space);
	else
		snprintf(disk, 64, "%.63s", name);
}

/* A disk, or a partition of one: in use if it is, or one below it is. */
static void look_at_block(const char *path, const char *name, int depth,
			  struct uses *uses)
{
	_cleanup_closedir_ DIR *d = opendir(path);
	const struct dirent *entry;
	char below[PATH_MAX], disk[64];

	name_disk(name, disk);
	if (block_is_used(path, disk))
		add_use(uses, disk);
	while (d && depth && (entry = readdir(d))) {
		if (entry->d_type == DT_LNK || !text_after(entry->d_name, name))
			continue;
		snprintf(below, sizeof(below), "%.3800s/%.200s", path,
			 entry->d_name);
		look_at_block(below, entry->d_name, depth - 1, uses);
	}
}

static bool is_namespace(const char *name)
{
	const char *at = text_after(name, "nvme");

	return at && strchr(at, 'n');
}

/* All that is below a function in sysfs. Links lead elsewhere. */
static void walk(const char *path, const char *parent, int depth,
		 struct uses *uses)
{
	_cleanup_closedir_ DIR *d = opendir(path);
	const struct dirent *entry;
	char below[PATH_MAX];

	while (d && depth && (entry = readdir(d))) {
		struct stat st;
		struct bdf function;

		/* What is below a bridge is not the bridge's. */
		if (entry->d_name[0] == '.' ||
		    bdf_parse(entry->d_name, &function) == 0 ||
		    fstatat(dirfd(d), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) ||
		    !S_ISDIR(st.st_mode))
			continue;
		snprintf(below, sizeof(below), "%.3800s/%.200s", path,
			 entry->d_name);
		if (strcmp(parent, "net") == 0) {
			if (interface_is_used(below))
				add_use(uses, entry->d_name);
		} else if (strcmp(parent, "block") == 0 ||
			   (is_namespace(entry->d_name))) {
			look_at_block(below, entry->d_name, 1, uses);
		} else {
			walk(below, entry->d_name, depth - 1, uses);
		}
	}
}

bool pci_in_use(const char *address, char *text, size_t size)
{
	struct uses uses = { .text = text, .size = size };
	char path[PCI_PLACE_SIZE], number[16];

	text[0] = '\0';
	snprintf(path, sizeof(path), DEVICE_DIR "%.16s", address);
	walk(path, "", DEPTH_MAX, &uses);
	if (sysfs_readf(number, sizeof(number), "%s/sriov_numvfs", path) > 0 &&
	    strcmp(number, "0") != 0)
		add_use(&uses, "the parent of virtual functions");
	return text[0];
}

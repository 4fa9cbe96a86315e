/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of VFIO is it that another process has open? */
#ifndef CORE_OWNER_NODE_H
#define CORE_OWNER_NODE_H

#include "core/base/proc.h"
#include "core/pci/bdf.h"
#include "core/pci/holder.h"

/* How /proc names a device descriptor that came from a group. */
#define OWNER_GROUP_DEVICE "anon_inode:[vfio-device]"

enum holding_kind {
	HOLDS_GROUP,	   /* the node of an IOMMU group */
	HOLDS_CDEV,	   /* the node of a function */
	HOLDS_DEVICE,	   /* a function, opened by its group */
	HOLDS_SOME_DEVICE, /* likewise, and the kernel does not say which */
	NAMES_GROUP,	   /* something called like the node of a group */
	NAMES_CDEV,	   /* or like that of a function, and no more */
};

/* What a process has open. */
struct holding {
	enum holding_kind kind;
	int group;	/* HOLDS_GROUP, NAMES_GROUP */
	struct bdf bdf; /* HOLDS_CDEV, HOLDS_DEVICE, NAMES_CDEV */
	struct owner owner;
};

/*
 * Is the descriptor of process pid that a walk is at one of VFIO's? A name
 * proves nothing: anybody can call a file /dev/vfio/12, or name the node by a
 * descriptor that he may not use (O_PATH). So the file has to be a character
 * device with the number that sysfs gives for that node, and to be open. In
 * another mount namespace or below a chroot it has another path, which ends
 * alike. What has only the name is of the kinds NAMES_. Fills kind, group and
 * bdf. Returns 1, 0 where it is none, or -errno
 * where it could not be seen. May wait as long as the process is in execve(2).
 */
int owner_prove(const struct proc_walk *walk, pid_t pid,
		struct holding *holding);

/*
 * Is it the character device of the number that a file dev of sysfs has,
 * "240:12"? Returns 1, 0 (also where there is no such file), or -errno.
 */
struct stat;
int owner_has_number(const struct stat *st, const char *file);

/*
 * r where it is the -errno of a want of something of ours; 0 where the
 * descriptors of a process could not be seen since it ended or is not ours to
 * look at.
 */
int owner_want(int r);

/* Name of a process, as /proc/PID/comm has it; "a process" where it has none.
 */
void owner_command(pid_t pid, char *command, size_t size);

#endif

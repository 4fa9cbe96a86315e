/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a borrowed descriptor the device that was asked for? */
#ifndef CORE_OWNER_VERIFY_H
#define CORE_OWNER_VERIFY_H

#include <sys/types.h>

#include "core/pci/device.h"

/* How /proc names a device descriptor that came from a group. */
#define OWNER_GROUP_DEVICE "anon_inode:[vfio-device]"

enum verify {
	VERIFY_OTHER,	  /* it is something else */
	VERIFY_SAME,	  /* beyond doubt */
	VERIFY_UNDECIDED, /* it could be, and so could another device */
};

/*
 * fd is the caller's own copy of a descriptor of process pid.
 *
 * A character device is known by its device number. A descriptor from a
 * group is known by the line vfio-device-syspath of its fdinfo, where the
 * kernel writes one. Where it does not, by exclusion: the functions under
 * VFIO in the groups that the process has open, less those with other ids
 * than the descriptor's config region shows, less those that the kernel does
 * not list among the functions reset together with this descriptor. If
 * only the function asked for remains, it is beyond doubt. Returns enum
 * verify, or -errno where a look failed.
 */
int owner_verify(const struct pci_device *pci, pid_t pid, int fd);

#endif

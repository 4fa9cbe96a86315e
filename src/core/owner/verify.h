/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a borrowed descriptor the device that was asked for? */
#ifndef CORE_OWNER_VERIFY_H
#define CORE_OWNER_VERIFY_H

#include "core/pci/device.h"

enum verify {
	VERIFY_OTHER,	  /* it is something else */
	VERIFY_SAME,	  /* beyond doubt */
	VERIFY_EXCLUDED,  /* no other function could be it */
	VERIFY_UNDECIDED, /* it could be, and so could another device */
};

/*
 * fd is the caller's own copy of a descriptor.
 *
 * A character device is known by its device number. A descriptor from a
 * group is known by the line vfio-device-syspath of its fdinfo, where the
 * kernel writes one (6.18). Where it does not, by exclusion: the functions
 * under VFIO of this machine, less those with other ids than the descriptor's
 * config region shows, less those that the kernel does not list among the
 * functions reset together with this descriptor. If only the function asked
 * for remains, it is that one, unless the machine changes meanwhile. Returns
 * enum verify, or -errno where a look failed.
 */
int owner_verify(const struct pci_device *pci, int fd);

#endif

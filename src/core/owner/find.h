/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that holds a VFIO device, and borrowing its descriptor.
 *
 * A setting lives as long as the device is held, and only the holder's
 * descriptor can act on it. pidfd_getfd(2) hands out a copy of it, to whom
 * may trace that process; the owner keeps his own.
 */
#ifndef CORE_OWNER_FIND_H
#define CORE_OWNER_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/pci/device.h"
#include "core/pci/holder.h"

/*
 * Look for a process that holds the function: one that has its character
 * device or the node of its IOMMU group open. Sees only processes whose
 * /proc/PID/fd the caller may read; the caller itself does not count. Returns
 * 1, 0 where it found nobody, or -errno where it could not look.
 */
int owner_find(const struct pci_device *pci, struct owner *owner);

/*
 * r where it is the -errno of a want of something of ours; 0 where the
 * descriptors of a process could not be seen since it ended or is not ours to
 * look at.
 */
int owner_want(int r);

/*
 * Is the function open, by what sysfs says of it? Where no holder is found, it
 * is in another PID namespace, or there is no /proc.
 */
bool owner_is_hidden(const struct pci_device *pci);

/* Name of a process, as /proc/PID/comm has it; "a process" where it has none.
 */
void owner_command(pid_t pid, char *command, size_t size);

/*
 * Does the process still hold the function, as far as owner_find() could see?
 * Looks at one descriptor where that is still it, and at all where not.
 */
bool owner_holds(const struct pci_device *pci, struct owner *owner);

/*
 * Borrow the descriptor of the function from a process: pid, or 0 for
 * whoever holds it. fd: the number of the descriptor in that process, or -1
 * to find it. Returns a descriptor of the caller's own, verified to be the
 * function, or -errno with *err filled (ERR_NOT_FOUND, ERR_PERMISSION,
 * ERR_REFUSED). owner is filled in either case, as far as it is known.
 */
int owner_borrow(const struct pci_device *pci, pid_t pid, int fd,
		 struct owner *owner, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Borrowing a device's descriptor from the process that holds it.
 *
 * A setting lives as long as the device is held, and only the holder's
 * descriptor can act on it. pidfd_getfd(2) hands out a copy of it, to whom
 * may trace that process; the owner keeps his own.
 */
#ifndef CORE_OWNER_BORROW_H
#define CORE_OWNER_BORROW_H

#include <sys/types.h>

#include "core/base/error.h"
#include "core/pci/device.h"
#include "core/pci/holder.h"

/*
 * Borrow the descriptor of the function from a process: pid, or 0 for
 * whoever holds it: all that could be it are tried. fd: the number of the
 * descriptor in that process, or -1 to find it. Returns a descriptor of the
 * caller's own, verified to be the function, or -errno with *err filled
 * (ERR_NO_OWNER, ERR_NOT_VERIFIED, ERR_PERMISSION, ERR_INTERRUPTED). owner is
 * filled in either case, as far as it is known. *proved is false where other
 * devices were only excluded, or the caller's word was taken: what the
 * descriptor does has to be seen on the device then.
 */
int owner_borrow(const struct pci_device *pci, pid_t pid, int fd,
		 struct owner *owner, bool *proved, struct error *err);

#endif

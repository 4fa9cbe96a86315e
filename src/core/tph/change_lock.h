/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One change of a device at a time: invocations that interleave would take
 * each other's entries for the kernel's mistakes, and switch TPH off under one
 * another.
 */
#ifndef CORE_TPH_CHANGE_LOCK_H
#define CORE_TPH_CHANGE_LOCK_H

#include "core/base/error.h"
#include "core/pci/bdf.h"

/* How long to wait for another invocation. */
#define CHANGE_LOCK_MS 10000

/*
 * Take the lock of a function. Returns a descriptor, to be closed after the
 * change; -ENOENT where there is none to be had, as for whoever is not root,
 * with *err filled where root has to know; or another -errno with *err
 * filled: ERR_BUSY where another invocation kept it, ERR_INTERRUPTED.
 */
int change_lock(const struct bdf *bdf, struct error *err);

#endif

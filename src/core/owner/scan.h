/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes that hold VFIO devices, all found in one pass over /proc.
 * To ask for one device, owner_find() is enough.
 */
#ifndef CORE_OWNER_SCAN_H
#define CORE_OWNER_SCAN_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/owner/find.h"

struct owner_scan;

/*
 * Look at the descriptors of every process whose /proc/PID/fd the caller may
 * read, the caller itself excepted. Returns 0, or -errno with *err filled.
 */
int owner_scan_load(struct owner_scan **scan, struct error *err);
/* 0, or the errno with which the descriptors of some process were refused. */
int owner_scan_unseen(const struct owner_scan *scan);

void owner_scan_free(struct owner_scan *scan);

/*
 * Who holds the function, by its character device or by its group? One that
 * is not bound to a VFIO driver is nobody's, though its group may be held.
 */
bool owner_scan_find(const struct owner_scan *scan,
		     const struct pci_device *pci, struct owner *owner);

#endif

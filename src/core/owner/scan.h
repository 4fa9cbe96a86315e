/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes that hold VFIO devices, all found in one look at /proc, which
 * is made once and serves all devices.
 */
#ifndef CORE_OWNER_SCAN_H
#define CORE_OWNER_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/owner/node.h"
#include "core/pci/device.h"

struct owner_scan;

/*
 * Look at the descriptors of process pid, or, where it is 0, of every process
 * whose /proc/PID/fd the caller may read, the caller itself excepted. What
 * was looked at before is not looked at again until owner_look_anew(). It
 * takes no longer than two seconds: a process that does not let itself be
 * looked at is given up. Returns 0, or -errno.
 */
int owner_look(pid_t pid, const struct owner_scan **scan);

/* What the look at every process saw, or NULL where none was taken. */
const struct owner_scan *owner_seen(void);

/* Forget all that was seen. */
void owner_look_anew(void);

/* 0, or the errno with which the descriptors of some process were refused. */
int owner_scan_unseen(const struct owner_scan *scan);

/* Processes that were given up, n of them. */
const struct owner *owner_scan_given_up(const struct owner_scan *scan,
					size_t *n);

/*
 * Who holds the function, by its character device, by a descriptor that the
 * kernel names, or by its group? One that is not bound to a VFIO driver is
 * nobody's, though its group may be held.
 */
bool owner_scan_find(const struct owner_scan *scan,
		     const struct pci_device *pci, struct owner *owner);

/*
 * All that was seen of the function or its group, proved or only named, one
 * after the other, those of a process in succession: NULL for the first, and
 * what was returned for the next.
 */
const struct holding *owner_scan_about(const struct owner_scan *scan,
				       const struct pci_device *pci,
				       const struct holding *before);

/*
 * What could be a descriptor of the function, one after the other: NULL for
 * the first, and what was returned for the next. named: the process was named,
 * so that a device of an unknown group counts, too.
 */
const struct holding *owner_scan_candidate(const struct owner_scan *scan,
					   const struct pci_device *pci,
					   bool named,
					   const struct holding *before);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that holds a VFIO device. */
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
 * device, a descriptor that the kernel names it by, or the node of its IOMMU
 * group open. Serves itself from owner_look(). Returns 1, 0 where it found
 * nobody, or -errno where it could not look.
 */
int owner_find(const struct pci_device *pci, struct owner *owner);

/* Does the process still hold the function, as far as owner_find() could see?
 */
bool owner_holds(const struct pci_device *pci, const struct owner *owner);

/*
 * Is the function open, by what sysfs says of it? Where no holder is found, it
 * is in another PID namespace, or there is no /proc.
 */
bool owner_is_hidden(const struct pci_device *pci);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a function of this machine works for somebody who would miss it. */
#ifndef CORE_PCI_IN_USE_H
#define CORE_PCI_IN_USE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Is it a network interface that is up or part of another, or a disk that is
 * mounted, swapped to, or in a stack (dm, md, ZFS), or has it virtual
 * functions? text says as what: "as eth0, nvme0n1". What cannot be seen counts
 * as in use. False for an address that is not there.
 */
bool pci_in_use(const char *address, char *text, size_t size);

#endif

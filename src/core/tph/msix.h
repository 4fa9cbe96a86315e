/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steering tags in an MSI-X table: bits 31:16 of each vector's control word
 * (PCIe 6.0, 7.7.2.5).
 */
#ifndef CORE_TPH_MSIX_H
#define CORE_TPH_MSIX_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/vfio/device.h"

/*
 * Read the tags of vectors [first, first + n) from the vector table, by a
 * read-only mapping through the open VFIO device: reading the region gives
 * all ones there. Memory decoding must be on, which is checked; should the
 * owner switch it off meanwhile, the fault is caught. Not for more than one
 * thread at a time. Returns 0, or -errno with *err filled.
 */
int msix_read_tags(struct vfio_device *device, const struct tph_cap *cap,
		   unsigned int first, unsigned int n, uint16_t *tags,
		   struct error *err);

#endif

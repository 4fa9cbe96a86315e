/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an open VFIO device tells of which function it is. */
#ifndef CORE_OWNER_QUERY_H
#define CORE_OWNER_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pci/bdf.h"

#define VFIO_RESET_LIST_MAX 256

/*
 * Vendor and device id, as the config region of the descriptor has them.
 * False where it cannot be read.
 */
bool vfio_query_ids(int fd, uint16_t ids[2]);

/*
 * Does it answer at all? Not the descriptor of a character device before its
 * owner has bound it to an iommufd: all it has is EINVAL
 * (drivers/vfio/vfio_main.c, access_granted).
 */
bool vfio_query_bound(int fd);

/*
 * The functions that the kernel would reset together with this one: how many
 * it put into list. 0 where there is no such reset, or too many functions.
 */
size_t vfio_query_reset_list(int fd, struct bdf list[VFIO_RESET_LIST_MAX]);

#endif

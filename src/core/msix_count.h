/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many MSI-X vectors each function has allocated through VFIO, all found
 * in one pass over /proc/interrupts. To ask for one device, msix_vectors() is
 * enough.
 */
#ifndef CORE_MSIX_COUNT_H
#define CORE_MSIX_COUNT_H

#include "core/bdf.h"
#include "core/error.h"

struct msix_count;

/* Returns 0, or -errno with *err filled. */
int msix_count_load(struct msix_count **count, struct error *err);
void msix_count_free(struct msix_count *count);

unsigned int msix_count_find(const struct msix_count *count,
			     const struct bdf *bdf);

#endif

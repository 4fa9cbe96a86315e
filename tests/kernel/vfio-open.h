/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a VFIO device for the bench's own programs. Written apart from the
 * tool's code on purpose: what one gets wrong the other is to show.
 */
#ifndef VFIO_OPEN_H
#define VFIO_OPEN_H

#include <stdbool.h>

/* A held device, with what has to stay open beside it. */
struct held {
	int container;	/* or /dev/iommu */
	int group;	/* -1 by character device */
	int device;
};

/*
 * Open the device with the given address, by group and type 1 container, or by
 * character device and iommufd with an address space attached. Says what
 * failed on stderr and leaves the process with status 1.
 */
void hold(struct held *held, const char *bdf, bool by_group);

/* Close it all. */
void let_go(struct held *held);

/*
 * Allocate MSI-X vectors 0 to count - 1 with an eventfd each, after freeing
 * those there are; count 0 frees only. Returns 0 or -errno.
 */
int set_vectors(const struct held *held, unsigned int count);

/* VFIO_DEVICE_RESET. Returns 0 or -errno. */
int reset_device(const struct held *held);

/* Memory decoding, command register bit 1. Returns 0 or -errno. */
int set_memory_decoding(const struct held *held, bool on);

#endif

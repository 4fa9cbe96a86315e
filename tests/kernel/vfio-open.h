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
	int container; /* or /dev/iommu; -1 if it was inherited without */
	int group;     /* -1 by character device */
	int device;
	unsigned int ioas; /* by character device: the address space */
};

/* Is this one of the ways that hold() knows? */
bool is_way(const char *way);

/*
 * Open the device with the given address, by "group" and type 1 container, or
 * by character device ("cdev") and iommufd with an address space attached; or
 * take what was handed down ("inherited") in the descriptors that the
 * environment names. Says what failed on stderr and leaves the process with
 * status 1.
 */
void hold(struct held *held, const char *bdf, const char *way);

/* Close it all. */
void let_go(struct held *held);

/*
 * Allocate MSI-X vectors 0 to count - 1 with an eventfd each, after freeing
 * those there are; count 0 frees only. Returns 0 or -errno.
 */
int set_vectors(const struct held *held, unsigned int count);

/*
 * Allocate one more MSI-X vector, beside those there are. Returns 0 or -errno.
 */
int add_vector(const struct held *held, unsigned int index);

/* VFIO_DEVICE_RESET. Returns 0 or -errno. */
int reset_device(const struct held *held);

/*
 * Detach a device that is held by character device from its address space, or
 * attach it again. Returns 0 or -errno.
 */
int detach_device(const struct held *held);
int attach_device(const struct held *held);

/*
 * Power state by the power management capability: 0 or 3 (D3hot). Returns 0 or
 * -errno.
 */
int set_power_state(const struct held *held, unsigned int state);

/* Memory decoding, command register bit 1. Returns 0 or -errno. */
int set_memory_decoding(const struct held *held, bool on);

#endif

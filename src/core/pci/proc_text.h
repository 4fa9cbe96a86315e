/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What files and links of /proc and sysfs say. Pure: the caller reads them,
 * and so they can be tested with anything that could stand there.
 */
#ifndef CORE_PCI_PROC_TEXT_H
#define CORE_PCI_PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/pci/bdf.h"

/*
 * Who handles an interrupt, /sys/kernel/irq/N/actions without the end of the
 * line: is it "vfio-msix[3](0000:01:00.0)", a vector of the function with this
 * address? Fills its index in the vector table, 0-999999999.
 */
bool proc_text_vector(const char *text, const char *address,
		      unsigned int *index);

/* What a link in /proc/PID/fd leads to. */
enum vfio_node {
	VFIO_NODE_NONE,
	VFIO_NODE_GROUP, /* "/dev/vfio/N", "/dev/vfio/noiommu-N" */
	VFIO_NODE_CDEV,	 /* "/dev/vfio/devices/vfioN" */
};

/* Fills N where it is a node of VFIO's: 0-999999999. */
enum vfio_node proc_text_vfio_node(const char *target, int *number);

/*
 * The value of the line "key:\tvalue" in a text of such lines (fdinfo), and
 * its length without the end of the line. NULL where there is no such line.
 */
const char *proc_text_value(const char *text, const char *key, size_t *length);

/*
 * The path that /sys/bus/pci/devices/BDF leads to: the addresses behind the
 * last host bridge ("pci" and its number), from there down, the function's own
 * among them. Intel's VMD puts a host bridge below a function, so the last one
 * counts. Returns how many were put into list, at most max.
 */
size_t proc_text_path(const char *path, struct bdf *list, size_t max);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which VFIO node is it that another process has open? */
#ifndef CORE_OWNER_NODE_H
#define CORE_OWNER_NODE_H

#include <stddef.h>

/*
 * The name that the node behind descriptor fd (its number as text) of a
 * process has for us: "/dev/vfio/12", "/dev/vfio/devices/vfio3". dir is that
 * process's /proc/PID/fd, open. In another mount namespace or below a chroot
 * the node has another path; there it is known by its device number. Returns
 * 1; 0 where it is no node of VFIO's, or none that we have; or -errno where
 * that could not be seen.
 */
int owner_node(int dir, const char *fd, char *node, size_t size);

#endif

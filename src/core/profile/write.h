/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the state of devices to a profile. */
#ifndef CORE_PROFILE_WRITE_H
#define CORE_PROFILE_WRITE_H

#include "core/pci/device.h"
#include "core/profile/snapshot.h"

struct json_object;

/*
 * A profile without devices. boot: the boot that it holds for, or NULL.
 * Returns NULL when memory ran out.
 */
struct json_object *profile_new(const char *boot);

/* Add a device as it was found. Returns 0 or -ENOMEM. */
int profile_add(struct json_object *profile, const struct pci_device *pci,
		const struct snapshot *snapshot);

/*
 * Write a profile where a crash leaves the old one or the new one: into
 * directory (made with mode 0700 where it is missing; it must be the
 * caller's own and no link) under name, mode 0600. Returns 0, or -errno
 * with *err filled.
 */
int profile_store(struct json_object *profile, const char *directory,
		  const char *name, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the state of devices to a profile. */
#ifndef CORE_PROFILE_WRITE_H
#define CORE_PROFILE_WRITE_H

#include "core/base/json_writer.h"
#include "core/pci/device.h"
#include "core/profile/snapshot.h"

/*
 * The members of a profile without devices, behind a writer in whose object
 * nothing is yet. boot: the boot that it holds for, or NULL.
 */
void profile_begin(struct json_writer *profile, const char *boot);

/*
 * Add a device as it was found. lost: entries that will be overwritten and are
 * not in the snapshot, or NULL. Returns 0 or -ENOMEM.
 */
int profile_add(struct json_writer *profile, const struct pci_device *pci,
		const struct snapshot *snapshot, const struct cpulist *lost);

/*
 * Add a device whose every entry gets the tags of cpus, as a map has them, in
 * a mode that uses the table. Returns 0 or -ENOMEM.
 */
int profile_add_all(struct json_writer *profile, const struct pci_device *pci,
		    unsigned int mode, const char *cpus);

/*
 * Write a profile where a crash leaves the old one or the new one: into
 * the state directory under name, mode 0600. Returns 0, or -errno
 * with *err filled. More devices can be added then.
 */
int profile_store(struct json_writer *profile, const char *name,
		  struct error *err);

#endif

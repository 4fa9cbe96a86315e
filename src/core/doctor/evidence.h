/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks share: files and registers as evidence, what is skipped. */
#ifndef CORE_DOCTOR_EVIDENCE_H
#define CORE_DOCTOR_EVIDENCE_H

#include "core/doctor/check.h"

/* "/sys/bus/pci/devices/BDF/NAME" */
#define CHECK_PATH_SIZE 192
const char *check_device_file(const struct doctor *d, const char *name,
			      char path[CHECK_PATH_SIZE]);

/*
 * A file of one value as evidence: what stands in it, or why it cannot be
 * read; left out where there is none. value is "" then. Returns as
 * sysfs_read() does.
 */
long check_see_file(struct finding *f, const char *path, char *value,
		    size_t size);

/* A register as evidence: the file, and the offset in it. */
void check_see_config(const struct doctor *d, struct finding *f,
		      const char *address, unsigned int offset, uint32_t value);

/*
 * One of the device itself, read now; left out where it is not to be seen,
 * and told where that failed.
 */
void check_see_register(const struct doctor *d, struct finding *f,
			unsigned int offset);

/*
 * Of a dump: what only the machine knows is skipped, with what. True where
 * that is so.
 */
bool check_not_in_dump(const struct doctor *d, struct finding *f);

/* What only the open device tells is skipped: how it could be asked. */
void check_skip_closed(const struct doctor *d, struct finding *f);

#endif

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

/*
 * The same for a file of any length. Returns its text, without the newline at
 * its end and to be freed; or NULL with errno.
 */
char *check_see_text(struct finding *f, const char *path);

/* A register as evidence: where it is, and the offset in it. */
void check_see_config(const struct doctor *d, struct finding *f,
		      const struct bdf *bdf, unsigned int offset,
		      uint32_t value);

/*
 * One of the device itself, read now; left out where it is not to be seen,
 * and told where that failed.
 */
void check_see_register(const struct doctor *d, struct finding *f,
			unsigned int offset);

/* Skipped: what its source does not know. */
void check_skip_unseen(const struct doctor *d, struct finding *f);

/* The same of the config space of a bridge. */
void check_skip_bridge(const struct doctor *d, struct finding *f,
		       const struct bdf *bridge);

/* What only the open device tells is skipped: how it could be asked. */
void check_skip_closed(const struct doctor *d, struct finding *f);

#endif

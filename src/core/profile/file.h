/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a file whose content is carried out with the caller's rights. */
#ifndef CORE_PROFILE_FILE_H
#define CORE_PROFILE_FILE_H

#include <stddef.h>

#include "core/base/error.h"

/* Whose files are taken. */
enum profile_trust {
	PROFILE_ANYBODYS,
	PROFILE_TRUSTED, /* that nobody but root and the caller may write */
};

/*
 * Read a file of at most limit bytes; "-" is standard input, which is the
 * caller's own affair. PROFILE_TRUSTED: see trust.h. Returns its text with a
 * NUL behind it, to be freed, or NULL with *err filled.
 */
char *profile_file_read(const char *path, enum profile_trust trust,
			size_t limit, size_t *length, struct error *err);

#endif

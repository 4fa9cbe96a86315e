/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a file whose content is carried out with the caller's rights. */
#ifndef CORE_PROFILE_FILE_H
#define CORE_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

/*
 * Read a file of at most limit bytes; "-" is standard input, which is the
 * caller's own affair. trusted: nobody else may be able to write it, see
 * trust.h. Returns its text with a NUL behind it, to be freed, or NULL with
 * *err filled.
 */
char *profile_file_read(const char *path, bool trusted, size_t limit,
			size_t *length, struct error *err);

#endif

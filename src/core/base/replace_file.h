/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is there whole, in its old form or in its new one. */
#ifndef CORE_BASE_REPLACE_FILE_H
#define CORE_BASE_REPLACE_FILE_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Write text to a new file in the open directory, with these permissions
 * whatever the umask, and rename it to name. The new file is called
 * ".<name>.<pid>" meanwhile. Returns 0, or -errno: then name is as it was.
 */
int replace_file(int directory, const char *name, mode_t mode, const char *text,
		 size_t length);

#endif

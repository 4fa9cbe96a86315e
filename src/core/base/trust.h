/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening a file that is carried out with root's rights: nobody but root and
 * the caller may be able to change what it says, or which file it is. The
 * rule is that of sshd(8) for its keys, link by link: the file, each
 * directory on the way to it and each symbolic link belongs to root or to
 * the caller, and neither group nor others may write it. A directory with
 * the sticky bit, such as /tmp, may be written: there nobody can replace
 * what is somebody else's.
 */
#ifndef CORE_BASE_TRUST_H
#define CORE_BASE_TRUST_H

#include "core/base/error.h"

/*
 * Open a regular file for reading by that rule. What was looked at is what
 * is opened: the way is gone step by step, from directory to directory.
 * Returns the descriptor, or -errno with *err filled: ERR_PERMISSION names
 * what others could change, ERR_INPUT where it cannot be read.
 */
int trust_open(const char *path, struct error *err);

#endif

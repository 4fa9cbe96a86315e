/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /run/vfio-tph: what is kept from one invocation to the next. */
#ifndef CORE_BASE_STATE_DIRECTORY_H
#define CORE_BASE_STATE_DIRECTORY_H

#include "core/base/error.h"

#define STATE_DIRECTORY "/run/vfio-tph"

/*
 * Open it. It is made with mode 0700 where it is missing; it must be the
 * caller's own, no link, and not be writable by others. Returns a descriptor,
 * or -errno with *err filled.
 */
int state_directory_open(struct error *err);

#endif

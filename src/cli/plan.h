/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --dry-run: remember a call; tell those remembered, as lines of text and as
 * the member "ioctls" of the device; forget them.
 */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include "core/vfio/io.h"

struct invocation;

void plan_add(struct invocation *inv, const struct io_call *call);
void plan_tell(struct invocation *inv);
void plan_forget(struct invocation *inv);
void plan_free(struct invocation *inv);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Locks by name, between invocations of root. Their files stand in the state
 * directory, which nobody else can enter, so that nobody else can hold one.
 * A lock ends with its process, however that ends.
 */
#ifndef CORE_BASE_LOCK_H
#define CORE_BASE_LOCK_H

#include <sys/types.h>

#include "core/base/error.h"

/* Open the lock of that name. Returns a descriptor, or -errno with *err. */
int lock_open(const char *name, struct error *err);

/*
 * Take it: wait for at most so many milliseconds. Returns 0; -EAGAIN where
 * another process still has it, with its pid (0: in another PID namespace);
 * -EINTR where a signal waits (see interrupt.h); or another -errno. Whoever
 * has it gives it up by closing the descriptor.
 */
int lock_take(int fd, unsigned int ms, pid_t *holder);

#endif

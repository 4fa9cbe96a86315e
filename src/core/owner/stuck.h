/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes that did not let themselves be looked at, remembered for a while:
 * who looks again and again would wait for them each time.
 */
#ifndef CORE_OWNER_STUCK_H
#define CORE_OWNER_STUCK_H

#include <stdbool.h>
#include <sys/types.h>

/* So long they are left alone. */
#define STUCK_MS 10000

/* It was given up now. */
void stuck_remember(pid_t pid);

/* Was it given up less than STUCK_MS ago, and is it still the same process? */
bool stuck_is_remembered(pid_t pid);

#endif

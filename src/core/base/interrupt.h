/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SIGINT, SIGTERM and SIGHUP wait while a device is being changed: a change
 * is done or not done, and what was done is told. (SIGQUIT and SIGKILL do
 * not wait.)
 */
#ifndef CORE_BASE_INTERRUPT_H
#define CORE_BASE_INTERRUPT_H

#include <signal.h>

/* The signals that are meant. */
void interrupt_signals(sigset_t *set);

/* From now on they wait. A second call does nothing. */
void interrupt_hold(void);

/* One that waits, or 0. */
int interrupt_pending(void);

/* "SIGINT" of one that interrupt_pending() returned. */
const char *interrupt_name(int number);

/* In a child: the signal mask as it was before interrupt_hold(). */
void interrupt_restore_mask(void);

/* End by the signal that waits, where one does. */
void interrupt_end(void);

#endif

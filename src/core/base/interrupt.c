/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/interrupt.h"

#include <stdbool.h>
#include <stddef.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static const char *const names[] = { "SIGINT", "SIGTERM", "SIGHUP" };

static bool held;
static sigset_t mask_before;

void interrupt_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(set, signals[i]);
}

void interrupt_hold(void)
{
	sigset_t set;

	if (held)
		return;
	interrupt_signals(&set);
	sigprocmask(SIG_BLOCK, &set, &mask_before);
	held = true;
}

int interrupt_pending(void)
{
	sigset_t pending;

	sigemptyset(&pending);
	sigpending(&pending);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (sigismember(&pending, signals[i]) == 1)
			return signals[i];
	return 0;
}

const char *interrupt_name(int number)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (signals[i] == number)
			return names[i];
	return "a signal";
}

void interrupt_restore_mask(void)
{
	if (held)
		sigprocmask(SIG_SETMASK, &mask_before, NULL);
}

void interrupt_end(void)
{
	/* One that the caller had blocked does not end us either. */
	interrupt_restore_mask();
}

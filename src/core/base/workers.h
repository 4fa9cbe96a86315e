/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work that may block for ever, in processes that can be given up.
 *
 * Looking into another process waits as long as that process is in execve(2),
 * and whoever owns it decides how long that is. Nothing but SIGKILL ends such
 * a wait. So a helper process works through the tasks; if it makes no
 * progress, others are started beside it, and in the end those that still
 * wait are killed and their tasks are given up.
 */
#ifndef CORE_BASE_WORKERS_H
#define CORE_BASE_WORKERS_H

#include <stddef.h>

/* Longest message, in bytes. */
#define WORKERS_MESSAGE 256

struct workers_seat;

struct workers {
	size_t n_tasks;
	/*
	 * In a helper: do a task, which may send messages. Of descriptors it
	 * has none but those that it opens.
	 */
	void (*work)(void *context, size_t task, struct workers_seat *seat);
	/*
	 * In the caller: a message of a task, with a descriptor, now the
	 * callee's, or -1. Returns 0 to go on; another value ends the work and
	 * is returned.
	 */
	int (*take)(void *context, const void *message, size_t size, int fd);
	/* In the caller: this task is given up, or was never begun. */
	void (*give_up)(void *context, size_t task);
	void *context;
	/* In ms; what a busy machine takes away does not count. */
	unsigned int patience; /* without any progress */
	unsigned int deadline; /* for all of it */
};

/*
 * Do the tasks, in their order unless one blocks. Returns 0, what take()
 * ended with, -EINTR where a signal that is held back is pending, or another
 * -errno where it could not begin.
 */
int workers_run(const struct workers *workers);

/* In a helper: send a message, with a copy of fd where that is not -1. */
void workers_send(struct workers_seat *seat, const void *message, size_t size,
		  int fd);

/* In a helper: it goes on. Sending says that, too. */
void workers_step(struct workers_seat *seat);

#endif

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One lock for the whole machine: a mutex between threads, flock() on
 * STATE/lock between processes. Signals wait, so that a handler never finds
 * it taken by the thread that it interrupts; fork() waits, so that no child
 * inherits it taken.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sigset_t blocked_before;
static int file = -1;

static void take(void)
{
	pthread_mutex_lock(&mutex);
}

static void drop(void)
{
	pthread_mutex_unlock(&mutex);
}

__attribute__((constructor)) static void survive_fork(void)
{
	pthread_atfork(take, drop, drop);
}

void lock_enter(void)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	take();
	blocked_before = before;
	file = state_open("lock", O_RDWR | O_CREAT);
	if (file < 0)
		abort();
	while (real.syscall(SYS_flock, file, LOCK_EX) && errno == EINTR)
		;
	fd_reap();
}

void lock_leave(void)
{
	sigset_t before = blocked_before;
	int saved = errno;

	sys_close(file);
	file = -1;
	drop();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
}

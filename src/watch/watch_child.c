/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The children that make changes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/interrupt.h"
#include "core/owner/scan.h"
#include "watch/watched.h"

#define CHILD_FD 3

/*
 * Nothing of the parent's lives on in a child that hangs: no pidfd, no
 * descriptor of a device, no other child's pipe.
 */
static void keep_only(int fd)
{
	if (fd != CHILD_FD && dup3(fd, CHILD_FD, O_CLOEXEC) < 0)
		_exit(1);
	syscall(SYS_close_range, CHILD_FD + 1, ~0u, 0);
}

static void __attribute__((noreturn))
be_child(const struct watched *d, const char *abi, int to_parent)
{
	struct watch_report report;

	/* The parent says what there is to say, and ends as told. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	interrupt_restore_mask();
	keep_only(to_parent);
	owner_look_anew(); /* the parent's look is from before */
	watch_bring(d, abi, &report);
	_exit(write(CHILD_FD, &report, sizeof(report)) == sizeof(report) ? 0
									 : 1);
}

int watch_start_child(struct watched *d, const char *abi)
{
	int ends[2], number;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	pid = fork();
	if (pid == 0)
		be_child(d, abi, ends[1]);
	number = errno;
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -number;
	}
	d->child = pid;
	d->from_child = ends[0];
	d->child_since = watch_now();
	d->given_up = false;
	return 0;
}

bool watch_take_child(struct watched *d, struct watch_report *report)
{
	pid_t r;

	do {
		r = waitpid(d->child, NULL, WNOHANG);
	} while (r < 0 && errno == EINTR);
	if (r == 0)
		return false;
	if (read(d->from_child, report, sizeof(*report)) != sizeof(*report))
		*report = (struct watch_report){
			.kind = ERR_SYSTEM,
			.message = "the change ended without a word: what is "
				   "set now is not known"
		};
	close(d->from_child);
	d->from_child = -1;
	d->child = 0;
	return true;
}

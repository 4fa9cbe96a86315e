/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/interrupt.h"

static const int forwarded[] = { SIGINT,  SIGTERM, SIGHUP, SIGQUIT,
				 SIGUSR1, SIGUSR2, SIGCONT };

static void fill_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(*forwarded); i++)
		sigaddset(set, forwarded[i]);
}

/* In the child: never returns. A failure's errno goes into the pipe. */
static void __attribute__((noreturn))
become(char *const argv[], const struct spawn_variable *variables, size_t n,
       int report)
{
	const struct spawn_variable *v;
	char number[24];

	for (v = variables; v < variables + n; v++) {
		if (v->number < 0) {
			unsetenv(v->name);
			continue;
		}
		snprintf(number, sizeof(number), "%lld", v->number);
		if (setenv(v->name, number, 1) ||
		    (v->is_fd && fcntl((int)v->number, F_SETFD, 0)))
			goto failed;
	}
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	interrupt_restore_mask();
	execvp(argv[0], argv);
failed:
	if (write(report, &errno, sizeof(errno)) < 0)
		_exit(SPAWN_NOT_EXECUTABLE);
	_exit(SPAWN_NOT_FOUND);
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Wait for the child, passing signals on to it. */
static int wait_for(pid_t pid, const sigset_t *set, struct error *err)
{
	for (;;) {
		siginfo_t info;
		int status;

		if (sigwaitinfo(set, &info) < 0)
			continue; /* EINTR: a signal that is not ours */
		if (info.si_signo == SIGCHLD) {
			pid_t ended;

			do {
				ended = waitpid(pid, &status, WNOHANG);
			} while (ended < 0 && errno == EINTR);
			if (ended == pid)
				return status_of(status);
			if (ended < 0)
				return error_system(err, errno,
						    "cannot wait for the "
						    "program");
		} else if (info.si_code != SI_KERNEL) {
			/* From the terminal, the child has got it already. */
			kill(pid, info.si_signo);
		}
	}
}

int spawn_and_wait(char *const argv[], const struct spawn_variable *variables,
		   size_t n, struct error *err)
{
	_cleanup_close_ int report = -1, to_report = -1;
	sigset_t set;
	int ends[2], number = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return error_system(err, errno, "cannot run %s", argv[0]);
	report = ends[0];
	to_report = ends[1];
	fill_signals(&set);
	interrupt_hold(); /* it keeps the mask that the program gets */
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid < 0)
		return error_system(err, errno, "cannot run %s", argv[0]);
	if (pid == 0)
		become(argv, variables, n, to_report);
	close(take_fd(&to_report));
	if (read(report, &number, sizeof(number)) == sizeof(number)) {
		waitpid(pid, NULL, 0);
		error_system(err, number, "cannot run %s", argv[0]);
		err->kind = ERR_SYSTEM;
		return number == ENOENT ? SPAWN_NOT_FOUND
					: SPAWN_NOT_EXECUTABLE;
	}
	err->kind = ERR_NONE;
	return wait_for(pid, &set, err);
}

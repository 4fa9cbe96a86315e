/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/workers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/interrupt.h"

#define SEATS	1024
#define TICK_MS 20
#define SOCKET	0 /* its number in a helper */

/* Where a helper is, in memory that it shares with the caller. */
struct workers_seat {
	_Atomic size_t task; /* the one in hand, plus 1; 0: none */
	_Atomic unsigned int steps;
	_Atomic bool done; /* no more tasks */
};

struct board {
	_Atomic size_t next; /* task that nobody has begun */
	struct workers_seat seats[SEATS];
};

/* What the caller keeps. */
struct crew {
	const struct workers *workers;
	struct board *board;
	pid_t pids[SEATS];
	size_t n;
	int ends[2];	       /* the caller's, the helpers' */
	unsigned int steps;    /* of all, when last looked at */
	long ticked;	       /* when that was, in milliseconds */
	long waited, progress; /* of tick(): in all, and at the last step */
};

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void workers_step(struct workers_seat *seat)
{
	seat->steps++;
}

void workers_send(struct workers_seat *seat, const void *message, size_t size,
		  int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { (void *)message, size };
	struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };

	if (fd >= 0) {
		header.msg_control = &control;
		header.msg_controllen = sizeof(control);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	/* A caller who is gone takes the helper along. */
	while (sendmsg(SOCKET, &header, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			_exit(1);
	workers_step(seat);
}

static void __attribute__((noreturn))
be_helper(const struct workers *workers, struct board *board,
	  struct workers_seat *seat, int socket, pid_t parent)
{
	size_t task;

	/*
	 * A helper that cannot be ended keeps nothing open: no device, and no
	 * pipe at whose other end somebody waits.
	 */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(socket, SOCKET) < 0 ||
	    syscall(SYS_close_range, SOCKET + 1, ~0U, 0))
		_exit(1);
	while ((task = board->next++) < workers->n_tasks) {
		seat->task = task + 1;
		workers->work(workers->context, task, seat);
		seat->task = 0;
	}
	seat->done = true;
	workers_send(seat, "", 0, -1);
	_exit(0);
}

static int add_helper(struct crew *crew)
{
	pid_t parent = getpid(), pid;

	if (crew->n == SEATS)
		return -EAGAIN;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		be_helper(crew->workers, crew->board,
			  &crew->board->seats[crew->n], crew->ends[1], parent);
	crew->pids[crew->n++] = pid;
	return 0;
}

/* Returns 1 where there was a message, 0 where there is none, or as take(). */
static int take_message(const struct crew *crew, int *verdict)
{
	char message[WORKERS_MESSAGE];
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { message, sizeof(message) };
	struct msghdr header = { .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control) };
	const struct cmsghdr *c;
	int fd = -1;
	ssize_t n = recvmsg(crew->ends[0], &header,
			    MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		*verdict = -errno;
	if (n < 0)
		return errno == EINTR;
	c = CMSG_FIRSTHDR(&header);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	if (n)
		*verdict = crew->workers->take(crew->workers->context, message,
					       (size_t)n, fd);
	return *verdict == 0;
}

static bool all_done(const struct crew *crew)
{
	for (size_t i = 0; i < crew->n; i++)
		if (!crew->board->seats[i].done)
			return false;
	return true;
}

/* One that died is done; what it had in hand is given up at the end. */
static void reap(const struct crew *crew)
{
	for (size_t i = 0; i < crew->n; i++)
		if (!crew->board->seats[i].done &&
		    waitpid(crew->pids[i], NULL, WNOHANG) == crew->pids[i])
			crew->board->seats[i].done = true;
}

static bool has_progress(struct crew *crew)
{
	unsigned int steps = 0;
	bool changed;

	for (size_t i = 0; i < crew->n; i++)
		steps += crew->board->seats[i].steps;
	changed = steps != crew->steps;
	crew->steps = steps;
	return changed;
}

/* All of them wait for something: as many again go on with the rest. */
static void double_crew(struct crew *crew)
{
	size_t left = crew->workers->n_tasks - crew->board->next;

	if (crew->board->next >= crew->workers->n_tasks)
		return;
	for (size_t n = crew->n < left ? crew->n : left; n; n--)
		if (add_helper(crew))
			return;
}

/* Returns false when the time is over. */
static bool tick(struct crew *crew)
{
	long at = now(), passed = at - crew->ticked;

	if (passed < TICK_MS)
		return true;
	crew->ticked = at;
	/*
	 * Time in which the machine had no CPU for us it will not have had for
	 * the helpers: it is nobody's fault.
	 */
	crew->waited += passed < 2 * TICK_MS ? passed : 2 * TICK_MS;
	reap(crew);
	if (has_progress(crew))
		crew->progress = crew->waited;
	else
		double_crew(crew);
	return crew->waited - crew->progress < (long)crew->workers->patience &&
	       crew->waited < (long)crew->workers->deadline;
}

static int supervise(struct crew *crew)
{
	struct pollfd socket = { .fd = crew->ends[0], .events = POLLIN };
	int verdict = 0;

	for (;;) {
		bool done = all_done(crew);

		while (take_message(crew, &verdict))
			;
		if (verdict || done)
			return verdict;
		if (interrupt_pending())
			return -EINTR;
		poll(&socket, 1, TICK_MS);
		if (!tick(crew)) {
			while (take_message(crew, &verdict))
				;
			return verdict;
		}
	}
}

/* One that sits in the kernel may be there for a while yet: it is left. */
static void dismiss(const struct crew *crew)
{
	for (size_t i = 0; i < crew->n; i++)
		if (!crew->board->seats[i].done)
			kill(crew->pids[i], SIGKILL);
	for (size_t i = 0; i < crew->n; i++)
		waitpid(crew->pids[i], NULL,
			crew->board->seats[i].done ? 0 : WNOHANG);
}

static void give_up(const struct crew *crew)
{
	const struct workers *w = crew->workers;

	for (size_t i = 0; i < crew->n; i++)
		if (crew->board->seats[i].task)
			w->give_up(w->context, crew->board->seats[i].task - 1);
	for (size_t task = crew->board->next; task < w->n_tasks; task++)
		w->give_up(w->context, task);
}

int workers_run(const struct workers *workers)
{
	_cleanup_free_ struct crew *crew = calloc(1, sizeof(*crew));
	int r;

	if (!crew)
		return -ENOMEM;
	if (workers->n_tasks == 0)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, crew->ends))
		return -errno;
	crew->workers = workers;
	crew->ticked = now();
	crew->board = mmap(NULL, sizeof(*crew->board), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	r = crew->board == MAP_FAILED ? -errno : add_helper(crew);
	if (r == 0) {
		r = supervise(crew);
		dismiss(crew);
		if (r == 0)
			give_up(crew);
	}
	close(crew->ends[0]);
	close(crew->ends[1]);
	if (crew->board != MAP_FAILED)
		munmap(crew->board, sizeof(*crew->board));
	return r;
}

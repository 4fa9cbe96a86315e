/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/borrow.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/compat.h"
#include "core/base/interrupt.h"
#include "core/base/workers.h"
#include "core/owner/find.h"
#include "core/owner/query.h"
#include "core/owner/scan.h"
#include "core/owner/verify.h"

#define PATIENCE_MS 1000

/* What a helper sends of a candidate. */
struct answer {
	size_t candidate;
	enum { LENT, CANNOT_OPEN, CANNOT_COPY, ENDED } what;
	int number; /* errno, where it did not lend it */
};

struct loan {
	const struct pci_device *pci;
	struct owner *candidates;
	size_t n;
	bool named;	     /* the caller named the process */
	bool chosen;	     /* the caller named the descriptor */
	struct owner *owner; /* of the one that is told of */
	int fd;		     /* our copy, or -1 */
	bool proved;
	bool unbound;	     /* one is the device's node, of no use yet */
	char undecided[256]; /* numbers of those that could be it */
	struct error *err;   /* of the first that failed */
	bool failed;
};

static int no_rights(const struct owner *owner, int number, struct error *err)
{
	error_set(err, ERR_PERMISSION, number,
		  "no rights over its owner %s (pid %d)", owner->command,
		  owner->pid);
	if (geteuid() == 0)
		error_hint_rights(err, "CAP_SYS_PTRACE");
	else
		error_hint(err, "run it as root (CAP_SYS_PTRACE), or as the "
				"same user where kernel.yama.ptrace_scope is "
				"0");
	return -number;
}

static int no_answer(const struct owner *owner, struct error *err)
{
	return error_set(err, ERR_SYSTEM, ETIMEDOUT,
			 "%s (pid %d) does not let itself be looked at: it "
			 "was given up",
			 owner->command, owner->pid);
}

/* Copy the descriptor of one candidate. In a helper: that may wait for ever. */
static void work(void *context, size_t task, struct workers_seat *seat)
{
	const struct owner *c =
		&((const struct loan *)context)->candidates[task];
	struct answer answer = { .candidate = task };
	_cleanup_close_ int pidfd = pidfd_open(c->pid, 0), fd = -1;

	if (pidfd < 0) {
		answer.what = CANNOT_OPEN;
		answer.number = errno;
	} else {
		fd = pidfd_getfd(pidfd, c->fd, 0);
		answer.number = fd < 0 ? errno : 0;
		answer.what = fd < 0 ? CANNOT_COPY : LENT;
	}
	/* EPERM: it is alive, and belongs to somebody else. */
	if (fd >= 0 && syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) &&
	    errno == ESRCH)
		answer.what = ENDED;
	workers_send(seat, &answer, sizeof(answer),
		     answer.what == LENT ? fd : -1);
}

static int cannot_lend(const struct answer *answer, const struct owner *c,
		       struct error *err)
{
	bool opened = answer->what != CANNOT_OPEN;

	if (answer->number == EPERM || answer->number == EACCES)
		return no_rights(c, answer->number, err);
	if (!opened && answer->number == ESRCH)
		return error_set(err, ERR_NO_OWNER, ESRCH, "no process %d",
				 c->pid);
	if (!opened)
		return error_system(err, answer->number,
				    "cannot open process %d", c->pid);
	if (answer->what == ENDED || answer->number == ESRCH)
		return error_set(err, ERR_NO_OWNER, ESRCH,
				 "the process %d ended meanwhile", c->pid);
	return error_system(err, answer->number,
			    "cannot borrow descriptor %d of process %d", c->fd,
			    c->pid);
}

/*
 * See what the copy is. It is the copy that is looked at, so nothing can
 * change between look and use. Returns 1 where it is the device.
 */
static int examine(struct loan *loan, const struct owner *c, int borrowed)
{
	_cleanup_close_ int fd = borrowed;
	size_t used = strlen(loan->undecided);
	int verdict = owner_verify(loan->pci, fd);

	if (verdict < 0) {
		error_system(loan->err, -verdict,
			     "cannot tell what descriptor %d of process %d is",
			     c->fd, c->pid);
		loan->failed = true;
	} else if (verdict == VERIFY_SAME && !vfio_query_bound(fd)) {
		loan->unbound = true;
	} else if (verdict == VERIFY_SAME || verdict == VERIFY_EXCLUDED ||
		   (verdict == VERIFY_UNDECIDED && loan->chosen)) {
		loan->proved = verdict == VERIFY_SAME;
		loan->fd = take_fd(&fd);
		*loan->owner = *c;
		return 1;
	} else if (verdict == VERIFY_UNDECIDED) {
		snprintf(loan->undecided + used, sizeof(loan->undecided) - used,
			 "%s%d", used ? ", " : "", c->fd);
	}
	if (!loan->failed)
		*loan->owner = *c;
	return 0;
}

static int take(void *context, const void *message, size_t size, int fd)
{
	struct loan *loan = context;
	struct answer answer;
	const struct owner *c;

	if (size != sizeof(answer))
		return -EPROTO;
	memcpy(&answer, message, sizeof(answer));
	c = &loan->candidates[answer.candidate];
	if (answer.what == LENT && fd >= 0)
		return examine(loan, c, fd);
	if (answer.what == CANNOT_COPY && answer.number == EBADF)
		return 0; /* closed since it was listed */
	if (!loan->failed) {
		cannot_lend(&answer, c, loan->err);
		*loan->owner = *c;
	}
	loan->failed = true;
	return 0;
}

static void give_up(void *context, size_t task)
{
	struct loan *loan = context;

	if (!loan->failed)
		no_answer(&loan->candidates[task], loan->err);
	loan->failed = true;
}

static int nothing_found(const struct loan *loan, struct error *err)
{
	const struct owner *owner = loan->owner;

	if (loan->undecided[0]) {
		error_set(err, ERR_NOT_VERIFIED, ENODEV,
			  "cannot tell which descriptor of %s (pid %d) it is: "
			  "%s could be",
			  owner->command, owner->pid, loan->undecided);
		err->advice = (struct advice){ ADVICE_NAME_DESCRIPTOR,
					       .pid = owner->pid };
		return -ENODEV;
	}
	if (loan->unbound)
		return error_set(err, ERR_NODE_OPEN, ENODEV,
				 "%s (pid %d) has opened it, and not bound it "
				 "to an iommufd yet",
				 owner->command, owner->pid);
	if (loan->chosen)
		return error_set(err, ERR_NOT_VERIFIED, ENODEV,
				 "descriptor %d of %s (pid %d) is not this "
				 "device",
				 owner->fd, owner->command, owner->pid);
	return error_set(err, loan->named ? ERR_NO_OWNER : ERR_NODE_OPEN,
			 ENODEV, "%s (pid %d) does not have it open",
			 owner->command, owner->pid);
}

static int add(struct loan *loan, const struct owner *owner)
{
	struct owner *larger =
		reallocarray(loan->candidates, loan->n + 1, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	loan->candidates = larger;
	larger[loan->n++] = *owner;
	return 0;
}

static int add_candidates(struct loan *loan, const struct owner_scan *scan,
			  bool named)
{
	const struct holding *h = NULL;
	int r = 0;

	while (r == 0 && (h = owner_scan_candidate(scan, loan->pci, named, h)))
		r = add(loan, &h->owner);
	return r;
}

/* Whoever holds it. */
static int ask_all(struct loan *loan, struct error *err)
{
	const struct owner_scan *scan;
	const struct owner *given_up;
	size_t n;
	int r = owner_look(0, &scan);

	if (r == 0)
		r = add_candidates(loan, scan, false);
	if (r == -EINTR)
		return r;
	if (r)
		return error_system(err, -r, "cannot look for its owner");
	if (owner_scan_find(scan, loan->pci, loan->owner) || loan->n)
		return 0;
	given_up = owner_scan_given_up(scan, &n);
	if (n)
		return no_answer(given_up, err);
	error_set(err, ERR_NO_OWNER, ESRCH, "%s",
		  geteuid() != 0 ? "no process is seen to hold it"
		  : owner_is_hidden(loan->pci)
			  ? "held by a process that cannot be "
			    "seen from here (PID namespace)"
			  : "no process holds it");
	if (geteuid() != 0)
		error_hint(err, "only root sees the descriptors of other "
				"users' processes");
	return -ESRCH;
}

/* The process that was named, or its descriptor. */
static int ask_one(struct loan *loan, int fd, struct error *err)
{
	const struct owner_scan *scan;
	struct owner *owner = loan->owner;
	size_t n;
	int r;

	if (kill(owner->pid, 0) && errno == ESRCH)
		return error_set(err, ERR_NO_OWNER, ESRCH, "no process %d",
				 owner->pid);
	owner_command(owner->pid, owner->command, sizeof(owner->command));
	loan->chosen = fd >= 0;
	owner->fd = fd;
	if (loan->chosen)
		return add(loan, owner);
	r = owner_look(owner->pid, &scan);
	if (r == 0)
		r = add_candidates(loan, scan, true);
	if (r == -EINTR)
		return r;
	if (r)
		return error_system(err, -r,
				    "cannot list the descriptors of process %d",
				    owner->pid);
	if (owner_scan_unseen(scan))
		return no_rights(owner, owner_scan_unseen(scan), err);
	owner_scan_given_up(scan, &n);
	return n && !loan->n ? no_answer(owner, err) : 0;
}

static int ask(struct loan *loan, struct error *err)
{
	const struct workers workers = {
		.n_tasks = loan->n,
		.work = work,
		.take = take,
		.give_up = give_up,
		.context = loan,
		.patience = PATIENCE_MS,
		.deadline = PATIENCE_MS,
	};
	int r = workers_run(&workers);

	if (r == 1)
		return 0;
	if (r == -EINTR)
		return r;
	if (r)
		return error_system(err, -r, "cannot borrow it from its owner");
	return loan->failed ? -err->number : nothing_found(loan, err);
}

int owner_borrow(const struct pci_device *pci, pid_t pid, int fd,
		 struct owner *owner, bool *proved, struct error *err)
{
	struct loan loan = { .pci = pci,
			     .named = pid != 0,
			     .owner = owner,
			     .fd = -1,
			     .err = err };
	int r;

	*owner = (struct owner){ .pid = pid };
	r = pid ? ask_one(&loan, fd, err) : ask_all(&loan, err);
	if (r == 0)
		r = ask(&loan, err);
	free(loan.candidates);
	if (r == -EINTR)
		return error_set(err, ERR_INTERRUPTED, EINTR,
				 "interrupted by %s: nothing was done to it",
				 interrupt_name(interrupt_pending()));
	*proved = loan.proved;
	return r ? r : loan.fd;
}

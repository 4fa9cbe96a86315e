/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be done about one device, from what is seen of it. */
#include "watch/watch_state.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/base/compat.h"
#include "core/owner/find.h"

static int add_pidfd(struct watch_context *c, struct watched *d)
{
	struct epoll_event event = { .events = EPOLLIN };

	d->id = event.data.u64 = ++c->last_id;
	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, d->pidfd, &event);
}

void watched_drop_look(struct watched *d)
{
	if (d->looked_at)
		target_close(&d->target);
	d->looked_at = false;
}

void watched_forget(struct watch_context *c, struct watched *d)
{
	if (d->pidfd >= 0) {
		/* A child that hangs may have it open still. */
		epoll_ctl(c->epoll, EPOLL_CTL_DEL, d->pidfd, NULL);
		close(d->pidfd);
		d->pidfd = -1;
	}
	watched_drop_look(d);
	d->owner = (struct owner){ 0 };
	d->state = WATCH_IDLE;
	d->settled = false;
	d->tries = 0;
	d->retry = d->failed_at = d->table = 0;
	d->backoff = d->failures = d->rewrites = 0;
	d->yielded = false;
}

/*
 * A program that sets its tags itself and watch would undo each other's work
 * for ever: who has the device open goes first.
 */
static void note_rewrite(struct watched *d)
{
	unsigned int last = d->rewrites++ % WATCH_REWRITES;
	uint64_t now = watch_now();

	d->rewritten[last] = now;
	if (d->rewrites < WATCH_REWRITES ||
	    now - d->rewritten[(last + 1) % WATCH_REWRITES] > WATCH_REWRITE_MS)
		return;
	d->yielded = true;
	watch_say(d, WATCH_WARNING,
		  "another program has set other tags three times within a "
		  "minute: its tags are left alone until the device is opened "
		  "anew; let only one of them set tags: take the device out of "
		  "the profiles, or stop that program's own steering, and "
		  "reload (SIGHUP)");
}

/*
 * It is tried again later, and when something changes on which it may depend.
 * The first failure is logged, then one line every ten minutes.
 */
static void fail(struct watched *d, enum error_kind kind, const char *message)
{
	uint64_t now = watch_now();

	d->state = WATCH_HELD;
	d->failures++;
	d->backoff = d->backoff ? 2 * d->backoff : WATCH_RETRY_MS;
	if (d->backoff > WATCH_RETRY_MAX_MS)
		d->backoff = WATCH_RETRY_MAX_MS;
	d->retry = now + d->backoff;
	if (!d->failed_at) {
		d->failed_at = d->summary = now;
		watch_say_error(d, kind, message);
	} else if (now - d->summary >= WATCH_SUMMARY_MS) {
		d->summary = now;
		watch_log(WATCH_ERROR, d->pci.address,
			  "failed %u times in %llu minutes: %s", d->failures,
			  (unsigned long long)(now - d->failed_at) / 60000,
			  message);
	}
}

static void succeed(struct watched *d, const struct watch_report *report)
{
	bool failed = d->failed_at;

	d->state = WATCH_HELD;
	d->settled = !report->changed;
	d->retry = d->failed_at = 0;
	d->backoff = d->failures = 0;
	if (report->changed) {
		d->said[0] = '\0'; /* each action is told */
		watch_say(d, WATCH_NOTICE, report->message);
		if (report->rewritten && d->reason == WATCH_REGISTERS)
			note_rewrite(d);
	} else if (failed) {
		watch_say(d, WATCH_NOTICE, "as its profile says again");
	}
}

/*
 * An owner opens the node of a group some time before the device, and one
 * that has another device of the group never does: look closely for a
 * while, then now and then.
 */
static void not_open_yet(struct watched *d)
{
	d->settled = false;
	d->state = ++d->tries < 2000 / WATCH_WAITING_MS ? WATCH_WAITING
							: WATCH_HELD;
}

void watched_take_report(struct watched *d, const struct watch_report *report)
{
	if (d->state == WATCH_IDLE)
		return; /* the owner ended while it was being done */
	d->at = d->seen;
	d->settled = true;
	d->table = watch_now() + WATCH_TABLE_MS;
	switch (report->kind) {
	case ERR_NONE:
		succeed(d, report);
		break;
	case ERR_NO_OWNER:
	case ERR_OWNER_ENDED:
	case ERR_NODE_OPEN:
		not_open_yet(d);
		break;
	case ERR_NO_VECTORS:
		d->state = WATCH_WAITING;
		break;
	default:
		fail(d, report->kind, report->message);
	}
}

static void start_change(struct watch_context *c, struct watched *d)
{
	char text[128];
	int r;

	if (c->children >= WATCH_CHILDREN)
		return; /* at the next look */
	r = watch_start_child(d, c->abi);
	if (r == 0) {
		c->children++;
		return;
	}
	snprintf(text, sizeof(text), "cannot start a process to change it: %s",
		 strerror(-r));
	d->at = d->seen;
	d->settled = true;
	fail(d, ERR_SYSTEM, text);
}

static bool begin_look(struct watch_context *c, struct watched *d)
{
	struct error err;

	if (d->looked_at)
		return true;
	if (target_look(c->source, &d->pci.bdf, PCI_DEVICE_CDEV, &d->target,
			&err) == 0) {
		d->looked_at = true;
		if (target_check_tph(&d->target, &err) == 0)
			return true;
		watched_drop_look(d);
	}
	if (watch_now() >= d->retry)
		fail(d, err.kind, err.message);
	d->state = WATCH_HELD;
	return false;
}

/* Is something to be done, and why? */
static bool is_due(struct watched *d)
{
	const struct watch_seen *seen = &d->seen, *at = &d->at;
	uint64_t now = watch_now();

	if (!at->place)
		d->reason = WATCH_OPENED;
	else if (seen->vectors != at->vectors)
		d->reason = WATCH_VECTORS;
	else if (seen->registers != at->registers || !d->failed_at)
		d->reason = WATCH_REGISTERS;
	else
		d->reason = WATCH_TRIED_AGAIN;
	if (!d->settled || memcmp(seen, at, sizeof(*seen)) != 0)
		return true;
	if (d->failed_at)
		return now >= d->retry;
	/* What is in an MSI-X table shows through its holder alone. */
	return d->target.cap.location == TPH_TABLE_MSIX && d->wanted->maps.n &&
	       now >= d->table;
}

/*
 * Somebody holds it: look whether there is something to do. Whatever is
 * done, it is settled only when a child found nothing more to do, in the
 * state that was seen before it began: no change in between is missed.
 */
static void look(struct watch_context *c, struct watched *d)
{
	struct error err;
	int r;

	if (d->child)
		return;
	if (d->yielded) {
		d->state = WATCH_HELD;
		return;
	}
	if (watch_look_around(d)) {
		d->state = WATCH_HELD;
		d->settled = false;
		watch_say(d, WATCH_NOTICE,
			  "it sleeps (D3hot): its profile waits until it is "
			  "awake");
		return;
	}
	if (!begin_look(c, d))
		return;
	r = watch_look(d, &err);
	if (r < 0)
		watch_say_error(d, err.kind, err.message);
	if (r) {
		d->state = r > 0 ? WATCH_WAITING : WATCH_HELD;
		d->settled = false;
	} else if (is_due(d)) {
		start_change(c, d);
	}
}

/* Who holds it cannot be told now: that is said, and tried again. */
static void look_again(struct watched *d, int number)
{
	char text[128];

	snprintf(text, sizeof(text), "cannot look for its owner: %s",
		 strerror(number));
	watch_say(d, WATCH_ERROR, text);
	d->state = WATCH_HELD;
}

/* An owner came: remember him, and be told when he ends. */
static void meet_owner(struct watch_context *c, struct watched *d,
		       const struct owner *owner)
{
	watched_forget(c, d);
	d->at = (struct watch_seen){ 0 };
	d->owner = *owner;
	d->pidfd = pidfd_open(owner->pid, 0);
	if (d->pidfd < 0 || add_pidfd(c, d)) {
		int number = errno;

		watched_forget(c, d);
		if (number != ESRCH) /* he did not end meanwhile */
			look_again(d, number);
		return;
	}
	if (watch_now() - d->told_going >= WATCH_LOG_MS)
		d->said[0] = '\0';
	d->state = WATCH_WAITING;
	look(c, d);
}

/* Nobody has it any more, or nobody who could be seen. */
static void lost_owner(struct watch_context *c, struct watched *d)
{
	struct pollfd ended = { .fd = d->pidfd, .events = POLLIN };

	if (d->state == WATCH_IDLE)
		return;
	/* A process closes everything some time before it has ended. */
	if (d->owner.pid && d->state != WATCH_LEAVING) {
		d->state = WATCH_LEAVING;
		return;
	}
	if (d->owner.pid)
		watch_say_going(d, poll(&ended, 1, 0) > 0
					   ? "its owner ended"
					   : "let go by its owner");
	watched_forget(c, d);
}

void watched_owner_ended(struct watch_context *c, struct watched *d)
{
	watch_say_going(d, "its owner ended");
	watched_forget(c, d);
	d->event = true; /* whoever inherited the device from him is none */
}

static void check_owner(struct watch_context *c, struct watched *d)
{
	struct owner owner;
	int r;

	if (d->state != WATCH_IDLE && d->owner.pid &&
	    owner_holds(&d->pci, &d->owner)) {
		if (d->state == WATCH_LEAVING)
			d->state = WATCH_HELD;
		look(c, d);
		return;
	}
	r = owner_find(&d->pci, &owner);
	if (r > 0) {
		meet_owner(c, d, &owner);
	} else if (r == -EINTR) {
		d->event = true; /* the signal is read next */
	} else if (r < 0) {
		watched_forget(c, d);
		look_again(d, -r);
	} else {
		lost_owner(c, d);
	}
}

/*
 * inotify hears of no open through another inode, as of libvirt's /dev of its
 * own: sysfs tells that the function is in use.
 */
static void check_idle(struct watch_context *c, struct watched *d)
{
	bool in_use = owner_is_hidden(&d->pci), began = in_use && !d->in_use;
	uint64_t now = watch_now();

	d->in_use = in_use;
	if (!in_use)
		d->backoff = 0;
	if (!d->event && !began && !(in_use && now >= d->retry))
		return;
	d->event = false;
	check_owner(c, d);
	if (d->state != WATCH_IDLE || !in_use)
		return;
	d->backoff = d->backoff ? 2 * d->backoff : WATCH_IDLE_MS;
	if (d->backoff > WATCH_RETRY_MAX_MS)
		d->backoff = WATCH_RETRY_MAX_MS;
	d->retry = now + d->backoff;
	if (d->backoff > WATCH_IDLE_MS)
		watch_say(d, WATCH_ERROR,
			  "held by a process that cannot be seen from here "
			  "(PID namespace)");
}

/* When to look next. */
static void set_due(struct watched *d)
{
	uint64_t now = watch_now();

	switch (d->state) {
	case WATCH_IDLE:
		/* All devices at the same time: one wake-up for all of them. */
		d->due = now - now % WATCH_IDLE_MS + WATCH_IDLE_MS;
		break;
	case WATCH_WAITING:
	case WATCH_LEAVING:
		d->due = now + WATCH_WAITING_MS;
		break;
	case WATCH_HELD:
		d->due = now + WATCH_HELD_MS;
		if (d->retry && d->retry < d->due)
			d->due = d->retry;
		break;
	}
	if (d->child)
		d->due = now + WATCH_HELD_MS;
}

/* CPU time in ms, of the processes that look for holders, too. */
static uint64_t work_done(void)
{
	struct rusage own, helpers;
	struct timeval sum;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &helpers);
	timeradd(&own.ru_utime, &own.ru_stime, &sum);
	timeradd(&sum, &helpers.ru_utime, &sum);
	timeradd(&sum, &helpers.ru_stime, &sum);
	return (uint64_t)sum.tv_sec * 1000 + (uint64_t)sum.tv_usec / 1000;
}

/*
 * What a visit cost, in ms: work, which a busy machine does not make more; but
 * all of the time if it was spent on a process that kept it waiting.
 */
static uint64_t cost_of(uint64_t began, uint64_t worked)
{
	uint64_t time = watch_now() - began;

	return time >= WATCH_LONG_MS ? time : work_done() - worked;
}

void watched_visit(struct watch_context *c, struct watched *d)
{
	uint64_t began = watch_now(), worked = work_done(), cost;

	if (began < d->rested) {
		d->due = d->rested;
		return;
	}
	if (d->child && !d->given_up &&
	    began - d->child_since >= WATCH_GIVE_UP_MS) {
		d->given_up = true;
		c->children--;
		watch_say(d, WATCH_ERROR,
			  "a change has taken 30 seconds: what is set is not "
			  "known");
	}
	if (d->state == WATCH_IDLE) {
		check_idle(c, d);
	} else if (d->state == WATCH_WAITING && !d->event) {
		look(c, d);
	} else {
		d->event = false;
		check_owner(c, d);
	}
	cost = cost_of(began, worked);
	d->rested = watch_now() + (cost * WATCH_REST > WATCH_WAITING_MS
					   ? cost * WATCH_REST
					   : WATCH_WAITING_MS);
	set_due(d);
}

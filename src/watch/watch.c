/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/compat.h"
#include "core/base/cleanup.h"
#include "cli/hints.h"
#include "core/base/interrupt.h"
#include "core/base/notify.h"
#include "core/owner/scan.h"

struct watch {
	const char *abi;
	int epoll, inotify, signals, timer;
	int interval; /* ms that the timer runs at; 0: off */
	bool again;   /* nodes came or went: begin anew when quiet */
	struct pci_source *source;
	struct watched *list;
	size_t n;
};

static int add_event(struct watch *w, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event);
}

/*
 * The nodes' directories: opens and closes tell that an owner came or went,
 * new and vanished nodes that a device was bound or unbound. A machine may
 * have only one of the directories, or none yet.
 */
static int watch_nodes(struct watch *w)
{
	static const char *const directories[] = { "/dev/vfio",
						   "/dev/vfio/devices",
						   "/dev" };
	static const uint32_t events[] = {
		IN_OPEN | IN_CLOSE | IN_CREATE | IN_DELETE,
		IN_OPEN | IN_CLOSE | IN_CREATE | IN_DELETE,
		IN_CREATE,
	};
	bool any = false;

	/* /dev itself only until there is a /dev/vfio. */
	for (int i = 0; i < 3 && !(i == 2 && any); i++)
		any |= inotify_add_watch(w->inotify, directories[i],
					 events[i] | IN_ONLYDIR) >= 0;
	return any ? 0 : -errno;
}

static int open_all(struct watch *w)
{
	sigset_t set;

	/* For good: what comes while the watch begins anew is not lost. */
	interrupt_hold();
	interrupt_signals(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->epoll < 0 || w->inotify < 0 || w->signals < 0 || w->timer < 0)
		return -errno;
	if (add_event(w, w->inotify) || add_event(w, w->signals) ||
	    add_event(w, w->timer))
		return -errno;
	return watch_nodes(w);
}

int watch_new(struct watch **watch, const char *abi, struct error *err)
{
	struct watch *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return error_system(err, ENOMEM, "cannot watch");
	w->abi = abi;
	w->epoll = w->inotify = w->signals = w->timer = -1;
	r = open_all(w);
	if (r)
		error_system(err, -r, "cannot watch /dev/vfio");
	else
		r = source_machine_open(&w->source, err);
	if (r) {
		watch_free(w);
		return r;
	}
	*watch = w;
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void forget(struct watched *d)
{
	close_fd(&d->pidfd);
	if (d->looked_at)
		target_close(&d->target);
	d->looked_at = false;
	d->state = WATCH_IDLE;
	d->settled = 0;
	d->tries = 0;
}

int watch_add(struct watch *w, const struct bdf *bdf,
	      const struct profile_device *wanted, struct error *err)
{
	struct watched *larger, *d;
	struct pci_device pci;
	int r;

	for (size_t i = 0; i < w->n; i++)
		if (bdf_equal(&w->list[i].pci.bdf, bdf))
			return error_set(err, ERR_INPUT, EEXIST,
					 "%s: two profiles name it",
					 w->list[i].pci.address);
	r = pci_device_open(w->source, bdf, PCI_DEVICE_CDEV, &pci, err);
	if (r)
		return r;
	pci_device_close(&pci);
	larger = reallocarray(w->list, w->n + 1, sizeof(*w->list));
	if (!larger)
		return error_system(err, ENOMEM, "cannot watch");
	w->list = larger;
	d = &w->list[w->n++];
	*d = (struct watched){
		.pci = pci, .wanted = wanted, .pidfd = -1, .from_child = -1
	};
	return 0;
}

/* Log a line about a device, unless it was the last one said of it. */
static void say(struct watched *d, enum watch_level level, const char *text)
{
	if (strcmp(d->said, text) == 0)
		return;
	snprintf(d->said, sizeof(d->said), "%s", text);
	watch_log(level, d->pci.address, "%s", text);
}

/* An entry of the log is a line: what points to doctor ends it. */
static void say_error(struct watched *d, enum error_kind kind,
		      const char *message)
{
	char text[sizeof(d->said)], command[HINTS_DOCTOR_SIZE];
	const char *doctor = hints_doctor(kind, d->pci.address, NULL, command);

	snprintf(text, sizeof(text), "%.900s%s%s%s", message,
		 doctor ? "; hint: run '" : "", doctor ?: "",
		 doctor ? "'" : "");
	say(d, WATCH_ERROR, text);
}

static void __attribute__((noreturn))
be_child(struct watch *w, const struct watched *d, int to_parent)
{
	struct watch_report report;

	/* The parent says what there is to say, and ends as told. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	interrupt_restore_mask();
	owner_look_anew(); /* the parent's look is from before */
	watch_bring(d, w->abi, &report);
	_exit(write(to_parent, &report, sizeof(report)) == sizeof(report) ? 0
									  : 1);
}

/* It is tried again at the next tick, and reported once. */
static void cannot_start(struct watched *d, int number)
{
	char text[128];

	snprintf(text, sizeof(text), "cannot start a process to change it: %s",
		 strerror(number));
	say(d, WATCH_ERROR, text);
}

static void start_change(struct watch *w, struct watched *d)
{
	int ends[2];

	if (d->child)
		return;
	if (pipe2(ends, O_CLOEXEC)) {
		cannot_start(d, errno);
		return;
	}
	d->child = fork();
	if (d->child == 0)
		be_child(w, d, ends[1]);
	if (d->child < 0) {
		cannot_start(d, errno);
		d->child = 0;
		close(ends[0]);
		close(ends[1]);
		return;
	}
	close(ends[1]);
	d->from_child = ends[0];
}

static bool begin_look(struct watch *w, struct watched *d)
{
	struct error err;

	if (d->looked_at)
		return true;
	if (target_look(w->source, &d->pci.bdf, PCI_DEVICE_CDEV, &d->target,
			&err) == 0) {
		d->looked_at = true;
		if (target_check_tph(&d->target, &err) == 0)
			return true;
	}
	say_error(d, err.kind, err.message);
	d->state = WATCH_HELD;
	return false;
}

/*
 * Somebody holds it: look whether there is something to do. Whatever is
 * done, it is settled only when a child found nothing more to do, in the
 * state that was seen before it began: no change in between is missed.
 */
static void look(struct watch *w, struct watched *d)
{
	struct error err;
	int r;

	if (d->child || !begin_look(w, d))
		return;
	r = watch_look(d, &err);
	if (r < 0)
		say_error(d, err.kind, err.message);
	if (r) {
		d->state = r > 0 ? WATCH_WAITING : WATCH_HELD;
		d->settled = 0;
		return;
	}
	if (!d->settled || d->seen != d->settled)
		start_change(w, d);
}

/* Who holds it cannot be told now: that is said, and tried again. */
static void look_again(struct watched *d, int number)
{
	char text[128];

	snprintf(text, sizeof(text), "cannot look for its owner: %s",
		 strerror(number));
	say(d, WATCH_ERROR, text);
	d->owner = (struct owner){ 0 };
	d->state = WATCH_HELD;
}

/* An owner came: remember him, and be told when he ends. */
static void meet_owner(struct watch *w, struct watched *d,
		       const struct owner *owner)
{
	forget(d);
	d->owner = *owner;
	d->pidfd = pidfd_open(owner->pid, 0);
	if (d->pidfd < 0 || add_event(w, d->pidfd)) {
		int number = errno;

		forget(d);
		if (number != ESRCH) /* he did not end meanwhile */
			look_again(d, number);
		return;
	}
	d->said[0] = '\0';
	d->state = WATCH_WAITING;
	look(w, d);
}

static void check_owner(struct watch *w, struct watched *d)
{
	struct owner owner;
	int r;

	if (d->state != WATCH_IDLE && d->owner.pid &&
	    owner_holds(&d->pci, &d->owner)) {
		look(w, d);
		return;
	}
	r = owner_find(&d->pci, &owner);
	if (r > 0) {
		meet_owner(w, d, &owner);
	} else if (r < 0) {
		forget(d);
		look_again(d, -r);
	} else if (d->state != WATCH_IDLE) {
		if (d->owner.pid)
			say(d, WATCH_NOTICE, "let go by its owner");
		forget(d);
	}
}

/*
 * An owner opens the node of a group some time before the device, and one
 * that has another device of the group never does: look closely for a
 * while, then now and then.
 */
static void not_open_yet(struct watched *d)
{
	d->settled = 0;
	d->state = ++d->tries < 2000 / WATCH_WAITING_MS ? WATCH_WAITING
							: WATCH_HELD;
}

static void take_result(struct watched *d, const struct watch_report *report)
{
	switch (report->kind) {
	case ERR_NONE:
		d->state = WATCH_HELD;
		d->settled = report->changed ? 0 : d->seen;
		if (report->changed) {
			d->said[0] = '\0'; /* each action is told */
			say(d, WATCH_NOTICE, report->message);
		}
		break;
	case ERR_NO_OWNER:
		not_open_yet(d);
		break;
	case ERR_NO_VECTORS:
		d->state = WATCH_WAITING;
		d->settled = d->seen;
		break;
	default:
		d->state = WATCH_HELD;
		d->settled = d->seen;
		say_error(d, report->kind, report->message);
	}
}

static void take_report(struct watched *d)
{
	struct watch_report report;
	ssize_t n = read(d->from_child, &report, sizeof(report));

	close_fd(&d->from_child);
	d->child = 0;
	if (d->state == WATCH_IDLE)
		return; /* the owner ended while it was being done */
	if (n == sizeof(report)) {
		take_result(d, &report);
		return;
	}
	say(d, WATCH_ERROR,
	    "the change ended without a word: what is set now "
	    "is not known");
	d->state = WATCH_HELD;
	d->settled = d->seen;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n; i++) {
		/* A change is not broken off, and what came of it is told. */
		if (w->list[i].child) {
			while (waitpid(w->list[i].child, NULL, 0) < 0 &&
			       errno == EINTR)
				;
			take_report(&w->list[i]);
		}
		forget(&w->list[i]);
	}
	free(w->list);
	pci_source_close(w->source);
	close_fd(&w->timer);
	close_fd(&w->signals);
	close_fd(&w->inotify);
	close_fd(&w->epoll);
	free(w);
}

/* Children that ended: their reports are in the pipes, or never will be. */
static void reap(struct watch *w)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < w->n; i++)
			if (w->list[i].child == pid)
				take_report(&w->list[i]);
}

/* Returns 0 to go on, 1 to begin anew, 2 to end, or -errno. */
static int take_signals(struct watch *w)
{
	struct signalfd_siginfo info;
	int verdict = 0;
	ssize_t n;

	while ((n = read(w->signals, &info, sizeof(info))) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(w);
		else if (info.ssi_signo == SIGHUP)
			verdict = verdict ? verdict : 1;
		else
			verdict = 2;
	}
	/* A watch that cannot be told to end must end by itself. */
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	return verdict;
}

/* A node was opened or closed: whose is it? */
static void node_used(struct watch *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++) {
		struct watched *d = &w->list[i];
		const char *cdev = strrchr(d->pci.cdev, '/');
		char group[16];

		snprintf(group, sizeof(group), "%d", d->pci.iommu_group);
		if (strcmp(name, group) == 0 ||
		    (cdev && strcmp(name, cdev + 1) == 0))
			check_owner(w, d);
	}
}

static void take_node_events(struct watch *w)
{
	char buffer[4096]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;

	while ((n = read(w->inotify, buffer, sizeof(buffer))) > 0)
		for (char *at = buffer; at < buffer + n;) {
			const struct inotify_event *event = (const void *)at;

			at += sizeof(*event) + event->len;
			if (event->mask &
			    (IN_CREATE | IN_DELETE | IN_Q_OVERFLOW))
				w->again = true;
			else if (event->len && !(event->mask & IN_ISDIR))
				node_used(w, event->name);
		}
}

/* Returns 1 to begin anew: one quiet interval has passed since a node came. */
static int tick(struct watch *w)
{
	uint64_t expirations;

	if (read(w->timer, &expirations, sizeof(expirations)) < 0)
		return 0;
	if (w->again)
		return 1;
	for (size_t i = 0; i < w->n; i++) {
		struct watched *d = &w->list[i];

		if (d->state == WATCH_WAITING)
			look(w, d);
		else if (d->state != WATCH_IDLE)
			check_owner(w, d);
	}
	return 0;
}

/* As often as the most impatient device asks for; not at all when idle. */
static void set_timer(struct watch *w)
{
	int interval = w->again ? WATCH_WAITING_MS : 0;
	struct itimerspec spec = { 0 };

	for (size_t i = 0; i < w->n; i++) {
		if (w->list[i].state == WATCH_WAITING)
			interval = WATCH_WAITING_MS;
		else if (w->list[i].state != WATCH_IDLE && interval == 0)
			interval = WATCH_HELD_MS;
	}
	if (interval == w->interval)
		return;
	w->interval = interval;
	spec.it_interval.tv_sec = interval / 1000;
	spec.it_interval.tv_nsec = interval % 1000 * 1000000L;
	spec.it_value = spec.it_interval;
	timerfd_settime(w->timer, 0, &spec, NULL);
}

static void owner_ended(struct watch *w, int pidfd)
{
	for (size_t i = 0; i < w->n; i++) {
		struct watched *d = &w->list[i];

		if (d->pidfd != pidfd)
			continue;
		say(d, WATCH_NOTICE, "its owner ended");
		forget(d);
		/* Whoever inherited the device from him is no event. */
		check_owner(w, d);
		return;
	}
}

static int dispatch(struct watch *w, int fd)
{
	if (fd == w->signals)
		return take_signals(w);
	if (fd == w->timer)
		return tick(w);
	if (fd == w->inotify)
		take_node_events(w);
	else
		owner_ended(w, fd);
	return 0;
}

int watch_run(struct watch *w, struct error *err)
{
	for (size_t i = 0; i < w->n; i++)
		check_owner(w, &w->list[i]);
	for (;;) {
		struct epoll_event events[16];
		int verdict = 0, n;

		set_timer(w);
		n = epoll_wait(w->epoll, events, 16, -1);
		if (n < 0 && errno != EINTR)
			return error_system(err, errno, "cannot wait");
		owner_look_anew();
		for (int i = 0; i < n; i++) {
			int v = dispatch(w, events[i].data.fd);

			if (v < 0)
				return error_system(err, -v,
						    "cannot read signals");
			verdict = v > verdict ? v : verdict;
		}
		if (verdict == 2)
			return 0;
		if (verdict == 1)
			return WATCH_AGAIN;
	}
}

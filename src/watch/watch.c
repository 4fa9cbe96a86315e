/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/interrupt.h"
#include "core/base/lock.h"
#include "core/base/notify.h"
#include "core/owner/scan.h"
#include "watch/watch_state.h"

/* Ids of events; those of pidfds come behind. */
enum { ID_SIGNALS, ID_NODES, ID_FIRST };

struct watch {
	struct watch_context context;
	int inotify, signals;
	uint64_t deaf;	/* nodes are not listened to before that; 0: they are */
	uint64_t again; /* begin anew then, if it stays quiet; 0: no need */
	uint64_t mute;	/* who was given up is not told before that */
	uint64_t watchdog; /* how often the service manager wants to hear */
	struct watched **list;
	size_t n;
};

static int add_event(const struct watch_context *c, int fd, uint64_t id)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = id };

	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &event);
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
	struct watch_context *c = &w->context;
	sigset_t set;

	/* For good: what comes while the watch begins anew is not lost. */
	interrupt_hold();
	interrupt_signals(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (c->epoll < 0 || w->inotify < 0 || w->signals < 0)
		return -errno;
	return add_event(c, w->signals, ID_SIGNALS) ||
			       add_event(c, w->inotify, ID_NODES)
		       ? -errno
		       : 0;
}

/* In ms: half of what the service manager waits for. */
static uint64_t watchdog_interval(void)
{
	const char *text = getenv("WATCHDOG_USEC");

	return text ? strtoull(text, NULL, 10) / 2000 : 0;
}

int watch_new(struct watch **watch, const char *abi, struct error *err)
{
	struct watch *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return error_system(err, ENOMEM, "cannot watch");
	w->context = (struct watch_context){ .abi = abi,
					     .epoll = -1,
					     .last_id = ID_FIRST };
	w->inotify = w->signals = -1;
	w->watchdog = watchdog_interval();
	r = open_all(w);
	if (r) {
		watch_free(w);
		return error_system(err, -r, "cannot watch /dev/vfio");
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

static void free_watched(struct watch *w, struct watched *d)
{
	watched_forget(&w->context, d);
	close_fd(&d->from_child);
	close_fd(&d->lock);
	free(d);
}

/*
 * It is watched by one process. Whoever is not root has no lock. Returns 0, or
 * -EAGAIN where another has it.
 */
static int take_lock(struct watched *d)
{
	struct error ignored;
	char name[BDF_LENGTH + 8];
	pid_t holder;

	if (geteuid() != 0)
		return 0;
	snprintf(name, sizeof(name), "%s.watch", d->pci.address);
	d->lock = lock_open(name, &ignored);
	if (d->lock < 0 || lock_take(d->lock, 0, &holder) != -EAGAIN)
		return 0;
	close_fd(&d->lock);
	watch_log(WATCH_ERROR, d->pci.address,
		  "left out: another vfio-tph watches it (pid %d)", holder);
	return -EAGAIN;
}

static int add_new(struct watch *w, const struct pci_device *pci,
		   const struct profile_device *wanted, struct error *err)
{
	struct watched **larger =
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): of pointers */
		reallocarray(w->list, w->n + 1, sizeof(*w->list));
	struct watched *d = calloc(1, sizeof(*d));

	if (larger)
		w->list = larger;
	if (!larger || !d) {
		free(d);
		return error_system(err, ENOMEM, "cannot watch");
	}
	*d = (struct watched){ .pci = *pci,
			       .wanted = wanted,
			       .lock = -1,
			       .pidfd = -1,
			       .from_child = -1,
			       .target = TARGET_NONE,
			       .event = true };
	if (take_lock(d))
		free(d);
	else
		w->list[w->n++] = d;
	return 0;
}

int watch_begin(struct watch *w, struct error *err)
{
	for (size_t i = 0; i < w->n; i++) {
		watched_drop_look(w->list[i]);
		w->list[i]->wanted = NULL;
	}
	pci_source_close(w->context.source);
	w->context.source = NULL;
	w->again = 0;
	watch_nodes(w);
	return source_machine_open(&w->context.source, err);
}

int watch_add(struct watch *w, const struct bdf *bdf,
	      const struct profile_device *wanted, struct error *err)
{
	struct watched *d = NULL;
	struct pci_device pci;
	int r;

	for (size_t i = 0; !d && i < w->n; i++)
		if (bdf_equal(&w->list[i]->pci.bdf, bdf))
			d = w->list[i];
	if (d && d->wanted)
		return error_set(err, ERR_INPUT, EEXIST,
				 "%s: two profiles name it", d->pci.address);
	r = pci_device_open(w->context.source, bdf, PCI_DEVICE_CDEV, &pci, err);
	if (r)
		return r;
	pci_device_close(&pci);
	if (!d)
		return add_new(w, &pci, wanted, err);
	d->pci = pci;
	d->wanted = wanted;
	d->settled = false;
	d->yielded = false;
	d->rewrites = 0;
	d->event = true;
	d->due = 0;
	return 0;
}

void watch_end(struct watch *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->list[i]->wanted || w->list[i]->child)
			w->list[n++] = w->list[i];
		else
			free_watched(w, w->list[i]);
	w->n = n;
}

/* Children that ended: their reports are in the pipes, or never will be. */
static void reap(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct watched *d = w->list[i];
		struct watch_report report;

		if (!d->child || !watch_take_child(d, &report))
			continue;
		w->context.children -= !d->given_up;
		watched_take_report(d, &report);
		d->due = watch_now() + (d->state == WATCH_WAITING
						? WATCH_WAITING_MS
						: WATCH_HELD_MS);
		if (d->retry && d->retry < d->due)
			d->due = d->retry;
	}
}

static bool any_child(const struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->list[i]->child)
			return true;
	return false;
}

void watch_free(struct watch *w)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	uint64_t until = watch_now() + WATCH_END_WAIT_MS;

	if (!w)
		return;
	/* A change is not broken off, and what came of it is told. */
	for (reap(w); any_child(w) && watch_now() < until; reap(w))
		nanosleep(&pause, NULL);
	for (size_t i = 0; i < w->n; i++) {
		if (w->list[i]->child)
			watch_log(WATCH_ERROR, w->list[i]->pci.address,
				  "its change has not ended: what is set is "
				  "not known");
		free_watched(w, w->list[i]);
	}
	free(w->list);
	pci_source_close(w->context.source);
	close_fd(&w->signals);
	close_fd(&w->inotify);
	close_fd(&w->context.epoll);
	free(w);
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

/* A node was opened or closed: whose is it? NULL: of any. */
static void node_used(struct watch *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++) {
		struct watched *d = w->list[i];
		const char *cdev = strrchr(d->pci.cdev, '/');
		char node[64], *group;

		pci_group_node(d->pci.iommu_group, node, sizeof(node));
		group = strrchr(node, '/') + 1;
		if (name && strcmp(name, group) != 0 &&
		    !(cdev && strcmp(name, cdev + 1) == 0))
			continue;
		d->event = true;
		d->due = 0;
	}
}

/*
 * One read, then nothing for a while: whoever opens and closes a node without
 * end does not keep it from all else.
 */
static void take_node_events(struct watch *w)
{
	char buffer[4096]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	struct epoll_event none = { .data.u64 = ID_NODES };
	ssize_t n = read(w->inotify, buffer, sizeof(buffer));

	for (char *at = buffer; at < buffer + n;) {
		const struct inotify_event *event = (const void *)at;

		at += sizeof(*event) + event->len;
		if (event->mask & (IN_CREATE | IN_DELETE))
			w->again = watch_now() + WATCH_WAITING_MS;
		else if (event->mask & IN_Q_OVERFLOW)
			node_used(w, NULL);
		else if (event->len && !(event->mask & IN_ISDIR))
			node_used(w, event->name);
	}
	w->deaf = watch_now() + WATCH_WAITING_MS;
	epoll_ctl(w->context.epoll, EPOLL_CTL_MOD, w->inotify, &none);
}

static void listen_again(struct watch *w)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = ID_NODES };

	w->deaf = 0;
	epoll_ctl(w->context.epoll, EPOLL_CTL_MOD, w->inotify, &event);
}

static int dispatch(struct watch *w, uint64_t id)
{
	if (id == ID_SIGNALS)
		return take_signals(w);
	if (id == ID_NODES)
		take_node_events(w);
	for (size_t i = 0; i < w->n; i++)
		if (w->list[i]->pidfd >= 0 && w->list[i]->id == id) {
			watched_owner_ended(&w->context, w->list[i]);
			w->list[i]->due = 0;
		}
	return 0;
}

/* Each device whose time has come, once. */
static void visit_all(struct watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->list[i]->wanted && w->list[i]->due <= watch_now())
			watched_visit(&w->context, w->list[i]);
}

/* Whoever kept the last look waiting may be a holder that is missed. */
static void say_given_up(struct watch *w)
{
	const struct owner_scan *scan = owner_seen();
	const struct owner *list = NULL;
	size_t n = 0;

	if (scan)
		list = owner_scan_given_up(scan, &n);
	if (n == 0 || watch_now() < w->mute)
		return;
	watch_log(WATCH_ERROR, NULL,
		  "holders may be missing: %zu %s not be looked at, one is %s "
		  "(pid %d)",
		  n, n == 1 ? "process could" : "processes could",
		  list[0].command, list[0].pid);
	w->mute = watch_now() + WATCH_SUMMARY_MS;
}

/* In ms, until something is to be done; -1: never. */
static int time_left(const struct watch *w)
{
	uint64_t now = watch_now(), first = UINT64_MAX;

	for (size_t i = 0; i < w->n; i++)
		if (w->list[i]->wanted && w->list[i]->due < first)
			first = w->list[i]->due;
	if (w->deaf && w->deaf < first)
		first = w->deaf;
	if (w->again && w->again < first)
		first = w->again;
	if (w->watchdog && now + w->watchdog < first)
		first = now + w->watchdog;
	if (first == UINT64_MAX)
		return -1;
	return first <= now ? 0 : (int)(first - now);
}

int watch_run(struct watch *w, struct error *err)
{
	for (;;) {
		struct epoll_event events[16];
		int verdict = 0, n;

		/* One look at the processes serves all devices of a round. */
		owner_look_anew();
		visit_all(w);
		say_given_up(w);
		n = epoll_wait(w->context.epoll, events, 16, time_left(w));
		if (n < 0 && errno != EINTR)
			return error_system(err, errno, "cannot wait");
		for (int i = 0; i < n; i++) {
			int v = dispatch(w, events[i].data.u64);

			if (v < 0)
				return error_system(err, -v,
						    "cannot read signals");
			verdict = v > verdict ? v : verdict;
		}
		if (w->watchdog)
			notify("WATCHDOG=1");
		if (verdict == 2)
			return 0;
		if (w->deaf && watch_now() >= w->deaf)
			listen_again(w);
		if (verdict == 1 || (w->again && watch_now() >= w->again))
			return WATCH_AGAIN;
	}
}

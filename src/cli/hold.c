/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/hold.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "core/base/cleanup.h"
#include "core/base/interrupt.h"
#include "core/base/notify.h"
#include "core/owner/find.h"
#include "core/tph/steering.h"
#include "core/vfio/open.h"
#include "ui/message.h"

struct held {
	struct target target;
	int request; /* the kernel wants it back; -1: it cannot say so */
	struct held *next;
};

/* Only the device that this command opens itself would be changed. */
static bool ends_with_command(const struct invocation *inv)
{
	const struct target_access *access = &inv->settings.access;

	return !access->owner && !access->pid && !inv->settings.hold;
}

static int refuse(struct error *err)
{
	error_set(err, ERR_WOULD_NOT_LAST, ESRCH,
		  "no process has the device open: the setting would end with "
		  "this command");
	error_hint(err, "--hold keeps the device open; --owner acts on the "
			"program that drives it, once that runs; 'run' starts "
			"one; --try only tries it");
	return -ESRCH;
}

/* Who holds it without being seen has it enabled. */
static int check_lasts(const struct target *t, struct error *err)
{
	struct owner owner;
	int r = vfio_device_check_bound(&t->pci, err);

	if (r)
		return r;
	if (owner_find(&t->pci, &owner) > 0 || owner_is_hidden(&t->pci))
		return vfio_busy(&t->pci, err);
	return refuse(err);
}

int hold_open(struct invocation *inv, struct target *t, struct error *err)
{
	int r = 0;

	if (inv->command->lasts && ends_with_command(inv) &&
	    !inv->settings.attempt)
		r = check_lasts(t, err);
	return r ? r : open_target(inv, t, &inv->settings.access, err);
}

static bool is_lasting(const struct invocation *inv, const struct target *t)
{
	return !t->open || !t->control.enabled || !ends_with_command(inv);
}

void hold_tell(struct invocation *inv, const struct target *t)
{
	report_bool(inv->report, "lasting", is_lasting(inv, t));
}

void hold_note(const struct invocation *inv, const struct target *t)
{
	if (!is_lasting(inv, t) && !inv->settings.dry_run)
		message_note(t->pci.address,
			     "tried: the setting is gone, because no process "
			     "has the device open");
}

int hold_keep(struct invocation *inv, struct target *target, struct error *err)
{
	struct held **end = &inv->held;
	struct held *held = calloc(1, sizeof(*held));

	if (!held)
		return error_system(err, ENOMEM, "cannot hold the device");
	held->target = *target;
	/* The handle points to what does not move: the invocation's io. */
	*target = (struct target){ .vfio = { .fd = -1 } };
	held->request = held->target.borrowed
				? -1
				: vfio_device_request_event(&held->target.vfio);
	while (*end)
		end = &(*end)->next;
	*end = held;
	return 0;
}

int hold_rehearse(struct invocation *inv, struct target *target,
		  struct error *err)
{
	bool changed;
	int r;

	if (!inv->settings.hold || !inv->settings.dry_run)
		return 0;
	r = steering_disable(target, &changed, err);
	return r ? r : vfio_device_detach(&target->vfio, err);
}

static void say_ready(struct invocation *inv)
{
	FILE *out = inv->settings.json ? stderr : stdout;

	fputs("holding", out);
	for (struct held *h = inv->held; h; h = h->next)
		fprintf(out, " %s", h->target.pci.address);
	fputs("; SIGINT or SIGTERM ends it\n", out);
}

static void let_go(struct invocation *inv, struct held *h, struct error *err)
{
	bool changed;

	inv->io.device = h->target.pci.address;
	/* Who does not let it go within 10 s must not keep it on. */
	invocation_lock(inv, &h->target.pci.bdf, err);
	if (steering_disable(&h->target, &changed, err))
		invocation_fail(inv, h->target.pci.address, err);
	if (vfio_device_detach(&h->target.vfio, err))
		invocation_fail(inv, h->target.pci.address, err);
	invocation_unlock(inv);
}

static void forget(struct held **at)
{
	struct held *h = *at;

	*at = h->next;
	if (h->request >= 0)
		close(h->request);
	target_close(&h->target);
	free(h);
}

/* Whoever unbinds or removes it waits in the kernel until it is closed. */
static void give_back(struct invocation *inv, struct held **at)
{
	char address[BDF_LENGTH];
	struct error err;

	bdf_format(&(*at)->target.pci.bdf, address);
	let_go(inv, *at, &err);
	forget(at);
	message_note(address, "the kernel wants the device back: TPH was "
			      "switched off, and the device closed");
}

/*
 * Wait for a signal, or for the kernel to want a device back. Returns 0 at a
 * signal; 1, having given devices back; or -errno.
 */
static int wait_once(struct invocation *inv, int signals)
{
	_cleanup_free_ struct pollfd *fds = NULL;
	struct signalfd_siginfo info;
	size_t n = 1;

	for (struct held *h = inv->held; h; h = h->next)
		n++;
	fds = calloc(n, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	n = 0;
	fds[n++] = (struct pollfd){ .fd = signals, .events = POLLIN };
	for (struct held *h = inv->held; h; h = h->next)
		fds[n++] =
			(struct pollfd){ .fd = h->request, .events = POLLIN };
	if (poll(fds, n, -1) < 0)
		return errno == EINTR ? 1 : -errno;
	if (fds[0].revents)
		return read(signals, &info, sizeof(info)) < 0 ? -errno : 0;
	n = 1;
	for (struct held **at = &inv->held; *at;) {
		if (fds[n++].revents)
			give_back(inv, at);
		else
			at = &(*at)->next;
	}
	return 1;
}

int hold_wait(struct invocation *inv, struct error *err)
{
	_cleanup_close_ int signals = -1;
	sigset_t set;
	int r;

	say_ready(inv);
	r = report_finish(inv->report, err);
	if (r)
		return r;
	notify("READY=1");
	interrupt_signals(&set);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	r = signals < 0 ? -errno : 1;
	while (r == 1 && inv->held)
		r = wait_once(inv, signals);
	if (r < 0)
		return error_system(err, -r, "cannot wait for a signal");
	notify("STOPPING=1");
	for (struct held *h = inv->held; h; h = h->next)
		let_go(inv, h, err);
	return 0;
}

void hold_release(struct invocation *inv)
{
	while (inv->held)
		forget(&inv->held);
}

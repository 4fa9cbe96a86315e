/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/profile/apply.h"
#include "core/base/cleanup.h"
#include "core/tph/change_lock.h"
#include "core/tph/msix_vectors.h"
#include "watch/watched.h"

/* What a child works with; its exit gives it all back. */
struct work {
	int lock;
	struct pci_source *source;
	struct topology *topology;
	struct io io;
	struct vfio_context vfio;
	struct target target;
	struct snapshot before;
	struct apply_plan plan;
};

static void work_free(struct work *w)
{
	if (w->lock >= 0)
		close(w->lock);
	snapshot_free(&w->before);
	apply_plan_free(&w->plan);
	target_close(&w->target);
	vfio_context_close(&w->vfio);
	topology_free(w->topology);
	pci_source_close(w->source);
}

/* Without one where there is none to be had. */
static int lock(struct work *w, const struct bdf *bdf, struct error *err)
{
	int fd = change_lock(bdf, err);

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	w->lock = fd;
	return 0;
}

static int open_it(struct work *w, const struct watched *d, const char *abi,
		   struct error *err)
{
	const struct target_access access = { .pid = d->owner.pid,
					      .fd = -1,
					      .abi = abi };
	int r = source_machine_open(&w->source, err);

	if (r == 0)
		r = topology_load(&w->topology, err);
	if (r == 0)
		r = target_look(w->source, &d->pci.bdf, PCI_DEVICE_CDEV,
				&w->target, err);
	if (r == 0)
		r = apply_check_identity(&w->target, d->wanted, err);
	if (r == 0)
		r = target_check_tph(&w->target, err);
	vfio_context_init(&w->vfio, &w->io);
	return r ? r : target_open(&w->target, &w->vfio, &access, err);
}

/*
 * Most looks find nothing to do, and keep nobody off. Where there is something,
 * it is compared once more with the lock.
 */
static int bring(struct work *w, const struct watched *d, struct error *err)
{
	int r = apply_compare(&w->target, w->topology, d->wanted, &w->plan,
			      err);

	if (r || !w->plan.n_differences)
		return r;
	apply_plan_free(&w->plan);
	r = lock(w, &d->pci.bdf, err);
	if (r == 0)
		r = target_read_control(&w->target, err);
	if (r == 0)
		r = apply_compare(&w->target, w->topology, d->wanted, &w->plan,
				  err);
	if (r || !w->plan.n_differences)
		return r;
	r = snapshot_take(&w->target, w->topology, &w->before, err);
	if (r == 0)
		r = apply_execute(&w->target, &w->plan, &w->before, err);
	return r;
}

/* ": entries 0-3 for CPUs 4-7", ": entry 2 cleared" */
static size_t tell_entries(const struct apply_plan *plan, char *text,
			   size_t size)
{
	_cleanup_(cpulist_free) struct cpulist indexes = { 0 }, cpus = { 0 };
	_cleanup_free_ char *of_table = NULL, *of_machine = NULL;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_differences; i++) {
		const struct difference *d = &plan->differences[i];

		if (d->kind != DIFFERENT_ENTRY)
			continue;
		n++;
		if (cpulist_append(&indexes, d->entry.index, 1, 1) ||
		    (d->entry.cpu != TPH_CPU_NONE &&
		     cpulist_append(&cpus, d->entry.cpu, 1, 1)))
			return n;
	}
	of_table = cpulist_format(&indexes);
	of_machine = cpulist_format(&cpus);
	if (n && of_table && !cpus.count)
		snprintf(text, size, ": entr%s %.200s cleared",
			 n == 1 ? "y" : "ies", of_table);
	else if (n && of_table && of_machine)
		snprintf(text, size, ": entr%s %.200s for CPU%s %.200s",
			 n == 1 ? "y" : "ies", of_table, n == 1 ? "" : "s",
			 of_machine);
	return n;
}

static void tell_success(const struct watched *d, const struct apply_plan *plan,
			 char *text, size_t size)
{
	static const char *const why[] = {
		[WATCH_OPENED] = "it was opened",
		[WATCH_VECTORS] = "its vectors changed",
		[WATCH_REGISTERS] = "its setting was changed",
		[WATCH_TRIED_AGAIN] = "tried again",
	};
	char entries[512] = "";
	size_t n = tell_entries(plan, entries, sizeof(entries));

	if (plan->off)
		snprintf(text, size, "switched off for %s (pid %d)",
			 d->owner.command, d->owner.pid);
	else
		snprintf(text, size,
			 "on in mode %s, %zu entr%s programmed for %s (pid %d) "
			 "(%s)%s",
			 tph_mode_name(plan->mode), n, n == 1 ? "y" : "ies",
			 d->owner.command, d->owner.pid, why[d->reason],
			 entries);
}

/* Another tag than was wanted, and not none: somebody put it there. */
static bool was_rewritten(const struct apply_plan *plan)
{
	bool found = false;

	for (size_t i = 0; i < plan->n_differences; i++) {
		const struct difference *d = &plan->differences[i];

		if (d->kind != DIFFERENT_ENTRY)
			return false;
		found |= d->known && d->is;
	}
	return found;
}

void watch_bring(const struct watched *watched, const char *abi,
		 struct watch_report *report)
{
	_cleanup_(work_free) struct work w = { .lock = -1,
					       .target = TARGET_NONE };
	struct error err = { .kind = ERR_NONE };
	int r = open_it(&w, watched, abi, &err);

	*report = (struct watch_report){ 0 };
	if (r == 0)
		r = bring(&w, watched, &err);
	report->kind = r ? err.kind : ERR_NONE;
	report->changed = r == 0 && w.plan.n_differences;
	report->rewritten = report->changed && was_rewritten(&w.plan);
	if (r)
		snprintf(report->message, sizeof(report->message), "%s",
			 err.message);
	else
		tell_success(watched, &w.plan, report->message,
			     sizeof(report->message));
}

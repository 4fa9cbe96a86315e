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
#include "watch/watch.h"

void watch_log(enum watch_level level, const char *address, const char *format,
	       ...)
{
	va_list ap;

	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>", (int)level);
	fputs("vfio-tph: ", stderr);
	if (address)
		fprintf(stderr, "%s: ", address);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

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

static int bring(struct work *w, const struct watched *watched, const char *abi,
		 bool *changed, struct error *err)
{
	const struct target_access access = { .pid = watched->owner.pid,
					      .fd = -1,
					      .abi = abi };
	int r = source_machine_open(&w->source, err);

	if (r == 0)
		r = lock(w, &watched->pci.bdf, err);
	if (r == 0)
		r = topology_load(&w->topology, err);
	if (r == 0)
		r = target_look(w->source, &watched->pci.bdf, PCI_DEVICE_CDEV,
				&w->target, err);
	if (r == 0)
		r = apply_check_identity(&w->target, watched->wanted, err);
	if (r == 0)
		r = target_check_tph(&w->target, err);
	vfio_context_init(&w->vfio, &w->io);
	if (r == 0)
		r = target_open(&w->target, &w->vfio, &access, err);
	if (r == 0)
		r = apply_compare(&w->target, w->topology, watched->wanted,
				  &w->plan, err);
	*changed = r == 0 && w->plan.n_differences;
	if (r || !*changed)
		return r;
	r = snapshot_take(&w->target, w->topology, &w->before, err);
	if (r == 0)
		r = apply_execute(&w->target, &w->plan, &w->before, err);
	return r;
}

static size_t count_entries(const struct apply_plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_differences; i++)
		n += plan->differences[i].kind == DIFFERENT_ENTRY;
	return n;
}

void watch_bring(const struct watched *watched, const char *abi,
		 struct watch_report *report)
{
	_cleanup_(work_free) struct work w = { .lock = -1,
					       .target = TARGET_NONE };
	struct error err = { .kind = ERR_NONE };
	size_t n;
	int r;

	*report = (struct watch_report){ 0 };
	r = bring(&w, watched, abi, &report->changed, &err);
	n = count_entries(&w.plan);
	report->kind = r ? err.kind : ERR_NONE;
	if (r)
		snprintf(report->message, sizeof(report->message), "%s",
			 err.message);
	else if (w.plan.off)
		snprintf(report->message, sizeof(report->message),
			 "switched off for %s (pid %d)", watched->owner.command,
			 watched->owner.pid);
	else
		snprintf(report->message, sizeof(report->message),
			 "on in mode %s, %zu entr%s programmed for %s (pid %d)",
			 tph_mode_name(w.plan.mode), n, n == 1 ? "y" : "ies",
			 watched->owner.command, watched->owner.pid);
}

static bool needs_vectors(const struct watched *watched)
{
	return watched->wanted->maps.n &&
	       (st_maps_follow_irq(&watched->wanted->maps) ||
		watched->target.cap.location == TPH_TABLE_MSIX);
}

/* FNV-1a: to notice a change, not to withstand an enemy. */
static uint64_t mix(uint64_t hash, const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

/*
 * Vectors that were freed and allocated anew between two looks have lost
 * their tags, though number and CPU may be the same. Their entries in sysfs
 * are new then, with inode numbers that no other had for a long time.
 */
static uint64_t mix_birth(uint64_t hash, const struct watched *watched,
			  unsigned int irq)
{
	char path[96];
	struct stat st;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/msi_irqs/%u",
		 watched->pci.address, irq);
	return stat(path, &st) ? hash
			       : mix(hash, &st.st_ino, sizeof(st.st_ino));
}

/* Where they cannot be read, 0. */
static uint64_t registers_signature(struct target *t)
{
	uint64_t hash = 0xcbf29ce484222325u;
	uint16_t tags[2048];
	struct error ignored;

	if (target_read_control(t, &ignored))
		return 0;
	hash = mix(hash, &t->control.mode, sizeof(t->control.mode));
	hash = mix(hash, &t->control.requester, sizeof(t->control.requester));
	if (t->cap.location == TPH_TABLE_CAPABILITY &&
	    target_read_tags(t, 0, t->cap.table_size, tags, &ignored) == 0)
		hash = mix(hash, tags, t->cap.table_size * sizeof(*tags));
	return hash;
}

int watch_look(struct watched *watched, struct error *err)
{
	_cleanup_free_ struct msix_vector *vectors = NULL;
	uint64_t hash;
	size_t n = 0;

	watched->seen = 0;
	if (needs_vectors(watched)) {
		int r = msix_vectors(&watched->target.pci, &vectors, &n, err);

		if (r || n == 0)
			return r ? r : 1;
	}
	hash = registers_signature(&watched->target);
	for (size_t i = 0; hash && i < n; i++) {
		hash = mix(hash, &vectors[i].index, sizeof(vectors[i].index));
		hash = mix(hash, &vectors[i].cpu, sizeof(vectors[i].cpu));
		hash = mix_birth(hash, watched, vectors[i].irq);
	}
	watched->seen = hash;
	return 0;
}

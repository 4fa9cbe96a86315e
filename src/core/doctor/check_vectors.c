/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interrupts of what drives the device, beside the tags. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/tph/msix_vectors.h"
#include "core/tph/table_read.h"

#define IRQ_DIR "/sys/kernel/irq"

/* True where the ST table is somewhere else. */
static bool is_needless(const struct target *t, struct finding *f)
{
	if (t->cap.location == TPH_TABLE_MSIX)
		return false;
	finding_not_needed(
		f, "not needed: the ST table is not in the MSI-X table");
	return true;
}

void check_vectors_recorded(struct doctor *d, struct finding *f)
{
	if (!is_needless(d->target, f))
		check_skip_unseen(d, f);
}

void check_vectors(struct doctor *d, struct finding *f)
{
	const struct target *t = d->target;
	_cleanup_free_ struct msix_vector *vectors = NULL;
	struct error err;
	size_t n;

	if (is_needless(t, f))
		return;
	if (msix_vectors(&t->pci, &vectors, &n, &err)) {
		finding_skip(f, "%.500s", err.message);
		return;
	}
	finding_see(f, IRQ_DIR, "%zu of %u vectors", n, t->cap.table_size);
	if (n) {
		finding_ok(f,
			   "%zu vectors are allocated: their entries can "
			   "be programmed",
			   n);
	} else if (!t->owner.pid) {
		finding_not_needed(f,
				   "nobody is seen to hold it: what drives it "
				   "allocates them");
	} else {
		finding_fail(f, ERR_NO_VECTORS,
			     "%s (pid %d) has allocated no MSI-X vector, and "
			     "only entries of allocated ones can be "
			     "programmed",
			     t->owner.command, t->owner.pid);
		finding_next(f, "start the device's driver in it: its queues, "
				"its port; a guest, its driver");
	}
}

/* What is not known cannot be compared. Why it is not, or NULL. */
static const struct error *unknown_part(const struct st_table *table)
{
	return table->no_tags.kind   ? &table->no_tags
	       : table->no_cpus.kind ? &table->no_cpus
	       : table->no_irqs.kind ? &table->no_irqs
				     : NULL;
}

static void judge(struct finding *f, const struct st_table *table)
{
	const struct error *unknown = unknown_part(table);
	struct cpulist apart = { 0 };
	_cleanup_free_ unsigned int *to_free = NULL;
	_cleanup_free_ char *list = NULL;
	size_t both = 0;

	if (unknown) {
		finding_skip(f, "%.500s", unknown->message);
		return;
	}
	for (size_t i = 0; i < table->n; i++) {
		const struct st_entry *e = &table->entries[i];

		both += e->cpus.count && e->irq_cpus.count;
		if (e->mark == ST_MARK_OTHER_NODE)
			cpulist_append(&apart, (unsigned int)i, 1, 1);
	}
	to_free = apart.items;
	list = apart.count ? cpulist_format(&apart) : NULL;
	finding_see(f, IRQ_DIR, "%zu entries with tag and interrupt", both);
	if (!both) {
		finding_not_needed(f,
				   "no entry has both a tag and an interrupt");
	} else if (!apart.count) {
		finding_ok(f,
			   "tags and interrupts of %zu entries are on the "
			   "same nodes",
			   both);
	} else {
		finding_warn(f,
			     "tag and interrupt of entries %s are on "
			     "different nodes",
			     list ?: "");
		finding_advise(f, ADVICE_FOLLOW_IRQ);
	}
}

void check_interrupts_recorded(struct doctor *d, struct finding *f)
{
	if (d->target->cap.location == TPH_TABLE_NONE)
		finding_not_needed(f, "it has no ST table");
	else
		check_skip_unseen(d, f);
}

void check_interrupts(struct doctor *d, struct finding *f)
{
	struct target *t = d->target;
	_cleanup_(st_table_free) struct st_table table = { 0 };
	struct error err;

	if (t->cap.location == TPH_TABLE_NONE) {
		finding_not_needed(f, "it has no ST table");
	} else if (!t->owner.pid) {
		finding_not_needed(f, "nobody is seen to hold it");
	} else if (!t->open) {
		check_skip_closed(d, f);
	} else if (!t->control.enabled) {
		finding_not_needed(f, "TPH is off");
	} else if (st_table_read(t, d->topology, true, &table, &err)) {
		finding_skip(f, "%.500s", err.message);
	} else {
		judge(f, &table);
	}
}

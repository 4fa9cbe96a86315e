/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status: what TPH is set to, and the ST table entry by entry.
 *
 * Reads only, and never opens a device: opening resets it, and would wipe
 * out what is to be seen; nor is there anything to be asked of a device that
 * nobody holds, since a setting ends with its holder. So config space is
 * read, and more only through a process that holds the device, where the
 * user says so (--owner, --pid).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/tph/table_read.h"
#include "ui/message.h"

static const struct option_def *const options[] = { &option_owner, &option_pid,
						    &option_fd,	   &option_abi,
						    &option_from,  &option_tree,
						    TABLE_OPTIONS, NULL };

enum { DEVICE, INDEX, TAG, CPUS, L3, IRQ, IRQ_CPU, MARK, N_COLUMNS };

static const struct report_column columns[N_COLUMNS] = {
	/* clang-format off */
	[DEVICE] = { .name = "DEVICE", .help = "address of the device",
		     .heading = true },
	[INDEX] = { .key = "index", .name = "INDEX",
		    .help = "entry of the ST table", .right = true },
	[TAG] = { .key = "tag", .name = "TAG",
		  .help = "steering tag in the entry", .right = true,
		  .hex = true },
	[CPUS] = { .key = "cpus", .name = "CPUS",
		   .help = "CPUs that the tag stands for", .shorten = true },
	[L3] = { .key = "l3", .name = "L3",
		 .help = "CPUs that share the L3 cache of these",
		 .shorten = true, .extra = true },
	[IRQ] = { .key = "irq", .name = "IRQ",
		  .help = "interrupt number of the vector of that index",
		  .right = true, .extra = true },
	[IRQ_CPU] = { .key = "irq_cpus", .name = "IRQ-CPU",
		      .help = "CPUs that this vector goes to",
		      .shorten = true },
	[MARK] = { .key = "mark", .name = "MARK",
		   .help = "other-node, other-cache: tag and interrupt point at "
			   "different nodes, or L3 caches of one node" },
};

struct view {
	/* Rows of the tree. */
	struct bdf port;
	void *port_row;
};

static const char *or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static struct report_cell text_cell(const char *text)
{
	return or_null(text) ? CELL_OF_TEXT(text) : CELL_OF_NONE;
}

static void tell_entry(struct invocation *inv, const struct target *t,
		       const struct st_table *table, size_t index,
		       void *parent)
{
	const struct st_entry *e = &table->entries[index];
	_cleanup_free_ char *cpus = NULL, *irq_cpus = NULL, *l3 = NULL;
	struct report_cell cells[N_COLUMNS] = {
		[DEVICE] = CELL_OF_TEXT(t->pci.address),
		[INDEX] = CELL_OF_NUMBER((long)index),
		[TAG] = table->tags_known ? CELL_OF_NUMBER(e->tag)
					  : CELL_OF_NONE,
		[IRQ] = e->irq < 0 ? CELL_OF_NONE : CELL_OF_NUMBER(e->irq),
	};
	/* clang-format on */

	cpus = e->cpus.count ? cpulist_format(&e->cpus) : NULL;
	irq_cpus = e->irq_cpus.count ? cpulist_format(&e->irq_cpus) : NULL;
	l3 = e->l3.count ? cpulist_format(&e->l3) : NULL;
	if ((e->cpus.count && !cpus) || (e->irq_cpus.count && !irq_cpus) ||
	    (e->l3.count && !l3))
		report_incomplete(inv->report);
	cells[CPUS] = text_cell(cpus);
	cells[L3] = text_cell(l3);
	cells[IRQ_CPU] = text_cell(irq_cpus);
	cells[MARK] = text_cell(st_mark_word(e->mark));
	cells[MARK].color = e->mark ? "red" : NULL;
	if (inv->settings.table.tree)
		report_branch(inv->report, parent, cells);
	else
		report_row(inv->report, cells);
}

static void *tell_node(struct invocation *inv, void *parent, const char *text)
{
	const struct report_cell cells[N_COLUMNS] = {
		[INDEX] = CELL_OF_TEXT(text),
		[DEVICE] = CELL_OF_TEXT(text),
	};

	return report_branch(inv->report, parent, cells);
}

/* The row of the Root Port, and of the device below it. */
static void *tell_branch(struct invocation *inv, struct view *view,
			 const struct target *t)
{
	char address[BDF_LENGTH], text[64];
	void *parent = NULL;

	if (t->has_port) {
		if (!view->port_row || !bdf_equal(&view->port, &t->pci.port))
			view->port_row = tell_node(
				inv, NULL, bdf_format(&t->pci.port, address));
		view->port = t->pci.port;
		parent = view->port_row;
	}
	snprintf(text, sizeof(text), "%s %s", t->pci.address,
		 !t->cap.offset	       ? "no TPH"
		 : !t->control.enabled ? "off"
				       : tph_mode_name(t->control.mode));
	return tell_node(inv, parent, text);
}

static void tell_table(struct invocation *inv, struct view *view,
		       const struct target *t, const struct st_table *table)
{
	bool tree = inv->settings.table.tree;
	void *parent = tree ? tell_branch(inv, view, t) : NULL;

	/* Nothing but indexes is nothing to show. */
	if (!table->tags_known) {
		report_null(inv->report, "entries");
		return;
	}
	report_string(inv->report, "mem",
		      !table->cpus_known ? NULL : tph_mem_name(table->mem));
	if (!tree)
		report_table(inv->report, "entries", columns, N_COLUMNS);
	for (size_t i = 0; i < table->n; i++)
		tell_entry(inv, t, table, i, parent);
	if (!tree)
		report_table_end(inv->report);
}

static const char *no_holder(const struct target *t)
{
	return owner_is_hidden(&t->pci)
		       ? "held by a process that cannot be seen from here (PID "
			 "namespace)"
		       : "no process holds it";
}

/* Why something is missing that the user may have come for. */
static void tell_missing(const struct target *t, const struct st_table *table)
{
	const char *address = t->pci.address;
	bool live = pci_source_is_live(t->pci.source);
	bool held = live && t->owner.pid && !t->open;

	if (table->n && !table->tags_known && table->no_tags.kind)
		message_note(address, "%s", table->no_tags.message);
	else if (table->n && !table->tags_known && !live)
		message_note(address, "the dump does not have the ST table, "
				      "which is in the MSI-X table");
	else if (table->n && !table->tags_known)
		message_note(address,
			     "the ST table is in the MSI-X table, which only "
			     "shows through a process that holds the device%s",
			     held			? ": --owner"
			     : owner_is_hidden(&t->pci) ? "; it cannot be seen "
							  "from here (PID "
							  "namespace)"
							: "; none does");
	else if (table->no_cpus.kind)
		message_note(address, "the CPUs of the tags are not known: %s",
			     table->no_cpus.message);
	else if (table->n && held && t->control.enabled)
		message_note(address,
			     "the CPUs of the tags are told by the kernel "
			     "through the process that holds the device: "
			     "--owner");
	if (table->no_irqs.kind)
		message_note(address, "%s", table->no_irqs.message);
}

static void tell(struct invocation *inv, const struct visit *visit,
		 const struct st_table *table)
{
	const struct target *t = visit->target;

	if (!inv->settings.table.tree) {
		describe_device(inv->report, t);
		describe_heading(inv->report, t);
		describe_capability(inv->report, t);
		describe_state(inv->report, t);
		describe_owner(inv->report, &t->owner);
		plan_tell(inv);
	}
	tell_table(inv, visit->state, t, table);
	tell_missing(t, table);
}

/*
 * Borrow it, where that was asked for. With --owner, a device that nobody
 * holds is shown all the same: there is nothing more to it.
 */
static int borrow(struct invocation *inv, struct target *t, bool named,
		  struct error *err)
{
	const struct target_access *access = &inv->settings.access;

	if (!access->owner && !access->pid)
		return 0;
	if (t->cap_known && !t->cap.offset)
		return 0;
	if (access->owner && !t->owner.pid && t->cap_known) {
		if (named)
			message_note(t->pci.address, "%s", no_holder(t));
		return 0;
	}
	return open_target(inv, t, access, err);
}

static int show(struct invocation *inv, const struct visit *visit,
		struct error *err)
{
	_cleanup_(st_table_free) struct st_table table = { 0 };
	const struct topology *topology;
	struct target *t = visit->target;
	const struct st_table *recorded = pci_device_table(&t->pci);
	int r = borrow(inv, t, visit->selected->named, err);

	if (r)
		return r;
	if (recorded) {
		tell(inv, visit, recorded);
		return target_check_tph(t, err);
	}
	topology = t->owner.pid ? invocation_try_topology(inv) : NULL;
	r = st_table_read(t, topology, t->owner.pid != 0, &table, err);
	if (r)
		return r;
	tell(inv, visit, &table);
	return target_check_tph(t, err);
}

/*
 * Is there nothing to show, since nobody can tell whether "all" means it? A
 * process that holds it could show it.
 */
static bool is_unseen(const struct invocation *inv, const struct visit *visit)
{
	const struct target_access *access = &inv->settings.access;
	const struct target *t = visit->target;

	return !visit->selected->named && !t->cap_known &&
	       !(access->owner && t->owner.pid) && !access->pid;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	if (is_unseen(inv, visit))
		return visit->target->silent ? DEVICE_SILENT : DEVICE_UNSEEN;
	return show(inv, visit, err);
}

static int run(struct invocation *inv, struct error *err)
{
	bool tree = inv->settings.table.tree;
	struct view view = { 0 };
	int r;

	if (tree)
		report_table(inv->report, NULL, columns, N_COLUMNS);
	r = act_on_words(inv, inv->n_words, &view, err);
	if (tree && inv->succeeded)
		report_table_end(inv->report);
	return r;
}

const struct command cmd_status = {
	.name = "status",
	.examples = "  vfio-tph status 3b:00.0\n"
		    "  vfio-tph status --owner --json 3b:00.0\n",
	.without = COMMON_DRY_RUN,
	.words = "DEVICE...",
	.summary = "Show what TPH is set to, and the ST table entry by entry",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL,
	.columns = columns,
	.n_columns = N_COLUMNS,
	.look = PCI_DEVICE_NAME | PCI_DEVICE_CDEV | LOOK_OWNER,
	.act = act,
	.run = run,
};

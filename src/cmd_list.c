/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list: which functions can do TPH, and what they are doing with it. Reads
 * only, and opens no VFIO device: opening one resets it.
 */
#include <stdlib.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/invocation.h"
#include "cli/list_cells.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"

static const struct option_def *const options[] = { &option_all, &option_from,
						    &option_tree, TABLE_OPTIONS,
						    NULL };

/* The members of JSON that have what is in a column. */
static const char *const members[LIST_N_COLUMNS][2] = {
	[LIST_ID] = { "vendor", "device" },
	[LIST_NAME] = { "name" },
	[LIST_DRIVER] = { "driver" },
	[LIST_CDEV] = { "cdev" },
	[LIST_NODE] = { "numa_node" },
	[LIST_GROUP] = { "iommu_group" },
	[LIST_PORT] = { "tph" },
	[LIST_MODES] = { "tph" },
	[LIST_TABLE] = { "tph" },
	[LIST_COMPLETER] = { "tph" },
	[LIST_REQUESTER] = { "state" },
	[LIST_STATE] = { "state" },
	[LIST_OWNER] = { "owner" },
};

struct port_row {
	struct bdf bdf;
	void *row;
};

struct list {
	struct port_row *ports; /* rows of the tree so far */
	size_t n_ports, port;	/* port: the one last used */
	bool shown;
	/* Members that --output chose, ended by NULL. */
	const char *members[2 * TABLE_COLUMNS_MAX + 1];
};

static struct port_row *find_port(struct list *list, const struct bdf *bdf)
{
	if (list->port < list->n_ports &&
	    bdf_equal(&list->ports[list->port].bdf, bdf))
		return &list->ports[list->port];
	for (size_t i = 0; i < list->n_ports; i++)
		if (bdf_equal(&list->ports[i].bdf, bdf)) {
			list->port = i;
			return &list->ports[i];
		}
	return NULL;
}

static void *add_port(struct list *list, const struct bdf *bdf, void *row)
{
	struct port_row *larger =
		reallocarray(list->ports, list->n_ports + 1, sizeof(*larger));

	if (!larger)
		return row; /* it will be shown again, no more */
	list->ports = larger;
	list->port = list->n_ports++;
	list->ports[list->port] = (struct port_row){ *bdf, row };
	return row;
}

static int show_port(struct invocation *inv, const struct bdf *bdf, void **row,
		     struct error *err)
{
	_cleanup_(target_close) struct target t = TARGET_NONE;
	struct list_cells cells;
	int r = target_glance(inv->source, bdf, &t, err);

	if (r == 0)
		r = target_fill(&t, PCI_DEVICE_NAME_OR_ID, err);
	if (r)
		return r;
	t.completer_known =
		pci_source_completer(inv->source, bdf, &t.completer) == 0;
	list_cells_fill_port(&cells, &t);
	*row = report_branch(inv->report, NULL, cells.at);
	return 0;
}

/*
 * The row of a Root Port that is in the tree for what is below it; NULL where
 * it cannot be seen, which is told once.
 */
static void *port_row(struct invocation *inv, struct list *list,
		      const struct pci_device *pci)
{
	struct port_row *port = find_port(list, &pci->port);
	char address[BDF_LENGTH];
	struct error err;
	void *row = NULL;

	if (port)
		return port->row;
	if (show_port(inv, &pci->port, &row, &err) &&
	    err.kind != ERR_NOT_FOUND) /* a dump need not have it */
		invocation_fail(inv, bdf_format(&pci->port, address), &err);
	return add_port(list, &pci->port, row);
}

static void tell_row(struct invocation *inv, struct list *list,
		     const struct target *t)
{
	struct list_cells cells;
	void *row, *parent = NULL;

	if (inv->settings.table.tree && t->pci.below_port)
		parent = port_row(inv, list, &t->pci);
	else if (inv->settings.table.tree && find_port(list, &t->pci.bdf))
		return; /* a Root Port that is there already */
	list_cells_fill(&cells, t);
	row = report_branch(inv->report, parent, cells.at);
	if (inv->settings.table.tree && !t->pci.below_port)
		add_port(list, &t->pci.bdf, row);
}

static void tell_json(struct invocation *inv, const struct target *t)
{
	struct report *r = inv->report;

	describe_device(r, t);
	describe_capability(r, t);
	describe_state(r, t);
	describe_owner(r, &t->owner);
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct list *list = visit->state;
	const struct target *t = visit->target;

	(void)err; /* showing what was looked at cannot fail */
	if (inv->settings.json)
		tell_json(inv, t);
	else
		tell_row(inv, list, t);
	list->shown = true;
	if (t->cap_known)
		return 0;
	if (t->silent)
		return DEVICE_SILENT;
	if (!inv->settings.all)
		return DEVICE_UNSEEN;
	inv->unseen++; /* "?" is what was to be shown */
	return 0;
}

/* What is to be found out: that of the columns shown; for JSON everything. */
static int choose_columns(struct invocation *inv, struct list *list,
			  struct error *err)
{
	size_t n = 0;
	struct table_selection selection;
	int r = table_select(&inv->settings.table, list_columns, LIST_N_COLUMNS,
			     &selection, err);

	if (inv->settings.all)
		inv->look |= LOOK_NON_TPH;
	if (inv->settings.json && !inv->settings.table.output)
		return r;
	inv->look &= LOOK_NON_TPH;
	for (size_t i = 0; r == 0 && i < selection.n; i++) {
		for (size_t k = 0; k < 2; k++)
			if (members[selection.at[i]][k])
				list->members[n++] =
					members[selection.at[i]][k];
		if (selection.at[i] == LIST_NAME)
			inv->look |= inv->settings.json ? PCI_DEVICE_NAME
							: PCI_DEVICE_NAME_OR_ID;
		if (selection.at[i] == LIST_CDEV)
			inv->look |= PCI_DEVICE_CDEV;
		if (selection.at[i] == LIST_OWNER)
			inv->look |= LOOK_OWNER;
	}
	report_only(inv->report, list->members);
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	struct list list = { 0 };
	int r = choose_columns(inv, &list, err);

	if (r)
		return r;
	report_table(inv->report, NULL, list_columns, LIST_N_COLUMNS);
	r = act_on_words(inv, inv->n_words, &list, err);
	if (list.shown)
		report_table_end(inv->report);
	free(list.ports);
	return r;
}

const struct command cmd_list = {
	.name = "list",
	.examples = "  vfio-tph list\n"
		    "  vfio-tph list --output ADDRESS,DRIVER,STATE --raw\n",
	.without = COMMON_DRY_RUN,
	.words = "[DEVICE...]",
	.summary = "List the functions that can do TPH, and their state",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL | TAKES_NONE,
	.look = PCI_DEVICE_NAME | PCI_DEVICE_CDEV | LOOK_OWNER,
	.act = act,
	.columns = list_columns,
	.n_columns = LIST_N_COLUMNS,
	.run = run,
};

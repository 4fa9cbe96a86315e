/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list: which functions can do TPH, and what they are doing with it. Reads
 * only, and opens no VFIO device: opening one resets it.
 */
#include <stdlib.h>

#include "cli/command.h"
#include "cli/list_cells.h"

static const struct option_def *const options[] = { &option_all, &option_from,
						    &option_tree, TABLE_OPTIONS,
						    NULL };

struct port_row {
	struct bdf bdf;
	void *row;
};

struct list {
	unsigned int what; /* PCI_DEVICE_* */
	bool owners;
	struct port_row *ports; /* rows of the tree so far */
	size_t n_ports, port;	/* port: the one last used */
	bool shown;
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
	struct list_cells cells;
	struct target t;
	int r = target_glance(inv->bus, bdf, &t, err);

	if (r)
		return r;
	r = target_fill(&t, PCI_DEVICE_NAME_OR_ID, err);
	if (r == 0) {
		t.completer_known =
			pci_bus_completer(inv->bus, bdf, &t.completer) == 0;
		list_cells_fill_port(&cells, &t);
		*row = report_branch(inv->report, NULL, cells.at);
	}
	target_close(&t);
	return r;
}

/*
 * The row of a Root Port that is in the tree for what is below it; NULL where
 * it cannot be seen, which is told once.
 */
static void *port_row(struct invocation *inv, const struct pci_device *pci)
{
	struct list *list = inv->data;
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

static void tell_row(struct invocation *inv, const struct target *t)
{
	struct list *list = inv->data;
	struct list_cells cells;
	void *row, *parent = NULL;

	if (inv->settings.table.tree && t->pci.below_port)
		parent = port_row(inv, &t->pci);
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

/* With --all every function is meant as if it were named. */
static int list_device(struct invocation *inv, const struct bdf *bdf,
		       bool named, struct error *err)
{
	struct list *list = inv->data;
	struct target t;
	int r = look_at_device(inv, bdf, named || inv->settings.all, list->what,
			       &t, err);

	if (r)
		return r;
	if (list->owners)
		r = invocation_find_owner(inv, &t, err);
	if (r == 0 && inv->settings.json)
		tell_json(inv, &t);
	else if (r == 0)
		tell_row(inv, &t);
	if (r == 0) {
		list->shown = true;
		if (!t.cap_known && inv->settings.all)
			inv->unseen++; /* "?" is what was to be shown */
		else if (!t.cap_known)
			r = DEVICE_UNSEEN;
	}
	target_close(&t);
	return r;
}

/* What is to be found out: that of the columns shown; for JSON everything. */
static int choose_columns(struct invocation *inv, struct list *list,
			  struct error *err)
{
	struct table_selection selection;
	int r = table_select(&inv->settings.table, list_columns, LIST_N_COLUMNS,
			     &selection, err);

	if (inv->settings.json) {
		list->what = PCI_DEVICE_NAME | PCI_DEVICE_CDEV;
		list->owners = true;
		return r;
	}
	for (size_t i = 0; r == 0 && i < selection.n; i++) {
		if (selection.at[i] == LIST_NAME)
			list->what |= PCI_DEVICE_NAME_OR_ID;
		if (selection.at[i] == LIST_CDEV)
			list->what |= PCI_DEVICE_CDEV;
		list->owners |= selection.at[i] == LIST_OWNER;
	}
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	static char all_word[] = "all", *all[] = { all_word };
	struct list list = { 0 };
	int r = choose_columns(inv, &list, err);

	if (r)
		return r;
	inv->data = &list;
	report_table(inv->report, NULL, list_columns, LIST_N_COLUMNS);
	r = for_each_device(inv, inv->n_words ? inv->words : all,
			    inv->n_words ? inv->n_words : 1, true, list_device,
			    err);
	if (list.shown)
		report_table_end(inv->report);
	free(list.ports);
	inv->data = NULL;
	return r;
}

const struct command cmd_list = {
	.name = "list",
	.words = "[DEVICE...]",
	.summary = "List the functions that can do TPH, and their state",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL,
	.columns = list_columns,
	.n_columns = LIST_N_COLUMNS,
	.run = run,
};

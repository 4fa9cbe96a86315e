/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list: which functions can do TPH, and what they are doing with it. Reads
 * only, and opens no VFIO device: opening one resets it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "core/owner_scan.h"
#include "core/pci_record.h"
#include "core/steering_explain.h"
#include "ui/message.h"

static const struct option_def *const options[] = {
	&option_all, &option_from, &option_tree, TABLE_OPTIONS, NULL
};

enum {
	ADDRESS, ID, NAME, DRIVER, CDEV, NODE, GROUP, PORT, MODES, TABLE,
	COMPLETER, REQUESTER, STATE, OWNER, N_COLUMNS
};

static const struct report_column columns[N_COLUMNS] = {
	[ADDRESS] = { .name = "ADDRESS", .help = "address of the function" },
	[ID] = { .name = "ID", .help = "vendor and device id",
		 .extra = true },
	[NAME] = { .name = "NAME", .help = "vendor and device in words",
		   .shorten = true },
	[DRIVER] = { .name = "DRIVER", .help = "driver it is bound to" },
	[CDEV] = { .name = "CDEV", .help = "VFIO character device",
		   .extra = true },
	[NODE] = { .name = "NODE", .help = "NUMA node", .right = true },
	[GROUP] = { .name = "GROUP", .help = "IOMMU group", .right = true },
	[PORT] = { .name = "PORT", .help = "Root Port above it",
		   .extra = true },
	[MODES] = { .name = "MODES",
		    .help = "ns: no steering tag, iv: interrupt vector, "
			    "ds: device specific" },
	[TABLE] = { .name = "TABLE",
		    .help = "where the ST table is, and its entries" },
	[COMPLETER] = { .name = "COMPLETER",
			.help = "what the Root Port completes: none, tph "
				"(8-bit tags), extended (16-bit tags)" },
	[REQUESTER] = { .name = "REQUESTER",
			.help = "what is enabled: none, tph, extended",
			.extra = true },
	[STATE] = { .name = "STATE", .help = "off, or the mode that is on" },
	[OWNER] = { .name = "OWNER",
		    .help = "process that holds the VFIO device",
		    .shorten = true },
};

struct port_row {
	struct bdf bdf;
	void *row;
};

struct list {
	bool wanted[N_COLUMNS];
	struct owner_scan *owners;
	bool owners_asked;
	struct port_row *ports;		/* rows of the tree so far */
	size_t n_ports, port;		/* port: the one last used */
	size_t shown, with_tph, unknown;
};

static const struct report_cell not_known = CELL_OF_TEXT("?");

static struct report_cell text_or_none(const char *text)
{
	return text[0] ? CELL_OF_TEXT(text) : CELL_OF_NONE;
}

static struct report_cell number_or_none(int number)
{
	return number < 0 ? CELL_OF_NONE : CELL_OF_NUMBER(number);
}

/* Text of the cells of one row. */
struct texts {
	char id[16], port[BDF_LENGTH], modes[16], table[32], owner[64];
};

static void fill_place(const struct pci_device *pci, struct texts *texts,
		       struct report_cell *cells)
{
	snprintf(texts->id, sizeof(texts->id), "%04x:%04x", pci->vendor_id,
		 pci->device_id);
	cells[ADDRESS] = CELL_OF_TEXT(pci->address);
	cells[ID] = CELL_OF_TEXT(texts->id);
	cells[NAME] = text_or_none(pci->name);
	cells[DRIVER] = text_or_none(pci->driver);
	cells[CDEV] = text_or_none(pci->cdev);
	cells[NODE] = number_or_none(pci->numa_node);
	cells[GROUP] = number_or_none(pci->iommu_group);
	if (pci->below_port)
		cells[PORT] =
			CELL_OF_TEXT(bdf_format(&pci->port, texts->port));
}

static struct report_cell completer_cell(bool known,
					 enum tph_completer completer)
{
	struct report_cell cell = known ? CELL_OF_TEXT("none") : not_known;

	if (known && completer != TPH_COMPLETER_NONE)
		cell.text = completer == TPH_COMPLETER_EXTENDED ? "extended"
								: "tph";
	else if (known)
		cell.color = "yellow";
	return cell;
}

static void fill_tph(const struct target *t, struct texts *texts,
		     struct report_cell *cells)
{
	if (t->has_port)
		cells[COMPLETER] =
			completer_cell(t->completer_known, t->completer);
	if (!t->cap_known) {
		cells[MODES] = cells[TABLE] = not_known;
		cells[REQUESTER] = cells[STATE] = not_known;
		return;
	}
	if (!t->cap.offset)
		return;
	steering_modes(t->cap.modes, texts->modes);
	for (char *c = texts->modes; *c; c++)
		if (*c == ' ')
			*c = ','; /* one word, for --raw */
	cells[MODES] = CELL_OF_TEXT(texts->modes);
	snprintf(texts->table, sizeof(texts->table),
		 t->cap.table_size ? "%s:%u" : "%s",
		 tph_location_name(t->cap.location), t->cap.table_size);
	cells[TABLE] = CELL_OF_TEXT(texts->table);
	cells[REQUESTER] =
		CELL_OF_TEXT(tph_requester_name(t->control.requester));
	cells[STATE] = CELL_OF_TEXT("off");
	if (t->control.enabled) {
		cells[STATE] = CELL_OF_TEXT(tph_mode_name(t->control.mode));
		cells[STATE].color = "green";
	}
}

static void fill_cells(const struct target *t, struct texts *texts,
		       struct report_cell *cells)
{
	for (int i = 0; i < N_COLUMNS; i++)
		cells[i] = CELL_OF_NONE;
	fill_place(&t->pci, texts, cells);
	fill_tph(t, texts, cells);
	if (t->owner.pid) {
		snprintf(texts->owner, sizeof(texts->owner), "%d %s",
			 t->owner.pid, t->owner.command);
		cells[OWNER] = CELL_OF_TEXT(texts->owner);
	}
}

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
	struct port_row *larger = reallocarray(
		list->ports, list->n_ports + 1, sizeof(*larger));

	if (!larger)
		return row; /* it will be shown again, no more */
	list->ports = larger;
	list->port = list->n_ports++;
	list->ports[list->port] = (struct port_row){ *bdf, row };
	return row;
}

/* The row of a Root Port that is in the tree for what is below it. */
static void *port_row(struct invocation *inv, const struct pci_device *pci)
{
	struct report_cell cells[N_COLUMNS];
	struct list *list = inv->data;
	struct port_row *port = find_port(list, &pci->port);
	struct error ignored;
	struct texts texts;
	struct target t;
	void *row = NULL;

	if (port)
		return port->row;
	if (target_glance(inv->bus, &pci->port, &t, &ignored))
		return NULL;
	if (target_fill(&t, PCI_DEVICE_NAME_OR_ID, &ignored) == 0) {
		fill_cells(&t, &texts, cells);
		t.completer_known = pci_bus_completer(inv->bus, &pci->port,
						      &t.completer) == 0;
		cells[COMPLETER] =
			completer_cell(t.completer_known, t.completer);
		cells[MODES] = cells[TABLE] = cells[STATE] = CELL_OF_NONE;
		row = add_port(list, &pci->port,
			       report_branch(inv->report, NULL, cells));
	}
	target_close(&t);
	return row;
}

static void tell_row(struct invocation *inv, const struct target *t)
{
	struct report_cell cells[N_COLUMNS];
	struct list *list = inv->data;
	struct texts texts;
	void *row, *parent = NULL;

	if (inv->settings.table.tree && t->pci.below_port)
		parent = port_row(inv, &t->pci);
	else if (inv->settings.table.tree && find_port(list, &t->pci.bdf))
		return; /* a Root Port that is there already */
	fill_cells(t, &texts, cells);
	row = report_branch(inv->report, parent, cells);
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

/* All owners are looked for at once, when the first could be shown. */
static int find_owner(struct list *list, struct target *t, struct error *err)
{
	const struct pci_fact *fact = pci_device_fact(&t->pci);
	int r = 0;

	if (fact)
		t->owner = fact->owner;
	if (pci_bus_is_dump(t->pci.bus) || !list->wanted[OWNER] || !t->pci.driver[0] ||
	    t->pci.iommu_group < 0)
		return 0;
	if (!list->owners_asked)
		r = owner_scan_load(&list->owners, err);
	list->owners_asked = true;
	if (list->owners)
		owner_scan_find(list->owners, &t->pci, &t->owner);
	return r;
}

static int show(struct invocation *inv, struct target *t, struct error *err)
{
	struct list *list = inv->data;
	unsigned int what = 0;
	int r;

	if (list->wanted[NAME])
		what |= inv->settings.json ? PCI_DEVICE_NAME
					   : PCI_DEVICE_NAME_OR_ID;
	if (list->wanted[CDEV])
		what |= PCI_DEVICE_CDEV;
	r = target_fill(t, what, err);
	if (r == 0)
		r = find_owner(list, t, err);
	if (r)
		return r;
	if (inv->settings.json)
		tell_json(inv, t);
	else
		tell_row(inv, t);
	list->shown++;
	return 0;
}

static int list_device(struct invocation *inv, const struct bdf *bdf,
		       bool named, struct error *err)
{
	struct list *list = inv->data;
	struct target t;
	int r = target_glance(inv->bus, bdf, &t, err);

	if (r)
		/* Unplugged while we were listing: not there to be shown. */
		return !named && err->kind == ERR_NOT_FOUND ? 0 : r;
	if (!t.cap_known)
		list->unknown++;
	else if (t.cap.offset)
		list->with_tph++;
	if (named || inv->settings.all || !t.cap_known || t.cap.offset)
		r = show(inv, &t, err);
	target_close(&t);
	return r;
}

/* The same for a dump, of which a part is missing. */
static int conclude_dump(struct invocation *inv, const struct list *list,
			 struct error *err)
{
	if (list->with_tph || inv->settings.all) {
		message_note(NULL,
			     "the dump does not have the extended config space "
			     "of %zu functions ('?')",
			     list->unknown);
		return 0;
	}
	error_set(err, ERR_USAGE, ENODATA,
		  "the dump has no extended config space: which functions "
		  "have a TPH capability is not known");
	error_hint(err, "lspci -xxxx prints it, as root");
	inv->succeeded = 0;
	return -ENODATA;
}

/*
 * Nothing is there to be listed: that is said, and is no failure. Nothing
 * could be seen: that is one.
 */
static int conclude(struct invocation *inv, const struct list *list,
		    struct error *err)
{
	if (list->unknown && inv->settings.from)
		return conclude_dump(inv, list, err);
	if (list->unknown && !list->with_tph && !inv->settings.all) {
		error_set(err, ERR_PERMISSION, EPERM,
			  "no permission to read extended config space: which "
			  "functions have a TPH capability is not known");
		error_hint(err, "run it as root (CAP_SYS_ADMIN)");
		inv->succeeded = 0;
		return -EPERM;
	}
	if (list->unknown)
		message_note(NULL,
			     "no permission to read the extended config space "
			     "of %zu functions ('?')",
			     list->unknown);
	if (!list->shown && !inv->failed)
		message_note(NULL, "no function has a TPH capability");
	return 0;
}

static int choose_columns(struct invocation *inv, struct list *list,
			  struct error *err)
{
	struct table_selection selection;
	int r = table_select(&inv->settings.table, columns, N_COLUMNS,
			     &selection, err);

	for (size_t i = 0; r == 0 && i < selection.n; i++)
		list->wanted[selection.at[i]] = true;
	for (size_t i = 0; inv->settings.json && i < N_COLUMNS; i++)
		list->wanted[i] = true;
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	static char all_word[] = "all", *all[] = { all_word };
	struct list list = { 0 };
	int r = choose_columns(inv, &list, err);

	inv->data = &list;
	report_table(inv->report, NULL, columns, N_COLUMNS);
	if (r == 0)
		r = for_each_device(inv, inv->n_words ? inv->words : all,
				    inv->n_words ? inv->n_words : 1, true,
				    list_device, err);
	if (list.shown)
		report_table_end(inv->report);
	if (r == 0)
		r = conclude(inv, &list, err);
	owner_scan_free(list.owners);
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
	.columns = columns,
	.n_columns = N_COLUMNS,
	.run = run,
};

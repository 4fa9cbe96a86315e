/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/list_cells.h"

#include <stdio.h>

#include "core/tph/explain.h"

const struct report_column list_columns[LIST_N_COLUMNS] = {
	[LIST_ADDRESS] = { .name = "ADDRESS",
			   .help = "address of the function" },
	[LIST_ID] = { .name = "ID",
		      .help = "vendor and device id",
		      .extra = true },
	[LIST_NAME] = { .name = "NAME",
			.help = "vendor and device in words",
			.shorten = true },
	[LIST_DRIVER] = { .name = "DRIVER", .help = "driver it is bound to" },
	[LIST_CDEV] = { .name = "CDEV",
			.help = "VFIO character device",
			.extra = true },
	[LIST_NODE] = { .name = "NODE", .help = "NUMA node", .right = true },
	[LIST_GROUP] = { .name = "GROUP",
			 .help = "IOMMU group",
			 .right = true },
	[LIST_PORT] = { .name = "PORT",
			.help = "Root Port above it",
			.extra = true },
	[LIST_MODES] = { .name = "MODES",
			 .help = "ns: no steering tag, iv: interrupt vector, "
				 "ds: device specific" },
	[LIST_TABLE] = { .name = "TABLE",
			 .help = "where the ST table is, and its entries" },
	[LIST_COMPLETER] = { .name = "COMPLETER",
			     .help = "what the Root Port completes: none, tph "
				     "(8-bit tags), extended (16-bit tags)" },
	[LIST_REQUESTER] = { .name = "REQUESTER",
			     .help = "what is enabled: none, tph, extended",
			     .extra = true },
	[LIST_STATE] = { .name = "STATE",
			 .help = "off, or the mode that is on" },
	[LIST_OWNER] = { .name = "OWNER",
			 .help = "process that holds the VFIO device",
			 .shorten = true },
};

static const struct report_cell not_known = CELL_OF_TEXT("?");

/* fact: PCI_FACT_*, what it is that may be not known. */
static struct report_cell text_cell(const struct pci_device *pci,
				    unsigned int fact, const char *text)
{
	return text[0]		     ? CELL_OF_TEXT(text)
	       : pci->unknown & fact ? not_known
				     : CELL_OF_NONE;
}

static struct report_cell number_cell(const struct pci_device *pci,
				      unsigned int fact, int number)
{
	return number >= 0	     ? CELL_OF_NUMBER(number)
	       : pci->unknown & fact ? not_known
				     : CELL_OF_NONE;
}

static void fill_place(const struct pci_device *pci, struct list_cells *cells)
{
	snprintf(cells->id, sizeof(cells->id), "%04x:%04x", pci->vendor_id,
		 pci->device_id);
	cells->at[LIST_ADDRESS] = CELL_OF_TEXT(pci->address);
	cells->at[LIST_ID] = pci->unknown & PCI_FACT_IDS
				     ? not_known
				     : CELL_OF_TEXT(cells->id);
	cells->at[LIST_NAME] = text_cell(pci, PCI_FACT_IDS, pci->name);
	cells->at[LIST_DRIVER] = text_cell(pci, PCI_FACT_DRIVER, pci->driver);
	cells->at[LIST_CDEV] = text_cell(pci, PCI_FACT_CDEV, pci->cdev);
	cells->at[LIST_NODE] = number_cell(pci, PCI_FACT_NODE, pci->numa_node);
	cells->at[LIST_GROUP] =
		number_cell(pci, PCI_FACT_GROUP, pci->iommu_group);
	cells->port[0] = '\0';
	if (pci->below_port)
		bdf_format(&pci->port, cells->port);
	cells->at[LIST_PORT] = text_cell(pci, PCI_FACT_PORT, cells->port);
	cells->at[LIST_OWNER] = text_cell(pci, PCI_FACT_HOLDER, "");
}

static struct report_cell completer_cell(bool known,
					 enum tph_completer completer)
{
	struct report_cell cell =
		known ? CELL_OF_TEXT(tph_completer_name(completer)) : not_known;

	if (known && completer == TPH_COMPLETER_NONE)
		cell.color = "yellow";
	return cell;
}

static void fill_tph(const struct target *t, struct list_cells *cells)
{
	if (t->has_port)
		cells->at[LIST_COMPLETER] =
			completer_cell(t->completer_known, t->completer);
	else
		cells->at[LIST_COMPLETER] =
			text_cell(&t->pci, PCI_FACT_PORT, "");
	if (!t->cap_known) {
		cells->at[LIST_MODES] = cells->at[LIST_TABLE] = not_known;
		cells->at[LIST_REQUESTER] = cells->at[LIST_STATE] = not_known;
		return;
	}
	if (!t->cap.offset)
		return;
	steering_modes(t->cap.modes, cells->modes);
	for (char *c = cells->modes; *c; c++)
		if (*c == ' ')
			*c = ','; /* one word, for --raw */
	cells->at[LIST_MODES] = CELL_OF_TEXT(cells->modes);
	snprintf(cells->table, sizeof(cells->table),
		 t->cap.table_size ? "%s:%u" : "%s",
		 tph_location_name(t->cap.location), t->cap.table_size);
	cells->at[LIST_TABLE] = CELL_OF_TEXT(cells->table);
	cells->at[LIST_REQUESTER] =
		CELL_OF_TEXT(tph_requester_name(t->control.requester));
	cells->at[LIST_STATE] = CELL_OF_TEXT("off");
	if (t->control.enabled) {
		cells->at[LIST_STATE] =
			CELL_OF_TEXT(tph_mode_name(t->control.mode));
		cells->at[LIST_STATE].color = "green";
		if (t->control.requester == TPH_REQUESTER_RESERVED) {
			snprintf(cells->state, sizeof(cells->state),
				 "%s, reserved requester",
				 tph_mode_name(t->control.mode));
			cells->at[LIST_STATE] = CELL_OF_TEXT(cells->state);
			cells->at[LIST_STATE].color = "yellow";
		}
	}
}

void list_cells_fill(struct list_cells *cells, const struct target *t)
{
	for (int i = 0; i < LIST_N_COLUMNS; i++)
		cells->at[i] = CELL_OF_NONE;
	fill_place(&t->pci, cells);
	fill_tph(t, cells);
	if (t->owner.pid) {
		snprintf(cells->owner, sizeof(cells->owner), "%d %s",
			 t->owner.pid, t->owner.command);
		cells->at[LIST_OWNER] = CELL_OF_TEXT(cells->owner);
	}
}

void list_cells_fill_port(struct list_cells *cells, const struct target *t)
{
	list_cells_fill(cells, t);
	cells->at[LIST_COMPLETER] =
		completer_cell(t->completer_known, t->completer);
	cells->at[LIST_MODES] = cells->at[LIST_TABLE] = CELL_OF_NONE;
	cells->at[LIST_REQUESTER] = cells->at[LIST_STATE] = CELL_OF_NONE;
}

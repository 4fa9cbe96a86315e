/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of list, and what stands in them. */
#ifndef CLI_LIST_CELLS_H
#define CLI_LIST_CELLS_H

#include "core/tph/target.h"
#include "ui/table.h"

enum list_column {
	LIST_ADDRESS,
	LIST_ID,
	LIST_NAME,
	LIST_DRIVER,
	LIST_CDEV,
	LIST_NODE,
	LIST_GROUP,
	LIST_PORT,
	LIST_MODES,
	LIST_TABLE,
	LIST_COMPLETER,
	LIST_REQUESTER,
	LIST_STATE,
	LIST_OWNER,
	LIST_N_COLUMNS
};

extern const struct report_column list_columns[LIST_N_COLUMNS];

/* One row; the cells point into the texts beside them, and to the target. */
struct list_cells {
	struct report_cell at[LIST_N_COLUMNS];
	char id[16], port[BDF_LENGTH], modes[16], table[32], state[32];
	char owner[64];
};

/* The row of a function. */
void list_cells_fill(struct list_cells *cells, const struct target *t);

/* The same of a Root Port that functions are below of: what it completes. */
void list_cells_fill_port(struct list_cells *cells, const struct target *t);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables as text, by libsmartcols, and the options that shape them. */
#ifndef UI_TABLE_H
#define UI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/error.h"

/* Columns that a table can have. */
#define TABLE_COLUMNS_MAX 32

struct report_column {
	const char *key;  /* JSON member */
	const char *name; /* heading, and what --output takes */
	const char *help; /* for --list-columns */
	bool right;	  /* to be aligned to the right */
	bool hex;	  /* in text as 0x..., in JSON as a number */
	bool extra;	  /* shown only where --output names it */
	bool shorten;	  /* what a narrow terminal may cut */
	/* What a heading tells in the form for people: shown by --raw and
	 * --pairs, which have no heading. */
	bool heading;
};

/* A cell: a number, a text, or neither (null, in text "-"). */
struct report_cell {
	enum { CELL_NONE, CELL_NUMBER, CELL_TEXT } kind;
	long long number;
	const char *text;
	const char *color; /* as libsmartcols names it, or NULL */
};

#define CELL_OF_NUMBER(n) \
	((struct report_cell){ .kind = CELL_NUMBER, .number = (n) })
#define CELL_OF_TEXT(t) ((struct report_cell){ .kind = CELL_TEXT, .text = (t) })
#define CELL_OF_NONE	((struct report_cell){ .kind = CELL_NONE })

struct table_options {
	const char *output; /* columns, or NULL: those by default */
	bool noheadings;
	bool raw;   /* one blank between fields, blanks escaped */
	bool pairs; /* NAME="value" */
	bool tree;
	bool list_columns;
};

/* Columns in the order in which they are shown, by index. */
struct table_selection {
	size_t at[TABLE_COLUMNS_MAX];
	size_t n;
};

/*
 * What --output and the form choose from n columns. Returns 0, or -EINVAL
 * with ERR_USAGE where --output names one that there is not.
 */
int table_select(const struct table_options *options,
		 const struct report_column *columns, size_t n,
		 struct table_selection *selection, struct error *err);

/* The answer to --list-columns. */
void table_list_columns(FILE *out, const struct report_column *columns,
			size_t n);

struct table;

/* Returns NULL when memory ran out. options: checked by table_select(). */
struct table *table_new(const struct table_options *options,
			const struct report_column *columns, size_t n);

/*
 * Add a row, as many cells as there are columns; parent: a row to stand
 * below in a tree, or NULL. Returns the row, or NULL when memory ran out.
 */
void *table_row(struct table *table, void *parent,
		const struct report_cell *cells);

/* Does it show the column of that name? */
bool table_shows(const struct table *table, const char *name);

/* Print it to stdout. Returns 0, or -ENOMEM. */
int table_print(struct table *table);
void table_free(struct table *table);

#endif

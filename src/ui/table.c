/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/table.h"

#include <ctype.h>
#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/words.h"
#include "ui/colour.h"

struct table {
	const struct report_column *columns;
	struct table_selection selection;
	struct libscols_table *scols;
	const char *nothing; /* what an empty cell shows */
};

static int unknown_column(const char *name, size_t length,
			  const struct report_column *columns, size_t n,
			  struct error *err)
{
	char all[sizeof(err->hint) - 96] = "", written[64];
	struct nearest nearest = { .written = written };
	size_t used = 0;

	snprintf(written, sizeof(written), "%.*s", (int)length, name);
	for (char *c = written; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	for (size_t i = 0; i < n; i++)
		nearest_try(&nearest, columns[i].name);
	for (size_t i = 0; i < n && used < sizeof(all); i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
					 i ? ", " : "", columns[i].name);
	error_set(err, ERR_USAGE, EINVAL, "unknown column '%.*s'",
		  (int)(length < 64 ? length : 64), name);
	error_hint(err, "%s%s%sit is one of: %s",
		   nearest.word ? "did you mean " : "",
		   nearest.word ? nearest.word : "", nearest.word ? "? " : "",
		   all);
	return -EINVAL;
}

static int select_named(const char *output, const struct report_column *columns,
			size_t n, struct table_selection *s, struct error *err)
{
	for (const char *p = output;;) {
		size_t length = strcspn(p, ","), i = 0;

		while (i < n && (strlen(columns[i].name) != length ||
				 strncasecmp(columns[i].name, p, length) != 0))
			i++;
		if (i == n)
			return unknown_column(p, length, columns, n, err);
		if (s->n == TABLE_COLUMNS_MAX)
			return error_set(err, ERR_USAGE, EINVAL,
					 "more than %d columns",
					 TABLE_COLUMNS_MAX);
		s->at[s->n++] = i;
		if (!p[length])
			return 0;
		p += length + 1;
	}
}

int table_select(const struct table_options *options,
		 const struct report_column *columns, size_t n,
		 struct table_selection *s, struct error *err)
{
	bool no_heading = options->raw || options->pairs;

	*s = (struct table_selection){ 0 };
	if (options->output)
		return select_named(options->output, columns, n, s, err);
	for (size_t i = 0; i < n && i < TABLE_COLUMNS_MAX; i++)
		if (!columns[i].extra && (!columns[i].heading || no_heading))
			s->at[s->n++] = i;
	return 0;
}

void table_list_columns(FILE *out, const struct report_column *columns,
			size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%-10s %s\n", columns[i].name, columns[i].help);
}

static int add_column(struct table *t, const struct report_column *column,
		      bool tree)
{
	int flags = (column->right && !tree ? SCOLS_FL_RIGHT : 0) |
		    (column->shorten ? SCOLS_FL_TRUNC : 0) |
		    (tree ? SCOLS_FL_TREE : 0);

	return scols_table_new_column(t->scols, column->name, 0, flags)
		       ? 0
		       : -ENOMEM;
}

static int set_up(struct table *t, const struct table_options *options)
{
	int bad =
		scols_table_enable_noheadings(t->scols, options->noheadings) ||
		scols_table_enable_colors(t->scols, colour_wanted());

	if (options->raw)
		bad |= scols_table_enable_raw(t->scols, 1);
	if (options->pairs)
		bad |= scols_table_enable_export(t->scols, 1) ||
		       scols_table_enable_shellvar(t->scols, 1);
	for (size_t i = 0; !bad && i < t->selection.n; i++)
		bad = add_column(t, &t->columns[t->selection.at[i]],
				 options->tree && i == 0);
	return bad ? -ENOMEM : 0;
}

struct table *table_new(const struct table_options *options,
			const struct report_column *columns, size_t n)
{
	struct table *t = calloc(1, sizeof(*t));
	struct error ignored;

	if (!t)
		return NULL;
	t->columns = columns;
	t->nothing = options->pairs ? "" : "-";
	t->scols = scols_new_table();
	if (!t->scols ||
	    table_select(options, columns, n, &t->selection, &ignored) ||
	    set_up(t, options)) {
		table_free(t);
		return NULL;
	}
	return t;
}

static const char *cell_text(const struct table *t,
			     const struct report_cell *cell, bool hex,
			     char *buffer, size_t size)
{
	if (cell->kind == CELL_TEXT)
		return cell->text;
	if (cell->kind == CELL_NONE)
		return t->nothing;
	if (hex)
		snprintf(buffer, size, "0x%llx",
			 (unsigned long long)cell->number);
	else
		snprintf(buffer, size, "%lld", cell->number);
	return buffer;
}

void *table_row(struct table *t, void *parent, const struct report_cell *cells)
{
	struct libscols_line *line = scols_table_new_line(t->scols, parent);
	char buffer[32];

	for (size_t i = 0; line && i < t->selection.n; i++) {
		size_t at = t->selection.at[i];
		const struct report_cell *cell = &cells[at];

		if (scols_line_set_data(line, i,
					cell_text(t, cell, t->columns[at].hex,
						  buffer, sizeof(buffer))))
			return NULL;
		if (cell->color &&
		    scols_cell_set_color(scols_line_get_cell(line, i),
					 cell->color))
			return NULL;
	}
	return line;
}

bool table_shows(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->selection.n; i++)
		if (strcmp(t->columns[t->selection.at[i]].name, name) == 0)
			return true;
	return false;
}

int table_print(struct table *t)
{
	return scols_print_table(t->scols) ? -ENOMEM : 0;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	scols_unref_table(t->scols);
	free(t);
}

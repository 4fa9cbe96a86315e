/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/report.h"

#include <errno.h>
#include <json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/utf8.h"

#define JSON_VERSION 1
#define MAX_DEPTH    8
#define JSON_FLAGS                                                           \
	(JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |                 \
	 JSON_C_TO_STRING_NOSLASHESCAPE)

struct report {
	enum report_format format;
	bool finished;
	bool failed;		/* memory ran out */
	int write_error;	/* of a text that was written at once, or 0 */
	struct json_object *root, *devices, *errors;
	struct json_object *at[MAX_DEPTH]; /* what is being filled */
	int depth;
	const struct table_options *options;
	const struct report_column *columns;
	size_t n_columns;
	bool json_rows;		/* rows go into the JSON object */
	struct table *table;
	unsigned int tables;	/* begun so far */
};

static bool is_json(const struct report *r)
{
	return r->format == REPORT_JSON;
}

/* For json-c NULL is null: one that memory was out for shall not be that. */
static struct json_object *made(struct report *r, struct json_object *value)
{
	r->failed |= !value;
	return value;
}

static void put_in(struct report *r, struct json_object *parent,
		   const char *key, struct json_object *value)
{
	int bad = !parent ? -1
		  : json_object_is_type(parent, json_type_array)
			  ? json_object_array_add(parent, value)
			  : json_object_object_add(parent, key, value);

	if (bad) {
		json_object_put(value);
		r->failed = true;
	}
}

/* Add to what is being filled; outside of a device to the root. */
static void put(struct report *r, const char *key, struct json_object *value)
{
	put_in(r, r->depth ? r->at[r->depth - 1] : r->root, key, value);
}

struct report *report_new(enum report_format format)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->format = format;
	if (!is_json(r))
		return r;
	r->root = json_object_new_object();
	r->devices = json_object_new_array();
	r->errors = json_object_new_array();
	if (!r->root || !r->devices || !r->errors) {
		report_free(r);
		return NULL;
	}
	put_in(r, r->root, "version",
	       made(r, json_object_new_int(JSON_VERSION)));
	put_in(r, r->root, "command", NULL);
	put_in(r, r->root, "devices", json_object_get(r->devices));
	put_in(r, r->root, "errors", json_object_get(r->errors));
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	json_object_put(r->root);
	json_object_put(r->devices);
	json_object_put(r->errors);
	table_free(r->table);
	free(r);
}

void report_incomplete(struct report *r)
{
	r->failed = true;
}

/* A string that JSON can hold: sysfs and arguments may have any byte. */
static struct json_object *new_string(struct report *r, const char *value)
{
	_cleanup_free_ char *clean = value ? utf8_clean(value) : NULL;

	if (!value)
		return NULL;
	return made(r, clean ? json_object_new_string(clean) : NULL);
}

void report_as_text(struct report *r)
{
	r->format = REPORT_TEXT;
}

void report_set_command(struct report *r, const char *command)
{
	if (is_json(r))
		put_in(r, r->root, "command", new_string(r, command));
}

void report_device(struct report *r, const char *bdf)
{
	struct json_object *device;

	if (!is_json(r))
		return;
	device = made(r, json_object_new_object());
	put_in(r, r->devices, NULL, device);
	r->at[0] = device;
	r->depth = 1;
	report_string(r, "bdf", bdf);
}

void report_error(struct report *r, const char *device,
		  const struct error *err)
{
	struct json_object *e;

	if (!is_json(r))
		return;
	e = made(r, json_object_new_object());
	put_in(r, e, "device", new_string(r, device));
	put_in(r, e, "code", new_string(r, error_word(err)));
	put_in(r, e, "exit",
	       made(r, json_object_new_int((int)error_status(err))));
	put_in(r, e, "message", new_string(r, err->message));
	put_in(r, e, "hint", new_string(r, err->hint[0] ? err->hint : NULL));
	put_in(r, r->errors, NULL, e);
}

void report_string(struct report *r, const char *key, const char *value)
{
	if (is_json(r))
		put(r, key, new_string(r, value));
}

void report_number(struct report *r, const char *key, long value)
{
	if (is_json(r))
		put(r, key, made(r, json_object_new_int64(value)));
}

void report_bool(struct report *r, const char *key, bool value)
{
	if (is_json(r))
		put(r, key, made(r, json_object_new_boolean(value)));
}

void report_null(struct report *r, const char *key)
{
	if (is_json(r))
		put(r, key, NULL);
}

void report_hex(struct report *r, const char *key, unsigned int value,
		int digits)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*x", digits, value);
	report_string(r, key, text);
}

static void enter(struct report *r, const char *key, struct json_object *new)
{
	if (r->depth == MAX_DEPTH)
		abort(); /* a bug of ours: no report is that deep */
	put(r, key, made(r, new));
	r->at[r->depth++] = new;
}

void report_enter(struct report *r, const char *key)
{
	if (is_json(r))
		enter(r, key, json_object_new_object());
}

void report_enter_array(struct report *r, const char *key)
{
	if (is_json(r))
		enter(r, key, json_object_new_array());
}

void report_leave(struct report *r)
{
	if (is_json(r))
		r->depth--;
}

/* What is larger than the buffer is written now, or never. */
void report_text(struct report *r, const char *text)
{
	if (fputs(text, stdout) == EOF && !r->write_error)
		r->write_error = errno;
}

void report_document(struct report *r, const char *key,
		     struct json_object *document)
{
	const char *text;

	if (is_json(r)) {
		put_in(r, r->root, key, json_object_get(document));
		return;
	}
	text = json_object_to_json_string_ext(document, JSON_FLAGS);
	if (!text) {
		r->failed = true;
		return;
	}
	report_text(r, text);
	report_text(r, "\n");
}

/* In the forms for programs there is nothing beside the table. */
static bool is_for_people(const struct report *r)
{
	const struct table_options *o = r->options;

	return !is_json(r) && !(o && (o->raw || o->pairs || o->noheadings));
}

void report_heading(struct report *r, const char *format, ...)
{
	va_list ap;

	if (!is_for_people(r))
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

void report_line(struct report *r, const char *label, const char *format, ...)
{
	int used;
	va_list ap;

	if (!is_for_people(r))
		return;
	used = printf("    %s:", label);
	printf("%*s", used < 18 ? 18 - used : 1, "");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

void report_set_table(struct report *r, const struct table_options *options)
{
	r->options = options;
}

void report_table(struct report *r, const char *key,
		  const struct report_column *columns, size_t n)
{
	static const struct table_options none;
	struct table_options options;

	r->columns = columns;
	r->n_columns = n;
	r->json_rows = is_json(r) && key;
	if (r->json_rows)
		report_enter_array(r, key);
	if (is_json(r))
		return;
	options = r->options ? *r->options : none;
	/* For programs, several tables are one. */
	options.noheadings |= options.raw && r->tables++ > 0;
	r->table = table_new(&options, columns, n);
	if (!r->table)
		r->failed = true;
}

static struct json_object *cell_json(struct report *r,
				     const struct report_cell *cell)
{
	if (cell->kind == CELL_NUMBER)
		return made(r, json_object_new_int64(cell->number));
	return cell->kind == CELL_TEXT ? new_string(r, cell->text) : NULL;
}

void *report_branch(struct report *r, void *parent,
		    const struct report_cell *cells)
{
	void *row;

	if (!r->table)
		return NULL;
	row = table_row(r->table, parent, cells);
	if (!row)
		r->failed = true;
	return row;
}

void report_row(struct report *r, const struct report_cell *cells)
{
	report_branch(r, NULL, cells);
	if (!r->json_rows)
		return;
	report_enter(r, NULL);
	for (size_t i = 0; i < r->n_columns; i++)
		if (!r->columns[i].heading)
			put(r, r->columns[i].key, cell_json(r, &cells[i]));
	report_leave(r);
}

void report_table_end(struct report *r)
{
	if (r->json_rows)
		report_leave(r);
	r->json_rows = false;
	if (r->table && table_print(r->table))
		r->failed = true;
	table_free(r->table);
	r->table = NULL;
}

static int output_failed(struct error *err)
{
	int number = errno;

	error_system(err, number, "cannot write the output");
	err->kind = ERR_OUTPUT;
	return -number;
}

int report_finish(struct report *r, struct error *err)
{
	if (r->finished)
		return 0;
	r->finished = true;
	if (is_json(r) && !r->failed) {
		const char *text = json_object_to_json_string_ext(
			r->root, JSON_FLAGS);

		if (text)
			report_text(r, text);
		else
			r->failed = true;
		report_text(r, "\n");
	}
	if (r->failed) {
		error_system(err, ENOMEM, "cannot print the result");
		err->kind = ERR_OUTPUT;
		return -ENOMEM;
	}
	/*
	 * After a failure before this, what is in the buffer is still to be
	 * written: trying again tells why it cannot be.
	 */
	errno = r->write_error ? r->write_error : EIO;
	if (fflush(stdout) || ferror(stdout))
		return output_failed(err);
	return 0;
}

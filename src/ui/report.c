/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/report.h"

#include <errno.h>
#include <json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/utf8.h"
#include "ui/json_stream.h"

#define JSON_VERSION 1
#define MAX_DEPTH    8

struct report {
	enum report_format format;
	bool finished;
	bool failed;	 /* memory ran out */
	int write_error; /* of a text that was written at once, or 0 */
	struct json_stream stream;  /* of the devices, each when it is told */
	struct json_object *device; /* the one that is being told */
	struct json_object *tail;   /* what is told of no device */
	struct json_object *errors; /* in tail */
	struct json_object *at[MAX_DEPTH]; /* what is being filled */
	int depth;
	const struct table_options *options;
	const struct report_column *columns;
	size_t n_columns;
	bool json_rows; /* rows go into the JSON object */
	struct table *table;
	unsigned int tables; /* begun so far */
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

/* False where it could not be: value is gone then. */
static bool put_in(struct report *r, struct json_object *parent,
		   const char *key, struct json_object *value)
{
	int bad = !parent ||
		  (json_object_is_type(parent, json_type_array)
			   ? json_object_array_add(parent, value)
			   : json_object_object_add(parent, key, value));

	if (bad) {
		json_object_put(value);
		r->failed = true;
	}
	return !bad;
}

/* Add to what is being filled; outside of a device to the one object. */
static bool put(struct report *r, const char *key, struct json_object *value)
{
	return put_in(r, r->depth ? r->at[r->depth - 1] : r->tail, key, value);
}

struct report *report_new(enum report_format format)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->format = format;
	if (!is_json(r))
		return r;
	r->stream.key = "devices";
	r->stream.head = json_object_new_object();
	r->tail = json_object_new_object();
	r->errors = json_object_new_array();
	if (!r->stream.head || !r->tail || !r->errors) {
		report_free(r);
		return NULL;
	}
	put_in(r, r->stream.head, "version",
	       made(r, json_object_new_int(JSON_VERSION)));
	put_in(r, r->stream.head, "command", NULL);
	put_in(r, r->tail, "errors", json_object_get(r->errors));
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	json_object_put(r->stream.head);
	json_object_put(r->device);
	json_object_put(r->tail);
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
	_cleanup_free_ char *clean = NULL;

	if (!value)
		return NULL;
	if (!utf8_valid(value))
		value = clean = utf8_clean(value);
	return made(r, value ? json_object_new_string(value) : NULL);
}

void report_as_text(struct report *r)
{
	r->format = REPORT_TEXT;
}

void report_set_command(struct report *r, const char *command)
{
	if (is_json(r))
		put_in(r, r->stream.head, "command", new_string(r, command));
}

/* All is told of a device: it can be printed, where nothing of it is missing.
 */
static void end_device(struct report *r)
{
	if (r->failed)
		json_object_put(r->device);
	else if (r->device)
		r->failed = !json_stream_add(&r->stream, r->device);
	r->device = NULL;
	r->depth = 0;
}

void report_device(struct report *r, const char *bdf)
{
	if (!is_json(r))
		return;
	end_device(r);
	r->device = made(r, json_object_new_object());
	r->at[0] = r->device;
	r->depth = 1;
	report_string(r, "bdf", bdf);
}

void report_error(struct report *r, const char *device, const struct error *err)
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
	put_in(r, e, "doctor",
	       new_string(r, err->doctor[0] ? err->doctor : NULL));
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
	r->at[r->depth] = put(r, key, made(r, new)) ? new : NULL;
	r->depth++;
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
		put_in(r, r->tail, key, json_object_get(document));
		return;
	}
	text = json_stream_text(document);
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
	if (is_json(r))
		end_device(r);
	if (r->failed) {
		error_system(err, ENOMEM, "cannot print the result");
		err->kind = ERR_OUTPUT;
		report_error(r, NULL, err);
	}
	if (is_json(r) && !json_stream_end(&r->stream, r->tail) && !r->failed) {
		r->failed = true;
		error_system(err, ENOMEM, "cannot print the result");
		err->kind = ERR_OUTPUT;
	}
	if (r->failed)
		return -ENOMEM;
	/*
	 * After a failure before this, what is in the buffer is still to be
	 * written: trying again tells why it cannot be.
	 */
	errno = r->write_error ? r->write_error : EIO;
	if (fflush(stdout) || ferror(stdout))
		return output_failed(err);
	return 0;
}

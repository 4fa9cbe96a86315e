/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json_writer.h"
#include "core/base/words.h"
#include "ui/clean.h"

#define JSON_VERSION 1

struct report {
	enum report_format format;
	bool finished;
	bool failed;	 /* memory ran out */
	int write_error; /* of a text that was written at once, or 0 */
	const char *command;
	struct json_writer head;   /* what stands before the devices */
	struct json_writer device; /* the one that is being told */
	struct json_writer errors; /* the array of them, open */
	struct json_writer tail;   /* what is told of no device */
	bool in_device;
	const struct table_options *options;
	const struct report_column *columns;
	size_t n_columns;
	bool json_rows;		     /* rows go into the JSON object */
	struct table_selection rows; /* their members by --output; or none */
	const char *const *only;     /* members of devices, or NULL: all */
	unsigned int skipping;	     /* objects and arrays that are left out */
	struct table *table;
	unsigned int tables; /* begun so far */
};

/* Where the array of devices is open. */
#define JSON_INSIDE_DEVICES             \
	{                               \
		.depth = 2, .arrays = 2 \
	}

static bool is_json(const struct report *r)
{
	return r->format == REPORT_JSON;
}

/* What is being filled; outside of a device the one object. */
static struct json_writer *at(struct report *r)
{
	return r->in_device ? &r->device : &r->tail;
}

struct report *report_new(enum report_format format)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->format = format;
	if (!is_json(r))
		return r;
	r->device = (struct json_writer)JSON_INSIDE_DEVICES;
	r->errors = (struct json_writer)JSON_INSIDE_ROOT;
	r->tail = (struct json_writer)JSON_INSIDE_ROOT;
	/* These two have room from now on: there is always an object. */
	json_write_object(&r->head, NULL);
	json_write_number(&r->head, "version", JSON_VERSION);
	json_write_array(&r->errors, "errors");
	if (r->head.failed || r->errors.failed) {
		report_free(r);
		return NULL;
	}
	return r;
}

void report_free(struct report *r)
{
	if (!r)
		return;
	json_writer_free(&r->head);
	json_writer_free(&r->device);
	json_writer_free(&r->errors);
	json_writer_free(&r->tail);
	table_free(r->table);
	free(r);
}

void report_incomplete(struct report *r)
{
	r->failed = true;
}

void report_as_text(struct report *r)
{
	r->format = REPORT_TEXT;
}

void report_set_command(struct report *r, const char *command)
{
	r->command = command;
}

/* What is larger than the buffer is written now, or never. */
static void print(struct report *r, const char *text, size_t n)
{
	if (n && fwrite(text, 1, n, stdout) != n && !r->write_error)
		r->write_error = errno;
}

static void print_json(struct report *r, const struct json_writer *w)
{
	print(r, w->text, w->n);
}

static void begin(struct report *r)
{
	if (!r->head.n)
		return;
	json_write_string(&r->head, "command", r->command);
	json_write_array(&r->head, "devices");
	print_json(r, &r->head);
	r->head.n = 0;
}

/* All is told of a device: it is printed, where nothing of it is missing. */
static void end_device(struct report *r)
{
	if (!r->in_device)
		return;
	json_write_end(&r->device);
	r->in_device = false;
	r->failed |= r->device.failed;
	if (!r->failed) {
		begin(r);
		print_json(r, &r->device);
	}
	r->device.n = 0; /* the next one goes on behind it */
}

void report_device(struct report *r, const char *bdf)
{
	if (!is_json(r))
		return;
	end_device(r);
	r->in_device = true;
	json_write_object(&r->device, NULL);
	json_write_string(&r->device, "bdf", bdf);
}

void report_error(struct report *r, const char *device, const struct error *err,
		  const char *doctor)
{
	struct json_writer_mark before = json_writer_mark(&r->errors);
	struct json_writer *w = &r->errors;

	if (!is_json(r) || r->finished) /* it is out, or could not be */
		return;
	json_write_object(w, NULL);
	json_write_string(w, "device", device);
	json_write_string(w, "code", error_word(err));
	json_write_number(w, "exit", (long)error_status(err));
	json_write_string(w, "message", err->message);
	json_write_string(w, "hint", err->hint[0] ? err->hint : NULL);
	json_write_string(w, "doctor", doctor);
	json_write_end(w);
	if (w->failed) {
		r->failed = true;
		json_writer_return(w, before);
	}
}

void report_only(struct report *r, const char *const *members)
{
	r->only = members;
}

/* A device's own members are at this depth. */
#define DEVICE_DEPTH 3

static bool is_told(const struct report *r, const char *key)
{
	if (!is_json(r) || r->skipping)
		return false;
	return !r->only || !r->in_device || r->device.depth != DEVICE_DEPTH ||
	       words_contain(r->only, key);
}

void report_string(struct report *r, const char *key, const char *value)
{
	if (is_told(r, key))
		json_write_string(at(r), key, value);
}

void report_number(struct report *r, const char *key, long long value)
{
	if (is_told(r, key))
		json_write_number(at(r), key, value);
}

void report_bool(struct report *r, const char *key, bool value)
{
	if (is_told(r, key))
		json_write_bool(at(r), key, value);
}

void report_null(struct report *r, const char *key)
{
	report_string(r, key, NULL);
}

void report_hex(struct report *r, const char *key, unsigned int value,
		int digits)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*x", digits, value);
	report_string(r, key, text);
}

void report_enter(struct report *r, const char *key)
{
	if (is_told(r, key))
		json_write_object(at(r), key);
	else
		r->skipping++;
}

void report_enter_array(struct report *r, const char *key)
{
	if (is_told(r, key))
		json_write_array(at(r), key);
	else
		r->skipping++;
}

void report_leave(struct report *r)
{
	if (r->skipping)
		r->skipping--;
	else if (is_json(r))
		json_write_end(at(r));
}

void report_text(struct report *r, const char *text)
{
	print(r, text, strlen(text));
}

void report_document_begin(const struct report *r, const char *key,
			   struct json_writer *document)
{
	static const struct json_writer root = JSON_INSIDE_ROOT;

	*document = is_json(r) ? root : (struct json_writer){ 0 };
	json_write_object(document, key);
}

void report_document(struct report *r, struct json_writer *document)
{
	json_write_end(document);
	if (is_json(r)) {
		json_write_append(&r->tail, document);
		return;
	}
	r->failed |= document->failed;
	if (document->failed)
		return;
	print_json(r, document);
	print(r, "\n", 1);
}

static void print_clean(struct report *r, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void print_clean(struct report *r, const char *format, va_list ap)
{
	int failed = clean_vprintf(stdout, format, ap);

	if (failed && !r->write_error)
		r->write_error = -failed;
	r->failed |= failed != 0;
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
	print_clean(r, format, ap);
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
	print_clean(r, format, ap);
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
	struct error ignored; /* the options were checked */

	r->columns = columns;
	r->n_columns = n;
	r->json_rows = is_json(r) && key;
	if (r->json_rows)
		report_enter_array(r, key);
	r->rows.n = 0;
	if (r->json_rows && r->options && r->options->output)
		table_select(r->options, columns, n, &r->rows, &ignored);
	if (is_json(r))
		return;
	options = r->options ? *r->options : none;
	/* For programs, several tables are one. */
	options.noheadings |= options.raw && r->tables++ > 0;
	r->table = table_new(&options, columns, n);
	if (!r->table)
		r->failed = true;
}

static void put_cell(struct report *r, const char *key,
		     const struct report_cell *cell)
{
	if (cell->kind == CELL_NUMBER)
		report_number(r, key, cell->number);
	else
		report_string(r, key,
			      cell->kind == CELL_TEXT ? cell->text : NULL);
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

/* Is it a member of JSON's rows? */
static bool is_member(const struct report *r, size_t column)
{
	for (size_t i = 0; i < r->rows.n; i++)
		if (r->rows.at[i] == column)
			return true;
	return r->rows.n == 0;
}

bool report_shows(const struct report *r, const char *column)
{
	for (size_t i = 0; r->json_rows && i < r->n_columns; i++)
		if (strcmp(r->columns[i].name, column) == 0)
			return is_member(r, i);
	return r->table && table_shows(r->table, column);
}

void report_row(struct report *r, const struct report_cell *cells)
{
	report_branch(r, NULL, cells);
	if (!r->json_rows)
		return;
	report_enter(r, NULL);
	for (size_t i = 0; i < r->n_columns; i++)
		if (!r->columns[i].heading && is_member(r, i))
			put_cell(r, r->columns[i].key, &cells[i]);
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

static int cannot_print(struct report *r, struct error *err)
{
	error_system(err, ENOMEM, "cannot print the result");
	err->kind = ERR_OUTPUT;
	report_error(r, NULL, err, NULL);
	return -ENOMEM;
}

/* The rest: what stands behind the devices. */
static int finish_json(struct report *r, struct error *err)
{
	int result;

	end_device(r);
	begin(r);
	r->failed |= r->tail.failed;
	result = r->failed ? cannot_print(r, err) : 0;
	report_text(r, "\n  ]");
	json_write_end(&r->errors);
	print_json(r, &r->errors);
	if (!r->tail.failed)
		print_json(r, &r->tail);
	report_text(r, "\n}\n");
	return result;
}

int report_finish(struct report *r, struct error *err)
{
	int result = 0;

	if (r->finished)
		return 0;
	r->finished = true;
	if (is_json(r))
		result = finish_json(r, err);
	else if (r->failed)
		result = cannot_print(r, err);
	if (result)
		return result;
	/*
	 * After a failure before this, what is in the buffer is still to be
	 * written: trying again tells why it cannot be.
	 */
	errno = r->write_error ? r->write_error : EIO;
	if (fflush(stdout) || ferror(stdout))
		return output_failed(err);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The result of a command, told once and printed as text or as one JSON
 * object. A command walks its result and tells each fact: as a JSON member,
 * as a line of text, or as the row of a table that is both.
 *
 * Text is printed as it is told; JSON device by device, each when the next
 * begins, and the rest when the report is finished. Memory that runs out is
 * remembered and makes finishing fail.
 */
#ifndef UI_REPORT_H
#define UI_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "ui/table.h"

struct report;

enum report_format { REPORT_TEXT, REPORT_JSON };

struct report *report_new(enum report_format format);
void report_free(struct report *report);

/* Memory ran out for a part of the result: report_finish() will fail. */
void report_incomplete(struct report *report);

/* Print text after all: help is not a result. */
void report_as_text(struct report *report);

/* The "command" member; NULL where it is not known. */
void report_set_command(struct report *report, const char *command);

/* Begin the object of a device; what is told then belongs to it. */
void report_device(struct report *report, const char *bdf);

/*
 * Of the members of devices, tell only these (ended by NULL; kept, not copied)
 * and bdf.
 */
void report_only(struct report *report, const char *const *members);

/*
 * An error, in "errors" only: stderr is not the report's. doctor: the command
 * that finds the cause, or NULL.
 */
void report_error(struct report *report, const char *device,
		  const struct error *err, const char *doctor);

/* Members of the JSON object; nothing in text. A NULL value is null. */
void report_string(struct report *report, const char *key, const char *value);
void report_number(struct report *report, const char *key, long long value);
void report_bool(struct report *report, const char *key, bool value);
void report_null(struct report *report, const char *key);
/* "0x8086": digits wide. */
void report_hex(struct report *report, const char *key, unsigned int value,
		int digits);
/* An object or array as a member; in an array, keys are not looked at. */
void report_enter(struct report *report, const char *key);
void report_enter_array(struct report *report, const char *key);
void report_leave(struct report *report);

/*
 * A JSON document that is itself the result: in text the document, in JSON a
 * member of the root. It is begun, filled by the caller, and, where it is a
 * result, told; to be freed in any case.
 */
struct json_writer;
void report_document_begin(const struct report *report, const char *key,
			   struct json_writer *document);
void report_document(struct report *report, struct json_writer *document);

/* Text that goes out as it is, in either format. */
void report_text(struct report *report, const char *text);

/* Text only: a line by itself, and a line "    Label:  value". */
void report_heading(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_line(struct report *report, const char *label, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

/* How tables are to look; kept, not copied. */
void report_set_table(struct report *report,
		      const struct table_options *options);

/*
 * A table: an array of objects under key, or, where key is NULL, only text.
 * Rows without columns that are marked as heading: JSON has those elsewhere.
 */
void report_table(struct report *report, const char *key,
		  const struct report_column *columns, size_t n);
/* As many cells as the table has columns. */
/* Of the table that was begun: is what stands in this column shown at all? */
bool report_shows(const struct report *report, const char *column);

void report_row(struct report *report, const struct report_cell *cells);
/*
 * The same in the text of a tree, below parent (or NULL); returns what to
 * give as parent of others.
 */
void *report_branch(struct report *report, void *parent,
		    const struct report_cell *cells);
void report_table_end(struct report *report);

/*
 * Print what is to be printed and see that stdout took it all. Returns 0,
 * or -errno with *err filled. Does nothing the second time.
 */
int report_finish(struct report *report, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON (RFC 8259) as text, member by member: two blanks a level, a line for
 * each member. The text grows in memory and is the caller's to print and to
 * cut: a writer that begins inside an object continues another one's text.
 */
#ifndef CORE_BASE_JSON_WRITER_H
#define CORE_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_writer {
	char *text; /* not terminated; n bytes of it count */
	size_t n, room;
	unsigned int depth; /* objects and arrays that are open */
	uint32_t arrays;    /* bit i: the one at depth i + 1 is an array */
	bool has_members;   /* the innermost has some */
	bool failed;	    /* memory ran out: text is missing */
};

/* Free the text; the writer is as new then. */
void json_writer_free(struct json_writer *w);

/*
 * A writer whose text continues that of an object with members: of the root
 * of a document.
 */
#define JSON_INSIDE_ROOT                        \
	{                                       \
		.depth = 1, .has_members = true \
	}

/* Of an array, and at the very beginning, keys are not looked at. */
void json_write_object(struct json_writer *w, const char *key);
void json_write_array(struct json_writer *w, const char *key);
void json_write_end(struct json_writer *w); /* of the innermost */

/*
 * A value, or a member where an object is the innermost. A string may have
 * any bytes: those that are no UTF-8 become U+FFFD. NULL is null.
 */
void json_write_string(struct json_writer *w, const char *key,
		       const char *value);
void json_write_number(struct json_writer *w, const char *key, long long value);
void json_write_bool(struct json_writer *w, const char *key, bool value);

/* The text of another writer, as it is. */
void json_write_append(struct json_writer *w, const struct json_writer *other);

/* Where a writer is, and back to it: what was written since then is gone. */
struct json_writer_mark {
	size_t n;
	unsigned int depth;
	bool has_members;
};
struct json_writer_mark json_writer_mark(const struct json_writer *w);
void json_writer_return(struct json_writer *w, struct json_writer_mark mark);

#endif

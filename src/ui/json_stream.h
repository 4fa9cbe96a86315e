/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One JSON object on stdout with a long array in it, printed element by
 * element, so that it is never in memory as a whole: the text is what json-c
 * makes of the whole.
 */
#ifndef UI_JSON_STREAM_H
#define UI_JSON_STREAM_H

#include <json.h>
#include <stdbool.h>
#include <stddef.h>

struct json_stream {
	const char *key;	  /* of the array */
	struct json_object *head; /* members before it, at least one */
	size_t n;		  /* elements printed */
	bool begun;
};

/* An object as text, as all JSON is printed. NULL where memory ran out. */
const char *json_stream_text(struct json_object *object);

/*
 * Print one more element. Takes over the caller's reference, also when it
 * fails. Returns false where memory ran out. (What stdout did not take, it
 * remembers itself.)
 */
bool json_stream_add(struct json_stream *stream, struct json_object *element);

/* Print the rest: the members behind the array, at least one. */
bool json_stream_end(struct json_stream *stream, struct json_object *tail);

#endif

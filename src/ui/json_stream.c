/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/json_stream.h"

#include <stdio.h>
#include <string.h>

const char *json_stream_text(struct json_object *object)
{
	return json_object_to_json_string_ext(
		object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
				JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* The text of an object without what opens it and what closes it. */
static void print_inner(const char *text, size_t opening, size_t closing)
{
	fwrite(text + opening, 1, strlen(text) - opening - closing, stdout);
}

static bool begin(struct json_stream *stream)
{
	const char *head;

	if (stream->begun)
		return true;
	head = json_stream_text(stream->head);
	if (!head)
		return false;
	stream->begun = true;
	print_inner(head, 0, strlen("\n}"));
	printf(",\n  \"%s\": [", stream->key);
	return true;
}

/*
 * The element alone in an array that is alone in an object: so json-c puts
 * as much space before its lines as they have in the whole.
 */
static struct json_object *wrap(const char *key, struct json_object *element)
{
	struct json_object *object = json_object_new_object();
	struct json_object *array = json_object_new_array();

	if (!object || !array || json_object_array_add(array, element)) {
		json_object_put(element);
	} else if (json_object_object_add(object, key, array) == 0) {
		return object;
	}
	json_object_put(array);
	json_object_put(object);
	return NULL;
}

bool json_stream_add(struct json_stream *stream, struct json_object *element)
{
	struct json_object *whole = wrap(stream->key, element);
	/* First of all, so that nothing is printed in part. */
	const char *text = whole ? json_stream_text(whole) : NULL;
	bool done = text && begin(stream);

	if (done && stream->n++)
		putchar(',');
	if (done)
		print_inner(text, strlen("{\n  \"\": [") + strlen(stream->key),
			    strlen("\n  ]\n}"));
	json_object_put(whole);
	return done;
}

/* An array without elements has had a line to itself before json-c 0.18. */
static const char *closing(const struct json_stream *stream)
{
	return stream->n == 0 && json_c_version_num() >= 0x001200 ? "],\n"
								  : "\n  ],\n";
}

bool json_stream_end(struct json_stream *stream, struct json_object *tail)
{
	const char *text = json_stream_text(tail);

	if (!text || !begin(stream))
		return false;
	fputs(closing(stream), stdout);
	print_inner(text, strlen("{\n"), 0);
	putchar('\n');
	return true;
}

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
static bool print_inner(struct json_object *object, size_t opening,
			size_t closing)
{
	const char *text = json_stream_text(object);

	if (text)
		fwrite(text + opening, 1, strlen(text) - opening - closing,
		       stdout);
	return text;
}

static bool begin(struct json_stream *stream)
{
	if (stream->begun)
		return true;
	stream->begun = true;
	if (!print_inner(stream->head, 0, strlen("\n}")))
		return false;
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
	bool done = whole && begin(stream);

	if (done && stream->n++)
		putchar(',');
	if (done)
		done = print_inner(whole,
				   strlen("{\n  \"\": [") + strlen(stream->key),
				   strlen("\n  ]\n}"));
	json_object_put(whole);
	return done;
}

bool json_stream_end(struct json_stream *stream, struct json_object *tail)
{
	bool done = begin(stream);

	fputs("\n  ],\n", stdout);
	done &= print_inner(tail, strlen("{\n"), 0);
	putchar('\n');
	return done;
}

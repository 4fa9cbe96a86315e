/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/json_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"

#define DEPTH_MAX 32 /* bits of json_writer.arrays */

void json_writer_free(struct json_writer *w)
{
	free(w->text);
	*w = (struct json_writer){ 0 };
}

static bool make_room(struct json_writer *w, size_t n)
{
	size_t room = w->room ? w->room : 4096;
	char *larger;

	while (room - w->n < n)
		room *= 2;
	larger = room > w->room ? realloc(w->text, room) : w->text;
	if (!larger) {
		w->failed = true;
		return false;
	}
	w->text = larger;
	w->room = room;
	return true;
}

static void put(struct json_writer *w, const char *text, size_t n)
{
	if (w->failed || (w->room - w->n < n && !make_room(w, n)))
		return;
	memcpy(w->text + w->n, text, n);
	w->n += n;
}

static void put_text(struct json_writer *w, const char *text)
{
	put(w, text, strlen(text));
}

static void put_line(struct json_writer *w)
{
	static const char line[1 + 2 * DEPTH_MAX + 1] =
		"\n                                "
		"                                ";

	put(w, line, 1 + 2 * w->depth);
}

/* What JSON does not have in a string. NULL: it has. */
static const char *escape(unsigned char c, char buffer[8])
{
	static const char letters[] = "btn\0fr"; /* from \b on */

	if (c == '"' || c == '\\')
		snprintf(buffer, 8, "\\%c", c);
	else if (c >= ' ')
		return NULL;
	else if (c >= '\b' && c <= '\r' && letters[c - '\b'])
		snprintf(buffer, 8, "\\%c", letters[c - '\b']);
	else
		snprintf(buffer, 8, "\\u%04x", c);
	return buffer;
}

/* One that JSON would take as it is, and a terminal at its word. */
static const char *escape_control(const char *value, size_t length,
				  char buffer[8])
{
	const unsigned char *s = (const unsigned char *)value;
	unsigned int c = length == 2
				 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu)
				 : (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 |
					   (s[2] & 0x3fu);

	snprintf(buffer, 8, "\\u%04x", c);
	return buffer;
}

static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* What stands for a character; NULL: it does itself. */
static const char *replace(const char *value, size_t length, char buffer[8])
{
	if (length == 0)
		return UTF8_REPLACEMENT;
	if (*value == 0x7f)
		return "\\u007f";
	if (length > 1 && utf8_is_control(value, length))
		return escape_control(value, length, buffer);
	return escape((unsigned char)*value, buffer);
}

static void put_string(struct json_writer *w, const char *value)
{
	const char *from = value; /* what is put as it is */
	char buffer[8];

	put_text(w, "\"");
	while (*value) {
		const char *other;
		size_t length;

		/* Nearly everything is: no call for each byte of it. */
		if (is_plain(*value)) {
			value++;
			continue;
		}
		length = utf8_length(value);
		other = replace(value, length, buffer);
		if (other) {
			put(w, from, (size_t)(value - from));
			put_text(w, other);
			from = value + (length ? length : 1);
		}
		value += length ? length : 1;
	}
	put(w, from, (size_t)(value - from));
	put_text(w, "\"");
}

static bool in_array(const struct json_writer *w)
{
	return w->depth == 0 || (w->arrays >> (w->depth - 1)) & 1;
}

/* What stands before a value. */
static void begin(struct json_writer *w, const char *key)
{
	if (w->has_members)
		put_text(w, ",");
	if (w->depth)
		put_line(w);
	if (!in_array(w)) {
		put_string(w, key);
		put_text(w, ": ");
	}
	w->has_members = true;
}

static void open_one(struct json_writer *w, const char *key, bool array)
{
	if (w->depth == DEPTH_MAX)
		abort(); /* a bug of ours: nothing is that deep */
	begin(w, key);
	put_text(w, array ? "[" : "{");
	w->arrays =
		(w->arrays & ~(1u << w->depth)) | ((uint32_t)array << w->depth);
	w->depth++;
	w->has_members = false;
}

void json_write_object(struct json_writer *w, const char *key)
{
	open_one(w, key, false);
}

void json_write_array(struct json_writer *w, const char *key)
{
	open_one(w, key, true);
}

void json_write_end(struct json_writer *w)
{
	bool array = in_array(w);

	w->depth--;
	w->has_members = true;
	put_line(w);
	put_text(w, array ? "]" : "}");
}

void json_write_string(struct json_writer *w, const char *key,
		       const char *value)
{
	begin(w, key);
	if (value)
		put_string(w, value);
	else
		put_text(w, "null");
}

void json_write_number(struct json_writer *w, const char *key, long long value)
{
	char text[24];

	begin(w, key);
	snprintf(text, sizeof(text), "%lld", value);
	put_text(w, text);
}

void json_write_bool(struct json_writer *w, const char *key, bool value)
{
	begin(w, key);
	put_text(w, value ? "true" : "false");
}

void json_write_append(struct json_writer *w, const struct json_writer *other)
{
	w->failed |= other->failed;
	put(w, other->text, other->n);
}

struct json_writer_mark json_writer_mark(const struct json_writer *w)
{
	return (struct json_writer_mark){ w->n, w->depth, w->has_members };
}

void json_writer_return(struct json_writer *w, struct json_writer_mark mark)
{
	w->n = mark.n;
	w->depth = mark.depth;
	w->has_members = mark.has_members;
	w->failed = false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/base/json_writer: whatever strings it is given, in whatever order, what
 * it writes is JSON that json-c reads, without a control character, and the
 * strings come back as they were.
 */
#include "fuzz.h"

#include <json-c/json.h>

#include "core/base/json_writer.h"
#include "core/base/utf8.h"

#define MEMBERS_MAX 64
#define DEPTH_MAX   20

struct input {
	const uint8_t *at;
	size_t left;
};

static uint8_t take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

/* Up to 31 bytes as a string, without the zeros in them. */
static void take_string(struct input *in, char text[32])
{
	size_t n = take(in) & 31, length = 0;

	while (n--) {
		uint8_t byte = take(in);

		if (byte)
			text[length++] = (char)byte;
	}
	text[length] = '\0';
}

static void read_back(struct json_writer *w, const char *key, const char *value)
{
	_cleanup_free_ char *clean = utf8_clean(value);
	struct json_object *root, *found;

	fuzz_must(!w->failed && clean);
	fuzz_must(w->text = realloc(w->text, w->n + 1));
	w->text[w->n] = '\0';
	fuzz_must(strlen(w->text) == w->n);
	fuzz_must_be_clean(w->text);
	root = json_tokener_parse(w->text);
	fuzz_must(json_object_is_type(root, json_type_object));
	fuzz_must(json_object_object_get_ex(root, key, &found));
	fuzz_must(strcmp(json_object_get_string(found), clean) == 0);
	json_object_put(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct json_writer w = { 0 };
	char first[32], text[32], key[16];
	unsigned int depth = 1;

	take_string(&in, first);
	json_write_object(&w, NULL);
	json_write_string(&w, "first", first);
	for (int i = 0; i < MEMBERS_MAX && in.left; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		switch (take(&in) % 6) {
		case 0:
			take_string(&in, text);
			json_write_string(&w, key, text);
			break;
		case 1:
			json_write_number(&w, key, (long)take(&in) - 128);
			break;
		case 2:
			json_write_bool(&w, key, take(&in) & 1);
			break;
		case 3:
			if (depth < DEPTH_MAX && depth++)
				json_write_object(&w, key);
			break;
		case 4:
			if (depth < DEPTH_MAX && depth++)
				json_write_array(&w, key);
			break;
		default:
			if (depth > 1 && depth--)
				json_write_end(&w);
		}
	}
	while (depth--)
		json_write_end(&w);
	read_back(&w, "first", first);
	json_writer_free(&w);
	return 0;
}

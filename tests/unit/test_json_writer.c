/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/core/base/json_writer: the text is the one that json-c prints for the
 * same values.
 */
#include "unit.h"

#include <json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/json_writer.h"
#include "core/base/utf8.h"

static uint64_t seed = UNIT_SEED;

static unsigned int pick(unsigned int n)
{
	return (unsigned int)(unit_random(&seed) % n);
}

/* Mostly what needs an escape, or is no character. */
static void random_string(char *text, size_t size)
{
	static const char *const pieces[] = {
		"a",	    "\"",	"\\",	"/",	    "\b",
		"\t",	    "\n",	"\v",	"\f",	    "\r",
		"\x01",	    "\x1f",	"~",	"\xc3\xa4", "\xe2\x84\xa2",
		"\xf0\x9f", "\x9f\x98", "\xff", "\xed\xa0", " "
	};
	size_t n = pick(12);

	text[0] = '\0';
	for (size_t i = 0; i < n && strlen(text) + 5 < size; i++)
		strcat(text, pieces[pick(sizeof(pieces) / sizeof(*pieces))]);
}

static long random_number(void)
{
	static const long odd[] = { 0, -1, LONG_MAX, LONG_MIN, INT_MAX };

	return pick(2) ? odd[pick(5)] : (long)unit_random(&seed);
}

/* Two copies of one random value: in json-c's, and written. */
static struct json_object *both(struct json_writer *w, const char *key,
				unsigned int depth);

static struct json_object *both_strings(struct json_writer *w, const char *key)
{
	char text[64], *clean;
	struct json_object *object;

	random_string(text, sizeof(text));
	json_write_string(w, key, text);
	clean = utf8_clean(text);
	object = json_object_new_string(clean);
	free(clean);
	return object;
}

/* Never empty: of what is, json-c has changed the text. */
static struct json_object *both_arrays(struct json_writer *w, const char *key,
				       unsigned int depth)
{
	struct json_object *array = json_object_new_array();

	json_write_array(w, key);
	for (unsigned int n = 1 + pick(4); n--;)
		json_object_array_add(array, both(w, NULL, depth + 1));
	json_write_end(w);
	return array;
}

static struct json_object *both_objects(struct json_writer *w, const char *key,
					unsigned int depth)
{
	struct json_object *object = json_object_new_object();

	json_write_object(w, key);
	for (unsigned int n = 1 + pick(4); n--;) {
		char name[80];

		snprintf(name, sizeof(name), "%u \"", n);
		json_object_object_add(object, name, both(w, name, depth + 1));
	}
	json_write_end(w);
	return object;
}

static struct json_object *both(struct json_writer *w, const char *key,
				unsigned int depth)
{
	long number = random_number();

	switch (pick(depth < 6 ? 6 : 4)) {
	case 0:
		json_write_number(w, key, number);
		return json_object_new_int64(number);
	case 1:
		json_write_bool(w, key, number & 1);
		return json_object_new_boolean(number & 1);
	case 2:
		json_write_string(w, key, NULL);
		return NULL;
	case 3:
		return both_strings(w, key);
	case 4:
		return both_arrays(w, key, depth);
	default:
		return both_objects(w, key, depth);
	}
}

static void want_text(struct json_object *object, const struct json_writer *w)
{
	char *text = strndup(w->text, w->n);

	want_int(false, w->failed, text);
	want_string(json_object_to_json_string_ext(
			    object, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE),
		    text, NULL);
	free(text);
}

static void the_text_is_that_of_json_c(void **state)
{
	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct json_writer w = { 0 };
		struct json_object *object = both_objects(&w, NULL, 0);

		want_text(object, &w);
		json_object_put(object);
		json_writer_free(&w);
	}
}

static void return_to_a_mark_forgets_what_was_written(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct json_writer w = { 0 };
		struct json_object *object;
		struct json_writer_mark mark;
		char *text;

		json_write_object(&w, NULL);
		if (pick(2))
			json_write_number(&w, "n", 1);
		mark = json_writer_mark(&w);
		json_object_put(both(&w, "gone", 0));
		json_writer_return(&w, mark);
		json_write_number(&w, "m", 2);
		json_write_end(&w);
		text = strndup(w.text, w.n);
		object = json_tokener_parse(text);
		want_int(true, object != NULL, text);
		want_int(false, json_object_object_get_ex(object, "gone", NULL),
			 text);
		free(text);
		want_text(object, &w);
		json_object_put(object);
		json_writer_free(&w);
	}
}

static void what_is_empty_has_a_line_for_its_end(void **state)
{
	struct json_writer w = { 0 };
	char *text;

	(void)state;
	json_write_object(&w, NULL);
	json_write_array(&w, "array");
	json_write_end(&w);
	json_write_end(&w);
	text = strndup(w.text, w.n);
	want_string("{\n  \"array\": [\n  ]\n}", text, NULL);
	free(text);
	json_writer_free(&w);
}

/* json-c would write them as they are. */
static void what_drives_a_terminal_is_escaped(void **state)
{
	static const char value[] = "\x7f"
				    "a\xc2\x9b"
				    "b\xd8\x9c\xe2\x80\xae\xe2\x81\xa6\xc2\xa0";
	struct json_writer w = { 0 };
	struct json_object *object;
	char *text;

	(void)state;
	json_write_array(&w, NULL);
	json_write_string(&w, NULL, value);
	json_write_end(&w);
	text = strndup(w.text, w.n);
	want_string("[\n  \"\\u007fa\\u009bb\\u061c\\u202e\\u2066\xc2\xa0\"\n]",
		    text, NULL);
	object = json_tokener_parse(text);
	want_string(
		value,
		json_object_get_string(json_object_array_get_idx(object, 0)),
		"read back");
	json_object_put(object);
	free(text);
	json_writer_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_that_of_json_c),
		cmocka_unit_test(return_to_a_mark_forgets_what_was_written),
		cmocka_unit_test(what_drives_a_terminal_is_escaped),
		cmocka_unit_test(what_is_empty_has_a_line_for_its_end),
	};

	return cmocka_run_group_tests_name("json_writer", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/ui/report: what it prints is parsed back. JSON is always exactly one
 * object, whatever was told and whichever bytes were in it.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/json_writer.h"
#include "ui/report.h"

/*
 * Let a report print into a file in memory; returns what it printed. *result
 * is what finishing it returned.
 */
static char *print(enum report_format format, void (*tell)(struct report *),
		   int *result)
{
	struct report *r = report_new(format);
	int saved, file = memfd_create("stdout", 0);
	struct error err = { 0 };
	char *text;
	off_t size;

	assert_non_null(r);
	assert_true(file >= 0);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_true(saved >= 0);
	dup2(file, STDOUT_FILENO);
	if (tell)
		tell(r);
	*result = report_finish(r, &err);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	size = lseek(file, 0, SEEK_END);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(size, pread(file, text, (size_t)size, 0));
	close(file);
	report_free(r);
	return text;
}

static char *printed(enum report_format format, void (*tell)(struct report *))
{
	int result;
	char *text = print(format, tell, &result);

	want_int(0, result, text);
	return text;
}

/* Strictly, but for json-c 0.18: where char is signed it takes what is beyond
 * ASCII for control characters (its issues 875 and 892). */
static int how_to_parse(void)
{
	return JSON_TOKENER_VALIDATE_UTF8 |
	       (json_c_version_num() == 0x001200 ? 0 : JSON_TOKENER_STRICT);
}

/* The object, that nothing but a newline follows. */
static struct json_object *parse(char *text)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;
	size_t end;

	assert_non_null(tokener);
	json_tokener_set_flags(tokener, how_to_parse());
	object = json_tokener_parse_ex(tokener, text, (int)strlen(text) + 1);
	want_string("success",
		    json_tokener_error_desc(json_tokener_get_error(tokener)),
		    text);
	want_int(true, json_object_is_type(object, json_type_object), text);
	end = json_tokener_get_parse_end(tokener);
	want_int(0, strspn(text + end, "\n") - strlen(text + end), text);
	json_tokener_free(tokener);
	free(text);
	return object;
}

static struct json_object *parsed(void (*tell)(struct report *))
{
	return parse(printed(REPORT_JSON, tell));
}

/*
 * What stands at a path as "/devices/0/bdf", as JSON; "absent" if nothing.
 * The empty path is the whole object.
 */
static const char *at(void (*tell)(struct report *), const char *path)
{
	static char found[4096];
	struct json_object *object = parsed(tell), *value;

	if (json_pointer_get(object, path, &value))
		snprintf(found, sizeof(found), "absent");
	else
		snprintf(found, sizeof(found), "%s",
			 json_object_to_json_string_ext(
				 value, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return found;
}

static void tell_command(struct report *r)
{
	report_set_command(r, "cap");
}

static void tell_device(struct report *r)
{
	report_device(r, "0000:3b:00.0");
	report_hex(r, "vendor", 0x86, 4);
	report_string(r, "name", "a \"card\"\\/\t\x01~");
	report_string(r, "driver", NULL);
	report_number(r, "iommu_group", 12);
	report_bool(r, "extended", true);
	report_null(r, "numa_node");
	report_enter(r, "tph");
	report_enter_array(r, "modes");
	report_string(r, NULL, "ns");
	report_string(r, NULL, "iv");
	report_leave(r);
	report_enter(r, "table");
	report_number(r, "size", 2048);
	report_leave(r);
	report_leave(r);
	report_number(r, "behind", -1);
	/* Also where a long has 32 bits. */
	report_number(r, "large", UINT32_MAX);
	report_number(r, "last", INT64_MAX);
}

static void tell_two_devices(struct report *r)
{
	report_device(r, "0000:3b:00.0");
	report_number(r, "n", 1);
	report_device(r, "0000:3b:00.1");
	report_number(r, "n", 2);
}

static void tell_error(struct report *r)
{
	struct error err;

	error_set(&err, ERR_NOT_FOUND, ENODEV, "no such device");
	error_hint(&err, "look again");
	report_device(r, "0000:3b:00.0");
	report_error(r, "0000:3b:00.1", &err, NULL);
	report_number(r, "n", 1);
}

static void tell_plain_error(struct report *r)
{
	struct error err;

	error_set(&err, ERR_USAGE, EINVAL, "wrong");
	report_error(r, NULL, &err, NULL);
}

static const struct report_column columns[] = {
	{ .key = "index", .name = "INDEX", .right = true },
	{ .key = "tag", .name = "TAG", .right = true, .hex = true },
	{ .key = "node", .name = "NODE" },
};

static void tell_table(struct report *r)
{
	const struct report_cell row[] = { CELL_OF_NUMBER(0),
					   CELL_OF_NUMBER(0x2a), CELL_OF_NONE };
	const struct report_cell second[] = { CELL_OF_NUMBER(1), CELL_OF_NONE,
					      CELL_OF_TEXT("x") };

	report_device(r, "0000:3b:00.0");
	report_table(r, "entries", columns, 3);
	report_row(r, row);
	report_row(r, second);
	report_table_end(r);
	report_number(r, "behind", 1);
}

static void tell_empty_table(struct report *r)
{
	report_device(r, "0000:3b:00.0");
	report_table(r, "entries", columns, 3);
	report_table_end(r);
}

static void tell_text(struct report *r)
{
	report_heading(r, "%s", "heading");
	report_line(r, "Label", "%d", 5);
}

#define SHAPE(X)                                                               \
	X(report_of_nothing_has_version_1, NULL, "/version", "1")              \
	X(report_of_nothing_has_no_command, NULL, "/command", "null")          \
	X(report_of_nothing_has_an_empty_list_of_devices, NULL, "/devices",    \
	  "[]")                                                                \
	X(report_of_nothing_has_an_empty_list_of_errors, NULL, "/errors",      \
	  "[]")                                                                \
	X(command_is_told, tell_command, "/command", "\"cap\"")                \
	X(device_begins_with_its_address, tell_device, "/devices/0/bdf",       \
	  "\"0000:3b:00.0\"")                                                  \
	X(hexadecimal_number_is_a_string_of_full_width, tell_device,           \
	  "/devices/0/vendor", "\"0x0086\"")                                   \
	X(string_comes_back_as_it_was, tell_device, "/devices/0/name",         \
	  "\"a \\\"card\\\"\\\\/\\t\\u0001~\"")                                \
	X(no_string_is_null, tell_device, "/devices/0/driver", "null")         \
	X(number_is_a_number, tell_device, "/devices/0/iommu_group", "12")     \
	X(truth_is_a_boolean, tell_device, "/devices/0/extended", "true")      \
	X(null_is_null, tell_device, "/devices/0/numa_node", "null")           \
	X(array_keeps_its_order, tell_device, "/devices/0/tph/modes/1",        \
	  "\"iv\"")                                                            \
	X(objects_may_be_nested, tell_device, "/devices/0/tph/table/size",     \
	  "2048")                                                              \
	X(what_is_left_is_not_filled_on, tell_device, "/devices/0/behind",     \
	  "-1")                                                                \
	X(number_may_have_32_bits, tell_device, "/devices/0/large",            \
	  "4294967295")                                                        \
	X(number_may_have_63_bits, tell_device, "/devices/0/last",             \
	  "9223372036854775807")                                               \
	X(first_device_keeps_its_members, tell_two_devices, "/devices/0/n",    \
	  "1")                                                                 \
	X(second_device_has_its_members, tell_two_devices, "/devices/1/n",     \
	  "2")                                                                 \
	X(error_names_the_device, tell_error, "/errors/0/device",              \
	  "\"0000:3b:00.1\"")                                                  \
	X(error_has_the_word_of_its_kind, tell_error, "/errors/0/code",        \
	  "\"not-found\"")                                                     \
	X(error_has_its_exit_status, tell_error, "/errors/0/exit", "3")        \
	X(error_has_its_message, tell_error, "/errors/0/message",              \
	  "\"no such device\"")                                                \
	X(error_has_its_hint, tell_error, "/errors/0/hint", "\"look again\"")  \
	X(error_does_not_end_the_device, tell_error, "/devices/0/n", "1")      \
	X(error_about_no_device_has_null, tell_plain_error,                    \
	  "/errors/0/device", "null")                                          \
	X(error_without_hint_has_null, tell_plain_error, "/errors/0/hint",     \
	  "null")                                                              \
	X(cell_of_a_number_is_a_number, tell_table,                            \
	  "/devices/0/entries/0/index", "0")                                   \
	X(hexadecimal_cell_is_a_number, tell_table,                            \
	  "/devices/0/entries/0/tag", "42")                                    \
	X(empty_cell_is_null, tell_table, "/devices/0/entries/0/node", "null") \
	X(cell_of_text_is_a_string, tell_table, "/devices/0/entries/1/node",   \
	  "\"x\"")                                                             \
	X(table_ends, tell_table, "/devices/0/behind", "1")                    \
	X(empty_table_is_an_empty_array, tell_empty_table,                     \
	  "/devices/0/entries", "[]")                                          \
	X(text_is_not_in_the_object, tell_text, "",                            \
	  "{\"version\":1,\"command\":null,\"devices\":[],\"errors\":[]}")

#define X(name, tell, path, expected)                        \
	static void name(void **state)                       \
	{                                                    \
		(void)state;                                 \
		want_string(expected, at(tell, path), path); \
	}
SHAPE(X)
#undef X

/* Random bytes in every string that can come from outside. */
static uint64_t seed = UNIT_SEED;

static void tell_odd_bytes(struct report *r)
{
	char odd[33] = "";
	struct error err;

	for (size_t i = 0; i + 1 < sizeof(odd); i++)
		odd[i] = (char)(1 + unit_random(&seed) % 255);
	error_set(&err, ERR_USAGE, EINVAL, "%s", odd);
	error_hint(&err, "%s", odd);
	report_set_command(r, odd);
	report_device(r, odd);
	report_string(r, "name", odd);
	report_error(r, odd, &err, NULL);
}

static void odd_bytes_leave_the_object_whole(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++)
		json_object_put(parsed(tell_odd_bytes));
}

static void tell_names(struct report *r)
{
	report_device(r, "x");
	report_string(r, "name", "Ger\xc3\xa4t \xe2\x84\xa2");
	report_string(r, "latin", "Ger\xe4t");
}

static void valid_utf8_stays_in_json_as_it_is(void **state)
{
	(void)state;
	want_string("\"Ger\xc3\xa4t \xe2\x84\xa2\"",
		    at(tell_names, "/devices/0/name"), NULL);
}

static void bytes_that_are_no_utf8_are_replaced_in_json(void **state)
{
	(void)state;
	want_string("\"Ger\xef\xbf\xbdt\"", at(tell_names, "/devices/0/latin"),
		    NULL);
}

static void tell_every_byte(struct report *r)
{
	char every[256];

	for (int i = 1; i < 256; i++)
		every[i - 1] = (char)i;
	every[255] = '\0';
	report_device(r, every);
}

static void every_byte_leaves_the_object_whole(void **state)
{
	(void)state;
	json_object_put(parsed(tell_every_byte));
}

static void tell_2048_rows(struct report *r)
{
	report_device(r, "0000:3b:00.0");
	report_table(r, "entries", columns, 3);
	for (long i = 0; i < 2048; i++) {
		const struct report_cell row[] = { CELL_OF_NUMBER(i),
						   CELL_OF_NUMBER(i + 1),
						   CELL_OF_NONE };

		report_row(r, row);
	}
	report_table_end(r);
}

static void largest_table_is_told_in_full(void **state)
{
	(void)state;
	want_string("2047", at(tell_2048_rows, "/devices/0/entries/2047/index"),
		    NULL);
}

static void tell_document(struct report *r)
{
	struct json_writer document;

	report_document_begin(r, "profile", &document);
	json_write_number(&document, "n", 1);
	tell_two_devices(r);
	report_document(r, &document);
	json_writer_free(&document);
}

/* An array without elements has a line to itself; not so in json-c 0.18. */
static void flatten_empty(char *text)
{
	static const char empty[] = "[\n  ]";
	char *found;

	while (json_c_version_num() >= 0x001200 &&
	       (found = strstr(text, empty))) {
		memmove(found + 1, found + strlen(empty) - 1,
			strlen(found + strlen(empty) - 1) + 1);
	}
}

/*
 * Devices are printed one by one, and it does not show: the text is the one
 * that json-c prints for the whole.
 */
#define WHOLE(X)                                                           \
	X(nothing_is_printed_as_a_whole, NULL)                             \
	X(one_device_is_printed_as_a_whole, tell_device)                   \
	X(two_devices_are_printed_as_a_whole, tell_two_devices)            \
	X(errors_are_printed_as_a_whole, tell_error)                       \
	X(errors_without_devices_are_printed_as_a_whole, tell_plain_error) \
	X(documents_are_printed_as_a_whole, tell_document)

#define X(name, tell)                                                        \
	static void name(void **state)                                       \
	{                                                                    \
		char *text = printed(REPORT_JSON, tell);                     \
		struct json_object *object = json_tokener_parse(text);       \
                                                                             \
		(void)state;                                                 \
		text[strlen(text) - 1] = '\0'; /* the newline */             \
		flatten_empty(text);                                         \
		want_string(json_object_to_json_string_ext(                  \
				    object,                                  \
				    JSON_C_TO_STRING_PRETTY |                \
					    JSON_C_TO_STRING_SPACED |        \
					    JSON_C_TO_STRING_NOSLASHESCAPE), \
			    text, NULL);                                     \
		json_object_put(object);                                     \
		free(text);                                                  \
	}
WHOLE(X)
#undef X

/* Text */

#define TEXT(X)                                   \
	X(text_of_nothing_is_empty, NULL, "")     \
	X(text_has_headings_and_lines, tell_text, \
	  "heading\n    Label:        5\n")       \
	X(text_has_no_members, tell_device, "")   \
	X(text_has_no_errors, tell_error, "")     \
	X(text_has_tables, tell_table,            \
	  "INDEX  TAG NODE\n    0 0x2a -\n    1    - x\n")

#define X(name, tell, expected)                          \
	static void name(void **state)                   \
	{                                                \
		char *text = printed(REPORT_TEXT, tell); \
                                                         \
		(void)state;                             \
		want_string(expected, text, NULL);       \
		free(text);                              \
	}
TEXT(X)
#undef X

/* Finish a report onto a full disk; stdout is put back as it was. */
static int finish_on_full_disk(enum report_format format,
			       void (*tell)(struct report *), struct error *err)
{
	struct report *r = report_new(format);
	int saved, full, result;

	assert_non_null(r);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(saved >= 0 && full >= 0);
	dup2(full, STDOUT_FILENO);
	close(full);
	*err = (struct error){ 0 };
	tell(r);
	result = report_finish(r, err);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	clearerr(stdout);
	report_free(r);
	return result;
}

static void json_onto_a_full_disk_is_enospc(void **state)
{
	struct error err;

	(void)state;
	want_int(-ENOSPC, finish_on_full_disk(REPORT_JSON, tell_device, &err),
		 NULL);
}

static void long_json_onto_a_full_disk_is_enospc(void **state)
{
	struct error err;

	(void)state;
	want_int(-ENOSPC,
		 finish_on_full_disk(REPORT_JSON, tell_2048_rows, &err), NULL);
}

static void text_onto_a_full_disk_is_enospc(void **state)
{
	struct error err;

	(void)state;
	want_int(-ENOSPC, finish_on_full_disk(REPORT_TEXT, tell_text, &err),
		 NULL);
}

static void output_that_fails_is_an_error_of_its_kind(void **state)
{
	struct error err;

	(void)state;
	finish_on_full_disk(REPORT_TEXT, tell_text, &err);
	want_int(ERR_OUTPUT, err.kind, NULL);
}

static void tell_and_finish(struct report *r)
{
	struct error err;

	tell_command(r);
	report_finish(r, &err);
}

static void report_finished_twice_is_printed_once(void **state)
{
	(void)state;
	json_object_put(parsed(tell_and_finish));
}

static void tell_help(struct report *r)
{
	report_as_text(r);
	report_heading(r, "help");
}

static void help_is_text_even_with_json(void **state)
{
	char *text = printed(REPORT_JSON, tell_help);

	(void)state;
	want_string("help\n", text, NULL);
	free(text);
}

/* The nth growth of a text is not to be had. */
static int growths_left = -1, nth_growth;

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
	if (growths_left >= 0 && growths_left-- == 0) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_realloc(memory, size);
}

static void tell_much(struct report *r)
{
	struct json_writer document;

	growths_left = nth_growth;
	report_document_begin(r, "profile", &document);
	report_device(r, "0000:01:00.0");
	report_enter_array(r, "list");
	for (long i = 0; i < 2000; i++) {
		report_enter(r, NULL);
		report_number(r, "inner", i);
		report_leave(r);
	}
	report_leave(r);
	tell_two_devices(r);
	tell_error(r);
	report_document(r, &document);
	json_writer_free(&document);
}

/*
 * What memory is not there for is missing as a whole, and that is an error:
 * what is printed is an object all the same.
 */
static void out_of_memory_anywhere_is_an_error_in_a_whole_object(void **state)
{
	bool ran_out = true;

	(void)state;
	for (nth_growth = 0; ran_out; nth_growth++) {
		int result;
		char *text;

		text = print(REPORT_JSON, tell_much, &result);
		ran_out = growths_left < 0;
		growths_left = -1;
		want_int(ran_out ? -ENOMEM : 0, result, text);
		json_object_put(parse(text));
	}
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		SHAPE(X) WHOLE(X) TEXT(X) X(odd_bytes_leave_the_object_whole) X(
			valid_utf8_stays_in_json_as_it_is)
			X(bytes_that_are_no_utf8_are_replaced_in_json) X(
				every_byte_leaves_the_object_whole) X(largest_table_is_told_in_full)
				X(json_onto_a_full_disk_is_enospc) X(
					long_json_onto_a_full_disk_is_enospc)
					X(text_onto_a_full_disk_is_enospc) X(
						output_that_fails_is_an_error_of_its_kind)
						X(report_finished_twice_is_printed_once)
							X(help_is_text_even_with_json)
								X(out_of_memory_anywhere_is_an_error_in_a_whole_object)
	};
#undef X

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/profile.h"

#include <errno.h>
#include <json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/profile/json_members.h"
#include "core/profile/file.h"
#include "core/tph/map.h"
#include "core/pci/tph_cap.h"
#include "core/base/words.h"
#include "uapi/vfio_pci_tph.h"

/* "off", beside the VFIO_PCI_TPH_MODE_*. */
#define MODE_OFF 0x100u

/* What a walk through the document needs to say where it is. */
struct walk {
	const char *file;
	struct problems *problems;
	char pointer[256]; /* JSON pointer (RFC 6901) of what is looked at */
	size_t untold;	   /* problems for which there was no room */
};

void problems_free(struct problems *problems)
{
	free(problems->list);
	*problems = (struct problems){ 0 };
}

static struct error *new_problem(struct problems *problems)
{
	struct error *larger;

	if (problems->n == PROFILE_MAX_PROBLEMS)
		return NULL;
	larger = reallocarray(problems->list, problems->n + 1,
			      sizeof(*problems->list));
	if (!larger)
		return NULL;
	problems->list = larger;
	problems->list[problems->n] = (struct error){ .kind = ERR_INPUT };
	return &problems->list[problems->n++];
}

static void __attribute__((format(printf, 2, 3)))
complain(struct walk *walk, const char *format, ...)
{
	struct error *err = new_problem(walk->problems);
	char text[512];
	va_list ap;

	if (!err) {
		/* There is at least one: the read fails all the same. */
		walk->untold++;
		return;
	}
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	error_set(err, ERR_INPUT, EINVAL, "%s: %s: %s", walk->file,
		  walk->pointer[0] ? walk->pointer : "the document", text);
}

/* Step down to a member or an element; returns what to give step_up(). */
static size_t __attribute__((format(printf, 2, 3)))
step_down(struct walk *walk, const char *format, ...)
{
	size_t used = strlen(walk->pointer);
	va_list ap;

	va_start(ap, format);
	vsnprintf(walk->pointer + used, sizeof(walk->pointer) - used, format,
		  ap);
	va_end(ap);
	return used;
}

static void step_up(struct walk *walk, size_t used)
{
	walk->pointer[used] = '\0';
}

static bool is_type(struct walk *walk, struct json_object *value,
		    enum json_type type, const char *what)
{
	if (json_object_is_type(value, type))
		return true;
	complain(walk, "must be %s", what);
	return false;
}

/* Complain of members that are not in the list (ended by NULL). */
static void check_members(struct walk *walk, struct json_object *object,
			  const char *const *known)
{
	json_object_object_foreach(object, key, value)
	{
		const char *near;
		size_t up;

		(void)value;
		if (words_contain(known, key))
			continue;
		near = words_nearest(known, key);
		up = step_down(walk, "/%.64s", key);
		if (near)
			complain(walk, "unknown member, did you mean '%s'?",
				 near);
		else
			complain(walk, "unknown member");
		step_up(walk, up);
	}
}

/*
 * A member that is a string. Returns NULL where it is missing or is no
 * string; complains of the latter, and of the former if it is needed.
 */
static const char *get_string(struct walk *walk, struct json_object *object,
			      const char *key, bool needed)
{
	struct json_object *value;
	const char *text = NULL;
	size_t up;

	if (!json_object_object_get_ex(object, key, &value)) {
		if (needed)
			complain(walk, "has no member '%s'", key);
		return NULL;
	}
	up = step_down(walk, "/%s", key);
	if (is_type(walk, value, json_type_string, "a string"))
		text = json_object_get_string(value);
	if (text && strlen(text) != (size_t)json_object_get_string_len(value)) {
		complain(walk, "has a NUL character");
		text = NULL;
	}
	step_up(walk, up);
	return text;
}

/* What the member's word stands for, or fallback. */
static unsigned int get_word(struct walk *walk, struct json_object *object,
			     const char *key, const struct word *words,
			     unsigned int fallback)
{
	const char *text = get_string(walk, object, key, false);
	const struct word *word = text ? word_find(words, text) : NULL;
	char all[128];
	size_t up;

	if (word)
		return word->value;
	if (!text)
		return fallback;
	up = step_down(walk, "/%s", key);
	complain(walk, "'%.32s' is not one of: %s", text,
		 words_join(words, all, sizeof(all)));
	step_up(walk, up);
	return fallback;
}

static void complain_of(struct walk *walk, const char *key,
			const struct error *err)
{
	size_t up = step_down(walk, "/%s", key);

	complain(walk, "%s", err->message);
	step_up(walk, up);
}

static void read_map(struct walk *walk, struct json_object *object,
		     struct profile_device *device)
{
	static const char *const members[] = { "index", "cpus", "comment",
					       NULL };
	struct st_map map = { 0 };
	const char *index, *cpus;
	struct error err;

	if (!is_type(walk, object, json_type_object, "an object"))
		return;
	check_members(walk, object, members);
	get_string(walk, object, "comment", false);
	index = get_string(walk, object, "index", true);
	cpus = get_string(walk, object, "cpus", true);
	/* Each half by itself, so that the pointer names the right one. */
	if (index && st_map_parse_indexes(index, strlen(index), &map, &err)) {
		complain_of(walk, "index", &err);
		index = NULL;
	}
	if (cpus && st_map_parse_cpus(cpus, &map, &err)) {
		complain_of(walk, "cpus", &err);
		cpus = NULL;
	}
	if (!index || !cpus)
		st_map_free(&map);
	else if (st_maps_add(&device->maps, &map))
		complain(walk, "out of memory");
}

static void read_maps(struct walk *walk, struct json_object *object,
		      struct profile_device *device)
{
	struct json_object *maps;
	size_t up, n;

	if (!json_object_object_get_ex(object, "maps", &maps))
		return;
	up = step_down(walk, "/maps");
	n = is_type(walk, maps, json_type_array, "an array")
		    ? json_object_array_length(maps)
		    : 0;
	for (size_t i = 0; i < n; i++) {
		size_t map_up = step_down(walk, "/%zu", i);

		read_map(walk, json_object_array_get_idx(maps, i), device);
		step_up(walk, map_up);
	}
	step_up(walk, up);
}

static void read_follow_irq(struct walk *walk, struct json_object *object,
			    struct profile_device *device)
{
	struct json_object *value;
	size_t up;

	if (!json_object_object_get_ex(object, "follow-irq", &value))
		return;
	up = step_down(walk, "/follow-irq");
	if (is_type(walk, value, json_type_boolean, "true or false") &&
	    json_object_get_boolean(value)) {
		struct error err;

		if (device->maps.n)
			complain(walk, "cannot go together with maps (for a "
				       "part of the table: \"cpus\": \"irq\")");
		else if (st_maps_add_all(&device->maps, "irq", &err))
			complain(walk, "out of memory");
	}
	step_up(walk, up);
}

static void read_selector(struct walk *walk, struct json_object *object,
			  struct profile_device *device)
{
	static const struct word matches[] = { { "one", PROFILE_MATCH_ONE },
					       { "all", PROFILE_MATCH_ALL },
					       { NULL, 0 } };
	const char *name = get_string(walk, object, "device", true);
	struct error err;

	device->match = (enum profile_match)get_word(
		walk, object, "match", matches, PROFILE_MATCH_ONE);
	if (!name)
		return;
	device->name = strdup(name);
	if (!device->name)
		complain(walk, "out of memory");
	else if (selector_parse(device->name, &device->selector, &err))
		complain_of(walk, "device", &err);
	else if (device->selector.kind == SELECT_ALL)
		complain(walk, "device 'all' is too many: name an id");
	else if (device->selector.kind != SELECT_ID &&
		 json_object_object_get_ex(object, "match", NULL))
		complain(walk, "'match' goes with vendor:device only");
	else if (device->selector.kind == SELECT_ID &&
		 !json_object_object_get_ex(object, "match", NULL))
		complain(walk, "vendor:device needs \"match\": \"one\" or "
			       "\"all\"");
}

/* "id": what must be found at the address, lest another card be set up. */
static void read_id(struct walk *walk, struct json_object *object,
		    struct profile_device *device)
{
	const char *text = get_string(walk, object, "id", false);
	struct selector sel;
	struct error err;

	if (!text)
		return;
	if (selector_parse(text, &sel, &err) || sel.kind != SELECT_ID) {
		error_set(&err, ERR_INPUT, EINVAL,
			  "must be vendor:device, as 8086:0b25");
		complain_of(walk, "id", &err);
		return;
	}
	device->has_id = true;
	device->vendor = sel.vendor;
	device->model = sel.device;
}

static void read_lost(struct walk *walk, struct json_object *object,
		      struct profile_device *device)
{
	const char *text = get_string(walk, object, "lost", false);
	struct error err;
	size_t up;

	if (!text)
		return;
	up = step_down(walk, "/lost");
	if (cpulist_parse(text, strlen(text), VFIO_PCI_TPH_MAX_ENTRIES - 1,
			  "index", &device->lost, &err))
		complain(walk, "%s", err.message);
	step_up(walk, up);
}

static void read_device(struct walk *walk, struct json_object *object,
			struct profile_device *device)
{
	static const char *const members[] = { "device",     "id",   "match",
					       "mode",	     "mem",  "maps",
					       "follow-irq", "lost", "comment",
					       NULL };
	static const struct word modes[] = {
		{ "auto", 0 }, TPH_MODE_WORDS, { "off", MODE_OFF }, { NULL, 0 }
	};
	unsigned int mode;

	if (!is_type(walk, object, json_type_object, "an object"))
		return;
	check_members(walk, object, members);
	get_string(walk, object, "comment", false);
	read_selector(walk, object, device);
	read_id(walk, object, device);
	mode = get_word(walk, object, "mode", modes, 0);
	device->off = mode == MODE_OFF;
	device->mode = device->off ? 0 : mode;
	device->mem = (enum tph_mem)get_word(walk, object, "mem", tph_mem_words,
					     TPH_MEM_VOLATILE);
	read_maps(walk, object, device);
	read_follow_irq(walk, object, device);
	read_lost(walk, object, device);
	if (device->maps.n &&
	    (device->off || device->mode == VFIO_PCI_TPH_MODE_NS))
		complain(walk, "mode '%s' has no use for maps",
			 word_name(modes, mode));
}

/* An address that an earlier entry has. */
static void check_once(struct walk *walk, const struct profile_device *devices,
		       size_t at)
{
	const struct selector *sel = &devices[at].selector;

	for (size_t i = 0; devices[at].name && i < at; i++)
		if (devices[i].name && sel->kind == SELECT_BDF &&
		    devices[i].selector.kind == SELECT_BDF &&
		    bdf_equal(&devices[i].selector.bdf, &sel->bdf)) {
			complain(walk, "is the same device as /devices/%zu", i);
			return;
		}
}

static void read_devices(struct walk *walk, struct json_object *root,
			 struct profile *profile)
{
	struct json_object *array;
	size_t up, n;

	if (!json_object_object_get_ex(root, "devices", &array)) {
		complain(walk, "has no member 'devices'");
		return;
	}
	up = step_down(walk, "/devices");
	n = is_type(walk, array, json_type_array, "an array")
		    ? json_object_array_length(array)
		    : 0;
	if (n > PROFILE_MAX_DEVICES) {
		complain(walk, "has %zu elements, more than %d", n,
			 PROFILE_MAX_DEVICES);
		n = 0;
	}
	profile->devices = calloc(n ? n : 1, sizeof(*profile->devices));
	if (!profile->devices) {
		complain(walk, "out of memory");
		n = 0;
	}
	profile->n = n;
	for (size_t i = 0; i < n; i++) {
		size_t device_up = step_down(walk, "/%zu", i);

		read_device(walk, json_object_array_get_idx(array, i),
			    &profile->devices[i]);
		check_once(walk, profile->devices, i);
		step_up(walk, device_up);
	}
	step_up(walk, up);
}

static void read_root(struct walk *walk, struct json_object *root,
		      struct profile *profile)
{
	static const char *const members[] = { "version", "boot", "devices",
					       "comment", NULL };
	struct json_object *version;
	const char *boot;

	if (!is_type(walk, root, json_type_object, "an object"))
		return;
	check_members(walk, root, members);
	get_string(walk, root, "comment", false);
	boot = get_string(walk, root, "boot", false);
	profile->boot = boot ? strdup(boot) : NULL;
	if (!json_object_object_get_ex(root, "version", &version))
		complain(walk, "has no member 'version'");
	else if (!json_object_is_type(version, json_type_int) ||
		 json_object_get_int64(version) != 1)
		complain(walk, "is not of version 1, the only one known");
	read_devices(walk, root, profile);
}

/* json-c keeps the last of members of one name, and says nothing. */
static struct json_object *each_once(const char *file, const char *text,
				     size_t length, struct json_object *root,
				     struct problems *problems)
{
	struct error *err;

	if (json_members_written(text, length) == json_members_kept(root))
		return root;
	json_object_put(root);
	err = new_problem(problems);
	if (err && errno == ENOMEM) /* that, too, json-c passes over */
		error_system(err, ENOMEM, "cannot read %s", file);
	else if (err)
		error_set(err, ERR_INPUT, EINVAL,
			  "%s: an object has two members of the same name",
			  file);
	return NULL;
}

/* Parse the text; an error of syntax is told with line and column. */
static struct json_object *parse(const char *file, const char *text,
				 size_t length, struct problems *problems)
{
	struct json_tokener *tokener = json_tokener_new_ex(PROFILE_MAX_DEPTH);
	struct json_object *root = NULL;
	enum json_tokener_error error;
	size_t line = 1, column = 1, end;
	struct error *err;

	if (tokener) {
		json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
		errno = 0;
		/* The NUL at its end tells it that no more is to come. */
		root = json_tokener_parse_ex(tokener, text, (int)length + 1);
		error = json_tokener_get_error(tokener);
		end = json_tokener_get_parse_end(tokener);
		json_tokener_free(tokener);
		if (error == json_tokener_success && end < length) {
			/* Something stands behind the document. */
			end += strspn(text + end, " \t\r\n");
			if (end == length)
				return each_once(file, text, length, root,
						 problems);
			error = json_tokener_error_parse_unexpected;
		} else if (error == json_tokener_success) {
			return each_once(file, text, length, root, problems);
		}
		json_object_put(root);
		for (size_t i = 0; i < end && i < length; i++) {
			column = text[i] == '\n' ? 1 : column + 1;
			line += text[i] == '\n';
		}
		err = new_problem(problems);
		if (err)
			error_set(err, ERR_INPUT, EINVAL, "%s:%zu:%zu: %s",
				  file, line, column,
				  json_tokener_error_desc(error));
		return NULL;
	}
	err = new_problem(problems);
	if (err)
		error_system(err, ENOMEM, "cannot read %s", file);
	return NULL;
}

int profile_parse(const char *file, const char *text, size_t length,
		  struct profile *profile, struct problems *problems)
{
	struct walk walk = { .file = file, .problems = problems };
	struct json_object *root;

	*profile = (struct profile){ 0 };
	*problems = (struct problems){ 0 };
	root = parse(file, text, length, problems);
	if (!root && problems->n == 0)
		complain(&walk, "must be an object"); /* the document null */
	else if (root)
		read_root(&walk, root, profile);
	json_object_put(root);
	if (problems->n == 0)
		return 0;
	if (walk.untold)
		error_append(&problems->list[problems->n - 1],
			     " (and %zu more problems)", walk.untold);
	profile_free(profile);
	return -EINVAL;
}

int profile_read(const char *path, enum profile_trust trust,
		 struct profile *profile, struct problems *problems)
{
	_cleanup_free_ char *text = NULL;
	struct error err, *problem;
	size_t length = 0;

	*profile = (struct profile){ 0 };
	*problems = (struct problems){ 0 };
	text = profile_file_read(path, trust, PROFILE_MAX_SIZE, &length, &err);
	if (text)
		return profile_parse(strcmp(path, "-") == 0 ? "standard input"
							    : path,
				     text, length, profile, problems);
	problem = new_problem(problems);
	if (problem)
		*problem = err;
	return -EINVAL;
}

void profile_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->n; i++) {
		struct profile_device *device = &profile->devices[i];

		st_maps_free(&device->maps);
		cpulist_free(&device->lost);
		free(device->name);
	}
	free(profile->devices);
	free(profile->boot);
	*profile = (struct profile){ 0 };
}

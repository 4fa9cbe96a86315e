/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Did every member of a JSON text survive its parsing? RFC 8259 leaves open
 * what becomes of two of one name; json-c keeps the last without a word. So
 * they are counted, before and after.
 */
#ifndef CORE_PROFILE_JSON_MEMBERS_H
#define CORE_PROFILE_JSON_MEMBERS_H

#include <stddef.h>

struct json_object;

/* Members of all objects in a text of that length, which is valid JSON. */
size_t json_members_written(const char *text, size_t length);

/* Members of all objects in what was made of it. */
size_t json_members_kept(struct json_object *value);

#endif

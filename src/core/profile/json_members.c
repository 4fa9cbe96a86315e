/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/json_members.h"

#include <json.h>
#include <stdbool.h>

/* A member has one colon, and outside of strings nothing else has. */
size_t json_members_written(const char *text, size_t length)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted && text[i] == '\\')
			i++; /* what is escaped ends no string */
		else if (!quoted && text[i] == ':')
			n++;
	}
	return n;
}

/* As deep as the parser lets it be. */
size_t json_members_kept(struct json_object *value)
{
	size_t n = 0;

	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			n += json_members_kept(
				json_object_array_get_idx(value, i));
	} else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, key, member)
		{
			(void)key;
			n += 1 + json_members_kept(member);
		}
	}
	return n;
}

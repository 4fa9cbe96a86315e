/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/kernel_cmdline.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"

/* A word of the line without its quotes, in memory of the line's length. */
static bool next_word(const char **rest, char *word)
{
	const char *at = *rest;
	bool quoted = false;
	char *to = word;

	while (isspace((unsigned char)*at))
		at++;
	if (!*at)
		return false;
	for (; *at && (quoted || !isspace((unsigned char)*at)); at++) {
		if (*at == '"')
			quoted = !quoted;
		else
			*to++ = *at;
	}
	*to = '\0';
	*rest = at;
	return strcmp(word, "--") != 0;
}

/* Behind "name=", at the end of "name", or NULL. */
static const char *value_of(const char *word, const char *name)
{
	for (; *name; word++, name++)
		if (*word != *name && !(*word == '-' && *name == '_') &&
		    !(*word == '_' && *name == '-'))
			return NULL;
	if (*word == '=')
		return word + 1;
	return *word ? NULL : word;
}

bool kernel_cmdline_value(const char *line, const char *name, char *value,
			  size_t size)
{
	_cleanup_free_ char *word = malloc(strlen(line) + 1);
	bool found = false;

	value[0] = '\0';
	while (word && next_word(&line, word)) {
		const char *its = value_of(word, name);

		if (!its)
			continue;
		snprintf(value, size, "%s", its);
		found = true;
	}
	return found;
}

bool kernel_cmdline_has(const char *line, const char *name, const char *option)
{
	_cleanup_free_ char *word = malloc(strlen(line) + 1);

	while (word && next_word(&line, word)) {
		const char *its = value_of(word, name);
		char *one, *rest = word + (its ? its - word : 0);

		while (its && (one = strsep(&rest, ",")))
			if (strcmp(one, option) == 0)
				return true;
	}
	return false;
}

bool kernel_cmdline_notph(void)
{
	_cleanup_free_ char *line = sysfs_read_all("/proc/cmdline");

	return line && kernel_cmdline_has(line, "pci", "notph");
}

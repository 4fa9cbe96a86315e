/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete/line.h"

#include <string.h>

/* The i-th option that can be given there, NULL behind the last. */
static const struct option_def *option_at(const struct line *line, size_t i)
{
	const struct option_def *const *own =
		line->command ? line->command->options : NULL;
	size_t n = 0;

	while (own && own[n])
		if (n++ == i)
			return own[i];
	return global_options[i - n];
}

/* By its name, or by the beginning of it, as getopt_long takes it. */
static const struct option_def *find_long(const struct line *line,
					  const char *name, size_t length)
{
	const struct option_def *def, *found = NULL;

	for (size_t i = 0; (def = option_at(line, i)); i++) {
		if (strncmp(def->name, name, length) != 0)
			continue;
		if (strlen(def->name) == length)
			return def;
		found = def;
	}
	return found;
}

static const struct option_def *find_short(const struct line *line, char letter)
{
	const struct option_def *def;

	for (size_t i = 0; (def = option_at(line, i)); i++)
		if (def->letter == letter)
			return def;
	return NULL;
}

static void remember(struct line *line, const struct option_def *def)
{
	if (def && line->n_seen < OPTIONS_MAX)
		line->seen[line->n_seen++] = def;
}

/*
 * The options of a word that begins with "-". Returns the one that takes an
 * argument, with *value at the argument if it is in the same word.
 */
static const struct option_def *
read_options(struct line *line, const char *word, const char **value)
{
	const struct option_def *def;

	*value = NULL;
	if (word[1] == '-') {
		size_t length = strcspn(word + 2, "=");

		def = find_long(line, word + 2, length);
		remember(line, def);
		if (word[2 + length])
			*value = word + 2 + length + 1;
		return def && def->argument ? def : NULL;
	}
	for (const char *letter = word + 1; *letter; letter++) {
		def = find_short(line, *letter);
		remember(line, def);
		if (def && def->argument) {
			if (letter[1])
				*value = letter + 1;
			return def;
		}
	}
	return NULL;
}

static void read_word(struct line *line, char *word, bool *unknown)
{
	if (line->command)
		line->words[line->n_words++] = word;
	else if (!(line->command = command_find(word)))
		*unknown = true;
}

/* Where is the last word, behind options and words that are complete? */
static void find_place(struct line *line, const char *last, bool only_words)
{
	struct line before = *line;
	const char *value = NULL;

	line->place = line->command ? AT_WORD : AT_COMMAND;
	if (only_words || *last != '-')
		return;
	line->place = AT_OPTION;
	line->option = read_options(&before, last, &value);
	if (value) {
		line->place = AT_VALUE;
		line->lead = (size_t)(value - last);
	}
}

void line_read(struct line *line, int n, char **words)
{
	bool only_words = false, unknown = false;
	const struct option_def *pending = NULL;

	*line = (struct line){ .words = words };
	for (int i = 0; i < n - 1; i++) {
		const char *value;

		if (pending) {
			pending = NULL;
		} else if (only_words || words[i][0] != '-' || !words[i][1]) {
			read_word(line, words[i], &unknown);
		} else if (strcmp(words[i], "--") != 0) {
			pending = read_options(line, words[i], &value);
			if (value)
				pending = NULL;
		} else if (line->command && line->command->takes_program) {
			line->place = AT_PROGRAM;
			return;
		} else {
			only_words = true;
		}
	}
	if (pending || unknown) {
		line->place = AT_VALUE;
		line->option = unknown ? NULL : pending;
		return;
	}
	find_place(line, words[n - 1], only_words);
}

bool line_has(const struct line *line, const struct option_def *def)
{
	for (size_t i = 0; i < line->n_seen; i++)
		if (line->seen[i] == def)
			return true;
	return false;
}

bool line_forbids(const struct line *line, const struct option_def *def)
{
	for (size_t i = 0; i < line->n_seen; i++)
		if (options_exclude(line->seen[i], def))
			return true;
	return line_has(line, def);
}

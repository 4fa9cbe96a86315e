/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An unfinished command line, taken apart as far as it goes. */
#ifndef COMPLETE_LINE_H
#define COMPLETE_LINE_H

#include "cli/command.h"
#include "cli/options.h"

struct line {
	enum {
		AT_COMMAND,
		AT_OPTION,
		AT_VALUE,   /* of an option that takes one */
		AT_WORD,    /* an argument of the command */
		AT_PROGRAM, /* behind the "--" of run */
	} place;
	const struct command *command;	 /* NULL: not there, or not known */
	const struct option_def *option; /* AT_VALUE: whose, or NULL */
	size_t lead; /* length of what stands before the value */
	/* What was given before. */
	const struct option_def *seen[OPTIONS_MAX];
	size_t n_seen;
	char **words; /* arguments of the command */
	int n_words;
};

/*
 * Take apart n words, of which the last, perhaps empty, is the one to be
 * completed. The array is used for line->words.
 */
void line_read(struct line *line, int n, char **words);

/* Was the option given, or one that excludes it? */
bool line_forbids(const struct line *line, const struct option_def *def);

/* Was the option given? */
bool line_has(const struct line *line, const struct option_def *def);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete/complete.h"

#include <stdio.h>
#include <string.h>

#include "complete/functions.h"
#include "complete/line.h"
#include "complete/values.h"
#include "core/tph/map.h"

static void offer_commands(struct offers *o)
{
	for (const struct command *const *at = commands; *at; at++)
		offer(o, (*at)->name, (*at)->summary, false);
}

static void offer_option(struct offers *o, const struct line *line,
			 const struct option_def *def)
{
	char text[64];

	if (line_forbids(line, def) ||
	    (line->command && line->command->without & def->common))
		return;
	snprintf(text, sizeof(text), "--%s", def->name);
	offer(o, text, def->help, false);
}

static void offer_options(struct offers *o, const struct line *line)
{
	const struct option_def *const *own =
		line->command ? line->command->options : NULL;

	for (; own && *own; own++)
		offer_option(o, line, *own);
	for (own = global_options; *own; own++)
		offer_option(o, line, *own);
}

static void offer_value(struct offers *o, const struct line *line)
{
	const struct option_def *def = line->option;

	if (!def)
		return;
	if (def->words) {
		offer_words(o, def->words);
		return;
	}
	switch (def->value) {
	case VALUE_CPUS:
		offer_cpus(o, CPU_CHOICE_ALONE);
		break;
	case VALUE_COLUMNS:
		offer_columns(o, line->command->columns,
			      line->command->n_columns);
		break;
	case VALUE_FILE:
		offer_files(NULL);
		break;
	case VALUE_DIRECTORY:
		offer_directories();
		break;
	case VALUE_OTHER:
		break;
	}
}

static void offer_devices_and_maps(struct offers *o, const struct line *line)
{
	const struct command *command = line->command;
	bool maps = false;

	for (int i = 0; i < line->n_words; i++)
		maps |= st_map_split(line->words[i]) != NULL;
	if (!maps && !st_map_split(o->typed) &&
	    !(command->takes_program && line->n_words) &&
	    !line_has(line, &option_from))
		offer_functions(o, line);
	if (command->takes & TAKES_MAPS && line->n_words &&
	    !line_has(line, &option_cpus) &&
	    !line_has(line, &option_follow_irq))
		offer_map(o);
	if (command->takes_program && line->n_words && !*o->typed)
		offer(o, "--", "the program to run", false);
}

static void offer_arguments(struct offers *o, const struct line *line)
{
	unsigned int takes = line->command->takes;

	if (takes & (TAKES_FUNCTIONS | TAKES_VFIO))
		offer_devices_and_maps(o, line);
	else if (takes & TAKES_PROFILE && line->n_words == 0)
		offer_files("json");
	else if (takes & TAKES_COMMAND && line->n_words == 0)
		offer_commands(o);
}

int complete(int argc, char **argv)
{
	struct offers o = { 0 };
	struct line line;

	if (argc < 3)
		return STATUS_USAGE;
	line_read(&line, argc - 2, argv + 2);
	o.typed = argv[argc - 1];
	o.lead = line.lead;
	o.describe = strcmp(argv[1], "bash") != 0;
	switch (line.place) {
	case AT_COMMAND:
		offer_commands(&o);
		break;
	case AT_OPTION:
		offer_options(&o, &line);
		break;
	case AT_VALUE:
		offer_value(&o, &line);
		break;
	case AT_WORD:
		offer_arguments(&o, &line);
		break;
	case AT_PROGRAM:
		offer_program();
		break;
	}
	offer_end(&o);
	return fflush(stdout) ? STATUS_FAILED : STATUS_OK;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of commands. */
#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "core/base/words.h"

const struct command *const commands[] = {
	&cmd_list,   &cmd_status, &cmd_cap,  &cmd_enable,  &cmd_disable,
	&cmd_get_st, &cmd_set_st, &cmd_run,  &cmd_save,	   &cmd_apply,
	&cmd_verify, &cmd_undo,	  &cmd_dump, &cmd_metrics, &cmd_watch,
	&cmd_doctor, &cmd_iommu,  &cmd_help, NULL
};

const struct command *command_find(const char *name)
{
	for (const struct command *const *at = commands; *at; at++)
		if (strcmp((*at)->name, name) == 0)
			return *at;
	return NULL;
}

const struct command *command_need(const char *name, struct error *err)
{
	const struct command *command = command_find(name);
	struct nearest nearest = { .written = name };

	if (command)
		return command;
	error_set(err, ERR_USAGE, EINVAL, "unknown command '%.64s'", name);
	for (const struct command *const *at = commands; *at; at++)
		nearest_try(&nearest, (*at)->name);
	if (nearest.word)
		error_hint(err,
			   "did you mean '%s'? vfio-tph --help lists the "
			   "commands",
			   nearest.word);
	else
		error_hint(err, "vfio-tph --help lists the commands");
	return NULL;
}

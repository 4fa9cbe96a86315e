/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of commands. */
#include <string.h>

#include "cli/command.h"

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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help: open the manual page of a command. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/usage.h"

static const struct option_def *const options[] = { NULL };

/* Become man(1): it knows where pages are and how they are shown. */
static int open_page(const struct command *command, struct error *err)
{
	char page[64];

	snprintf(page, sizeof(page), "vfio-tph-%s", command->name);
	/* As it was before main() made it ours. */
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execlp("man", "man", "8", page, (char *)NULL);
	error_system(err, errno, "cannot run man to show %s(8)", page);
	err->kind = ERR_SYSTEM;
	error_hint(err, "vfio-tph %s --help shows the options", command->name);
	return -err->number;
}

static int run(struct invocation *inv, struct error *err)
{
	const struct command *command;

	if (inv->n_words > 1)
		return error_set(err, ERR_USAGE, EINVAL,
				 "help takes one command");
	if (inv->settings.json)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--json and help cannot go together");
	if (inv->n_words == 0) {
		usage_print(NULL);
		return 0;
	}
	command = command_find(inv->words[0]);
	if (command)
		return open_page(command, err);
	error_set(err, ERR_USAGE, EINVAL, "unknown command '%.64s'",
		  inv->words[0]);
	error_hint(err, "vfio-tph help lists the commands");
	return -EINVAL;
}

const struct command cmd_help = {
	.name = "help",
	.words = "[COMMAND]",
	.summary = "Open the manual page of a command",
	.options = options,
	.takes = TAKES_COMMAND,
	.run = run,
};

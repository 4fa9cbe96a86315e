/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help: open the manual page of a command. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/usage.h"
#include "core/base/cleanup.h"
#include "ui/message.h"

static const struct option_def *const options[] = { NULL };

/* Does man(1) find the page? It says so without opening it. */
static bool has_page(char *page)
{
	static char man[] = "man", where[] = "-w", section[] = "8";
	char *argv[] = { man, where, section, page, NULL };
	_cleanup_(posix_spawn_file_actions_destroy)
		posix_spawn_file_actions_t actions;
	int status = 1;
	pid_t pid;

	if (posix_spawn_file_actions_init(&actions))
		return false;
	for (int fd = 0; fd <= 2; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null",
						 O_RDWR, 0);
	if (posix_spawnp(&pid, man, &actions, NULL, argv, environ))
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}

/* Become man(1): it knows where pages are and how they are shown. */
static int open_page(const struct command *command, struct error *err)
{
	char page[64];

	snprintf(page, sizeof(page), "vfio-tph-%s", command->name);
	if (!has_page(page)) {
		message_note(NULL, "the manual page %s(8) is not installed",
			     page);
		usage_print(command);
		return 0;
	}
	/* As it was before main() made it ours. */
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	execlp("man", "man", "8", page, (char *)NULL);
	error_system(err, errno, "cannot run man to show %s(8)", page);
	err->kind = ERR_SYSTEM;
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
	command = command_need(inv->words[0], err);
	return command ? open_page(command, err) : -EINVAL;
}

const struct command cmd_help = {
	.name = "help",
	.executes = true,
	.examples = "  vfio-tph help\n"
		    "  vfio-tph help set-st\n",
	.without = COMMON_JSON | COMMON_DRY_RUN,
	.words = "[COMMAND]",
	.summary = "Open the manual page of a command",
	.options = options,
	.takes = TAKES_COMMAND,
	.run = run,
};

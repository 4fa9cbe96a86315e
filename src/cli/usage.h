/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --help: made of the table of commands and of their options. */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

struct command;

/* Print the usage of a command, or of the program where it is NULL. */
void usage_print(const struct command *command);

#endif

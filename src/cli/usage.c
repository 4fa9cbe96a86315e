/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/usage.h"

#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"

static bool takes(const struct command *command, const struct option_def *def)
{
	for (const struct option_def *const *own = command->options; *own;
	     own++)
		if (*own == def)
			return true;
	return false;
}

static void print_words(const struct command *command)
{
	bool mode = takes(command, &option_mode);
	bool map = command->takes & TAKES_MAPS;

	if (mode || map)
		putchar('\n');
	if (mode)
		puts("MODE is ns (no steering tags), iv (the entry of the "
		     "interrupt vector),\nds (the device chooses the entry) or "
		     "auto: iv if the device has it, else ds.");
	if (map)
		puts("MAP is INDEXES=CPUS, as 0-7=8-15 or all=local: which "
		     "entries get the tags\nof which CPUs.");
}

static void print_command(const struct command *command)
{
	printf("Usage: vfio-tph %s [OPTIONS] %s\n\n%s.\n", command->name,
	       command->words, command->summary);
	options_print(stdout, command->options, command->without);
	print_words(command);
	printf("\nExamples:\n%s\nvfio-tph help %s opens the manual page, "
	       "vfio-tph-%s(8).\n",
	       command->examples, command->name, command->name);
}

void usage_print(const struct command *command)
{
	if (command) {
		print_command(command);
		return;
	}
	puts("Usage: vfio-tph [OPTIONS] COMMAND [OPTIONS] DEVICE... [ARGS]\n\n"
	     "Administer PCIe TPH steering tags of devices under VFIO.\n\n"
	     "Commands:");
	for (const struct command *const *at = commands; *at; at++)
		printf("  %-10s %s\n", (*at)->name, (*at)->summary);
	options_print(stdout, NULL, 0);
	puts("\nA device is 0000:3b:00.0, 3b:00.0, 00:03.0/00.0 (through a "
	     "bridge), a path below\n/sys/bus/pci/devices, "
	     "/dev/vfio/devices/vfioN, or, for commands that only read,\n"
	     "8086:0b25 (vendor:device) or all.\n\n"
	     "Examples:\n"
	     "  vfio-tph list\n"
	     "  vfio-tph doctor 3b:00.0\n\n"
	     "vfio-tph COMMAND --help tells more, vfio-tph help COMMAND opens "
	     "its manual page;\nsee vfio-tph(8).");
}

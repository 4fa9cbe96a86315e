/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/usage.h"

#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"

static void print_command(const struct command *command)
{
	printf("Usage: vfio-tph %s [OPTIONS] %s\n\n%s.\n\nOptions:\n",
	       command->name, command->words, command->summary);
	options_print(stdout, command->options);
	printf("\nvfio-tph help %s opens the manual page, "
	       "vfio-tph-%s(8).\n",
	       command->name, command->name);
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
	puts("\nOptions:");
	options_print(stdout, NULL);
	puts("\nA device is 0000:3b:00.0, 3b:00.0, 00:03.0/00.0 (through a "
	     "bridge), a path below\n/sys/bus/pci/devices, "
	     "/dev/vfio/devices/vfioN, or, for commands that only read,\n"
	     "8086:0b25 (vendor:device) or all.\n\n"
	     "vfio-tph COMMAND --help tells more, vfio-tph help COMMAND opens "
	     "its manual page;\nsee vfio-tph(8).");
}

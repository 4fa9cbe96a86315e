// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stands for a program of another architecture where tests call it by name:
 * runs what is called the same in the directory PROGRAMS under EMULATOR. Built
 * statically, so that a library of the other architecture in LD_PRELOAD is
 * none of its business.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char **arguments = calloc((size_t)argc + 4, sizeof(*arguments));
	const char *slash = strrchr(argv[0], '/');
	char path[4096];

	if (!arguments)
		err(1, NULL);
	snprintf(path, sizeof(path), "%s/%s", PROGRAMS,
		 slash ? slash + 1 : argv[0]);
	/* A copy of the emulator by that name, so that ps shows it, too. */
	arguments[0] = argv[0];
	arguments[1] = (char *)"-0";
	arguments[2] = argv[0];
	arguments[3] = path;
	memcpy(arguments + 4, argv + 1, (size_t)argc * sizeof(*argv));
	execv(EMULATOR, arguments);
	err(127, "%s", EMULATOR);
}

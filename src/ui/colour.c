/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* https://no-color.org: set, and not empty. */
bool colour_wanted(void)
{
	const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(refused && refused[0]) && terminal &&
	       strcmp(terminal, "dumb") != 0;
}

const char *colour_on(enum colour colour)
{
	static const char *const codes[] = {
		[COLOUR_OK] = "\033[32m",
		[COLOUR_WARNING] = "\033[33m",
		[COLOUR_FAILURE] = "\033[1;31m",
	};

	return colour_wanted() ? codes[colour] : "";
}

const char *colour_off(void)
{
	return colour_wanted() ? "\033[0m" : "";
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Colours, if standard output is a terminal that has them. */
#ifndef UI_COLOUR_H
#define UI_COLOUR_H

#include <stdbool.h>

enum colour {
	COLOUR_OK,
	COLOUR_WARNING,
	COLOUR_FAILURE,
};

/*
 * Is standard output a terminal with colours? No if NO_COLOR is set, or TERM
 * is dumb.
 */
bool colour_wanted(void);

/*
 * What switches a colour on, and off again; "" unless colours are wanted.
 */
const char *colour_on(enum colour colour);
const char *colour_off(void);

#endif

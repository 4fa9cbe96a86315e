/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from outside, read step by step: a number that does not fit is refused
 * and never wrapped, and neither sign nor blank is skipped.
 */
#ifndef CORE_BASE_TEXT_H
#define CORE_BASE_TEXT_H

#include <stdbool.h>

/* What of text follows word, or NULL where it does not begin with it. */
const char *text_after(const char *text, const char *word);

/* Step *p over a word. False, and *p where it was, where it is not there. */
bool text_take(const char **p, const char *word);

/*
 * Read a decimal number at *p, 0-999999999, and step over it. False where
 * there is none, or where it has more than nine digits.
 */
bool text_take_number(const char **p, unsigned int *value);

/* The same of a hexadecimal number with 0x before it, 0x0-0xffffffff. */
bool text_take_hex(const char **p, unsigned int *value);

/* The decimal number that the whole text is; -1 where it is none. */
int text_number(const char *text);

/* Whatever would break a line, or drive a terminal, becomes a question mark. */
void text_keep_one_line(char *text);

#endif

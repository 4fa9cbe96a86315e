/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/text.h"

#include <string.h>

#include "core/base/utf8.h"

const char *text_after(const char *text, const char *word)
{
	size_t length = strlen(word);

	return strncmp(text, word, length) == 0 ? text + length : NULL;
}

bool text_take(const char **p, const char *word)
{
	const char *rest = text_after(*p, word);

	if (rest)
		*p = rest;
	return rest;
}

static bool take(const char **p, const char *digits, size_t most,
		 unsigned int *value)
{
	unsigned int base = (unsigned int)strlen(digits);
	size_t n = strspn(*p, digits);

	if (n == 0 || n > most)
		return false;
	for (*value = 0; n--; (*p)++)
		*value = *value * base +
			 (unsigned int)(strchr(digits, **p) - digits);
	return true;
}

bool text_take_number(const char **p, unsigned int *value)
{
	return take(p, "0123456789", 9, value);
}

bool text_take_hex(const char **p, unsigned int *value)
{
	return text_take(p, "0x") && take(p, "0123456789abcdef", 8, value);
}

int text_number(const char *text)
{
	unsigned int value;

	return text_take_number(&text, &value) && !*text ? (int)value : -1;
}

/* A byte that is no character may be a control character of another charset. */
void text_keep_one_line(char *text)
{
	while (*text) {
		size_t length =
			(unsigned char)*text < 0x80 ? 1 : utf8_length(text);
		unsigned char c = (unsigned char)*text;

		if (length ? utf8_is_control(text, length)
			   : c >= 0x80 && c <= 0x9f)
			memset(text, '?', length ? length : 1);
		text += length ? length : 1;
	}
}

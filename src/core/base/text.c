/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/text.h"

#include <string.h>

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

/* 0xc2 0x80 to 0xc2 0x9f are the control characters of UTF-8. */
void text_keep_one_line(char *text)
{
	for (unsigned char *s = (unsigned char *)text; *s; s++) {
		if (*s < ' ' || *s == 0x7f)
			*s = '?';
		else if (*s == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f)
			s[0] = s[1] = '?';
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/utf8.h"

#include <stdlib.h>
#include <string.h>

static bool continues(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/*
 * What the first byte announces, and, with the second, whether it would be
 * too long a form, a surrogate, or beyond the last character.
 */
static size_t announced(const unsigned char *s)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		return 2;
	if (s[0] >= 0xe0 && s[0] <= 0xef)
		return (s[0] == 0xe0 && s[1] < 0xa0) ||
				       (s[0] == 0xed && s[1] > 0x9f)
			       ? 0
			       : 3;
	if (s[0] >= 0xf0 && s[0] <= 0xf4)
		return (s[0] == 0xf0 && s[1] < 0x90) ||
				       (s[0] == 0xf4 && s[1] > 0x8f)
			       ? 0
			       : 4;
	return 0;
}

size_t utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t length = announced(s);

	/* The NUL at the end continues nothing: no read goes beyond it. */
	for (size_t i = 1; i < length; i++)
		if (!continues(s[i]))
			return 0;
	return length;
}

bool utf8_is_control(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text;

	switch (length) {
	case 1:
		return s[0] < ' ' || s[0] == 0x7f;
	case 2: /* U+0080 to U+009F, U+061C */
		return (s[0] == 0xc2 && s[1] <= 0x9f) ||
		       (s[0] == 0xd8 && s[1] == 0x9c);
	case 3: /* U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 */
		return s[0] == 0xe2 &&
		       ((s[1] == 0x80 && ((s[2] >= 0x8e && s[2] <= 0x8f) ||
					  (s[2] >= 0xaa && s[2] <= 0xae))) ||
			(s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9));
	default:
		return false;
	}
}

bool utf8_valid(const char *text)
{
	while (*text) {
		/* Nearly everything is ASCII: no call for each byte of it. */
		size_t length =
			(unsigned char)*text < 0x80 ? 1 : utf8_length(text);

		if (!length)
			return false;
		text += length;
	}
	return true;
}

char *utf8_clean(const char *text)
{
	char *clean = malloc(strlen(text) * strlen(UTF8_REPLACEMENT) + 1);
	char *to = clean;

	while (clean && *text) {
		size_t length = utf8_length(text);
		const char *from = length ? text : UTF8_REPLACEMENT;
		size_t n = length ? length : strlen(UTF8_REPLACEMENT);

		memcpy(to, from, n);
		to += n;
		text += length ? length : 1;
	}
	if (clean)
		*to = '\0';
	return clean;
}

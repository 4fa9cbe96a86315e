/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/clean.h"

#include <errno.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "ui/colour.h"

/* Bytes that go out as they are: a newline, or "\033[1;31m", or none. */
static size_t own_length(const char *text)
{
	size_t n;

	if (*text == '\n')
		return 1;
	if (strncmp(text, "\033[", 2) != 0 || !colour_wanted())
		return 0;
	n = 2 + strspn(text + 2, "0123456789;");
	return text[n] == 'm' ? n + 1 : 0;
}

int clean_vprintf(FILE *out, const char *format, va_list ap)
{
	_cleanup_free_ char *text = NULL;

	if (vasprintf(&text, format, ap) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	for (char *p = text; *p;) {
		size_t own = own_length(p), n = own;
		char after;

		/* Up to what may be our own; an escape that is not is text. */
		if (!own)
			n = 1 + strcspn(p + 1, "\n\033");
		after = p[n];
		p[n] = '\0';
		if (!own)
			text_keep_one_line(p);
		fwrite(p, 1, n, out);
		p[n] = after;
		p += n;
	}
	return 0;
}

int clean_printf(FILE *out, const char *format, ...)
{
	va_list ap;
	int r;

	va_start(ap, format);
	r = clean_vprintf(out, format, ap);
	va_end(ap);
	return r;
}

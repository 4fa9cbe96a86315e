/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/watch_log.h"
#include "ui/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void watch_log(enum watch_level level, const char *address, const char *format,
	       ...)
{
	va_list ap;

	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>", (int)level);
	fputs("vfio-tph: ", stderr);
	if (address)
		fprintf(stderr, "%s: ", address);
	va_start(ap, format);
	clean_vprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

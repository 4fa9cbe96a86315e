/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text as people read it, on stdout and stderr, goes out here. Names come from
 * devices, dumps and other users' processes: no character of them drives the
 * terminal.
 */
#ifndef UI_CLEAN_H
#define UI_CLEAN_H

#include <stdarg.h>
#include <stdio.h>

/*
 * As vfprintf(3) and fprintf(3), but a control character other than a newline
 * becomes question marks. The program's own colours pass where colour_wanted().
 * Returns 0, or -errno with nothing written.
 */
int clean_vprintf(FILE *out, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
int clean_printf(FILE *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

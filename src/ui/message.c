/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/message.h"
#include "core/base/compat.h"
#include "ui/clean.h"

#include <errno.h>
#include <numa.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_quiet;

/*
 * What libnuma calls when something fails, instead of printing by itself;
 * it is so documented in numa(3). The program exports them, so that a libnuma
 * which is loaded later calls them, too. What the program asks it for is looked
 * at where it asks. Only when memory is out libnuma ends the program, and that
 * shall not be without a word.
 */
void numa_error(char *where)
{
	(void)where;
	if (errno == ENOMEM)
		fputs("vfio-tph: cannot load libnuma: out of memory\n", stderr);
}

void numa_warn(int num, char *fmt, ...)
{
	(void)num;
	(void)fmt;
}

void message_set_quiet(bool quiet)
{
	is_quiet = quiet;
}

/* What was told so far stands before what is said of it. */
static void begin(const char *device)
{
	fflush(stdout);
	fputs("vfio-tph: ", stderr);
	if (device)
		clean_printf(stderr, "%s: ", device);
}

void message_error(const char *device, const struct error *err,
		   const char *doctor)
{
	begin(device);
	clean_printf(stderr, "%s\n", err->message);
	if (err->hint[0])
		clean_printf(stderr, "hint: %s\n", err->hint);
	if (doctor)
		clean_printf(stderr, "hint: run '%s'\n", doctor);
}

void message_note(const char *device, const char *format, ...)
{
	va_list ap;

	if (is_quiet)
		return;
	begin(device);
	va_start(ap, format);
	clean_vprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void message_call(const struct io_call *call)
{
	begin(call->device);
	fprintf(stderr, "%s%s%s", call->name, call->arguments[0] ? " " : "",
		call->arguments);
	if (call->result < 0 && errno_name(-call->result))
		fprintf(stderr, " = %s (%s)\n", errno_name(-call->result),
			strerror(-call->result));
	else
		fprintf(stderr, " = %d\n", call->result);
}

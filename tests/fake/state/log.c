// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * STATE/log, a line a call:
 *	PID OBJECT NAME [key=value...] = RESULT
 * RESULT is a number or the name of an error with a minus before it.
 */
#include "fake.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

void log_object(const struct fd_state *state, char *out, size_t size)
{
	switch (state->kind) {
	case KIND_CONTAINER:
		snprintf(out, size, "container");
		break;
	case KIND_GROUP:
		snprintf(out, size, "group:%u", state->number);
		break;
	case KIND_IOMMUFD:
		snprintf(out, size, "iommufd");
		break;
	case KIND_FAULT:
		snprintf(out, size, "iommufd-fault");
		break;
	default:
		snprintf(out, size, "%s", state->bdf);
	}
}

void log_call(const char *object, const char *name, long result,
	      const char *format, ...)
{
	static char line[1 << 16]; /* callers hold the lock */
	size_t at;
	va_list list;
	int fd;

	at = (size_t)snprintf(line, 512, "%ld %.200s %.200s",
			      real.syscall(SYS_getpid), object, name);
	va_start(list, format);
	at += (size_t)vsnprintf(line + at, sizeof(line) - 64 - at, format,
				list);
	va_end(list);
	if (at > sizeof(line) - 64)
		at = sizeof(line) - 65;
	if (result >= 0) {
		at += (size_t)snprintf(line + at, 64, " = %ld\n", result);
	} else {
		const char *error = strerrorname_np((int)-result);

		at += (size_t)snprintf(line + at, 64, " = -%s\n",
				       error ? error : "E?");
	}
	fd = state_open("log", O_WRONLY | O_APPEND | O_CREAT);
	if (fd < 0)
		return;
	if (real.write(fd, line, at) < 0)
		line[0] = '\0';
	sys_close(fd);
}

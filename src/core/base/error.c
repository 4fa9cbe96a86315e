/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

static const struct {
	enum status status;
	const char *word;
} kinds[] = { [ERR_NONE] = { STATUS_OK, "none" },
#define X(name, status, word) [name] = { status, word },
	      ERROR_KINDS(X)
#undef X
};

static void __attribute__((format(printf, 4, 0)))
begin(struct error *err, enum error_kind kind, int number, const char *format,
      va_list ap)
{
	err->kind = kind;
	err->number = number;
	err->hint[0] = '\0';
	err->advice = (struct advice){ 0 };
	err->tells_state = false;
	vsnprintf(err->message, sizeof(err->message), format, ap);
	text_keep_one_line(err->message);
}

int error_set(struct error *err, enum error_kind kind, int number,
	      const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	begin(err, kind, number, format, ap);
	va_end(ap);
	return number ? -number : -EINVAL;
}

int error_system(struct error *err, int number, const char *format, ...)
{
	bool rights = number == EACCES || number == EPERM;
	va_list ap;

	va_start(ap, format);
	begin(err, rights ? ERR_PERMISSION : ERR_SYSTEM, number, format, ap);
	va_end(ap);
	error_append(err, ": %s", strerror(number));
	return number ? -number : -EINVAL;
}

void error_hint(struct error *err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(err->hint, sizeof(err->hint), format, ap);
	va_end(ap);
	text_keep_one_line(err->hint);
}

void error_advise(struct error *err, enum advice_kind kind)
{
	err->advice = (struct advice){ .kind = kind };
}

void error_prefix(struct error *err, const char *format, ...)
{
	char old[sizeof(err->message)];
	va_list ap;

	memcpy(old, err->message, sizeof(old));
	va_start(ap, format);
	vsnprintf(err->message, sizeof(err->message), format, ap);
	va_end(ap);
	error_append(err, ": %.*s", (int)(sizeof(old) - 1), old);
}

void error_append(struct error *err, const char *format, ...)
{
	size_t used = strlen(err->message);
	va_list ap;

	va_start(ap, format);
	vsnprintf(err->message + used, sizeof(err->message) - used, format, ap);
	va_end(ap);
	text_keep_one_line(err->message);
}

enum status error_status(const struct error *err)
{
	return kinds[err->kind].status;
}

const char *error_word(const struct error *err)
{
	return kinds[err->kind].word;
}

void error_hint_rights(struct error *err, const char *capability)
{
	if (geteuid() != 0)
		error_hint(err, "run it as root (%s)", capability);
	else
		error_hint(err,
			   "%s is missing: outside of a container root has it, "
			   "unless the kernel is locked down",
			   capability);
}

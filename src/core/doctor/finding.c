/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_OK] = "ok",
		[VERDICT_WARNING] = "warning",
		[VERDICT_FAILURE] = "failure",
		[VERDICT_SKIPPED] = "skipped",
	};

	return names[verdict];
}

/*
 * Print into a text of a finding. What does not fit is left out from the last
 * word or number on, and "..." is put there: half a number would be another.
 */
static void __attribute__((format(printf, 3, 0)))
print(char *text, size_t size, const char *format, va_list ap)
{
	size_t at = size - sizeof("...");

	if (vsnprintf(text, size, format, ap) >= (int)size) {
		while (at && !strchr(",/ ", text[at - 1]))
			at--;
		strcpy(text + (at ? at : size - sizeof("...")), "...");
	}
	text_keep_one_line(text);
}

static void __attribute__((format(printf, 3, 0)))
say(struct finding *f, enum verdict verdict, const char *format, va_list ap)
{
	f->verdict = verdict;
	print(f->says, sizeof(f->says), format, ap);
}

void finding_ok(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(f, VERDICT_OK, format, ap);
	va_end(ap);
}

void finding_warn(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(f, VERDICT_WARNING, format, ap);
	va_end(ap);
}

void finding_skip(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(f, VERDICT_SKIPPED, format, ap);
	va_end(ap);
}

void finding_not_needed(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(f, VERDICT_SKIPPED, format, ap);
	va_end(ap);
	f->reason = SKIPPED_NEEDLESS;
}

void finding_fail(struct finding *f, enum error_kind kind, const char *format,
		  ...)
{
	va_list ap;

	va_start(ap, format);
	say(f, VERDICT_FAILURE, format, ap);
	va_end(ap);
	f->kind = kind;
}

void finding_fail_as(struct finding *f, const struct error *err)
{
	finding_fail(f, err->kind, "%.500s", err->message);
	if (err->hint[0])
		finding_next(f, "%s", err->hint);
	f->advice = err->advice;
}

void finding_unread(struct finding *f, const char *source, int number)
{
	finding_skip(f, "cannot read %.200s: %s", source, strerror(number));
}

void finding_next(struct finding *f, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	print(f->next, sizeof(f->next), format, ap);
	va_end(ap);
}

void finding_advise(struct finding *f, enum advice_kind kind)
{
	f->advice = (struct advice){ .kind = kind };
}

void finding_more(struct finding *f, enum advice_kind kind)
{
	f->more = (struct advice){ .kind = kind };
}

bool finding_advises(const struct finding *f)
{
	return f->next[0] || f->advice.kind != ADVICE_NONE;
}

void finding_see(struct finding *f, const char *source, const char *format, ...)
{
	struct evidence *e = &f->evidence[f->n_evidence];
	va_list ap;

	if (f->n_evidence == FINDING_EVIDENCE_MAX)
		return;
	f->n_evidence++;
	snprintf(e->source, sizeof(e->source), "%s", source);
	va_start(ap, format);
	print(e->value, sizeof(e->value), format, ap);
	va_end(ap);
	text_keep_one_line(e->source);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one check of the doctor found: a verdict, a sentence, evidence. */
#ifndef CORE_DOCTOR_FINDING_H
#define CORE_DOCTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

enum verdict {
	VERDICT_OK,
	VERDICT_WARNING, /* steering works, but perhaps not as it could */
	VERDICT_FAILURE, /* steering does not work */
	VERDICT_SKIPPED, /* could not be looked at; the sentence says why */
};

/* Why a check was skipped. */
enum skip_reason {
	SKIPPED_UNKNOWN,  /* it could not be found out */
	SKIPPED_NEEDLESS, /* it does not matter for this device, or not now */
	SKIPPED_CLOSED,	  /* only the open device can tell */
};

/*
 * Where it was seen, and what stood there: the beginning of it, up to a comma
 * or a blank and "...", where it is longer.
 */
struct evidence {
	char source[192];
	char value[512];
};

#define FINDING_EVIDENCE_MAX 8

struct finding {
	const char *device; /* address that it is about, or NULL */
	enum verdict verdict;
	char says[512];
	struct evidence evidence[FINDING_EVIDENCE_MAX];
	size_t n_evidence;
	char next[384];	      /* what to do about a warning or a failure */
	struct advice advice; /* the same, for a sentence not made yet */
	struct advice more;   /* what stands behind says: likewise */
	enum error_kind kind; /* of a failure */
	enum skip_reason reason;
};

const char *verdict_name(enum verdict verdict);

/* Each sets the verdict and the sentence. */
void finding_ok(struct finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding_warn(struct finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding_skip(struct finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding_not_needed(struct finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding_fail(struct finding *f, enum error_kind kind, const char *format,
		  ...) __attribute__((format(printf, 3, 4)));

/* A failure as an error has it, its hint for the next step. */
void finding_fail_as(struct finding *f, const struct error *err);

/* Skipped since a look failed: "cannot read SOURCE: <text of number>". */
void finding_unread(struct finding *f, const char *source, int number);

/* What to do. */
void finding_next(struct finding *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same where saying it names options or commands. */
void finding_advise(struct finding *f, enum advice_kind kind);

/* Put behind the sentence what names options or commands. */
void finding_more(struct finding *f, enum advice_kind kind);

/* Does it say what to do? */
bool finding_advises(const struct finding *f);

/* One more place that was looked at; beyond the maximum it is left out. */
void finding_see(struct finding *f, const char *source, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif

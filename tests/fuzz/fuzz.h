/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all targets share: input as text, and conditions whose failure ends
 * the run as a crash would, so that libFuzzer keeps the input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define fuzz_must(condition)                                             \
	do {                                                             \
		if (!(condition)) {                                      \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #condition);                   \
			abort();                                         \
		}                                                        \
	} while (0)

/*
 * A copy that ends with a NUL and is no byte longer, so that a step beyond
 * its end is seen. To be freed.
 */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	fuzz_must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/*
 * Nothing in an output drives a terminal: no control character other than
 * the newline, and none that turns the direction of writing.
 */
static inline void fuzz_must_be_clean(const char *text)
{
	static const char *const turning[] = {
		"\xd8\x9c",	"\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa",
		"\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
		"\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9"
	};

	for (const unsigned char *p = (const void *)text; *p; p++) {
		fuzz_must((*p >= ' ' || *p == '\n') && *p != 0x7f);
		fuzz_must(*p != 0xc2 || p[1] < 0x80 || p[1] > 0x9f);
	}
	for (size_t i = 0; i < sizeof(turning) / sizeof(*turning); i++)
		fuzz_must(!strstr(text, turning[i]));
}

/* An error as a user gets it: a kind, a status, and one line. */
static inline void fuzz_must_explain(const struct error *err)
{
	fuzz_must(err->kind != ERR_NONE && error_status(err) != STATUS_OK);
	fuzz_must(err->message[0]);
	fuzz_must_be_clean(err->message);
	fuzz_must_be_clean(err->hint);
	fuzz_must(!strchr(err->message, '\n') && !strchr(err->hint, '\n'));
}

#endif

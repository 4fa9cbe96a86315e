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

/* An error as a user gets it: a kind, a status, and one line. */
static inline void fuzz_must_explain(const struct error *err)
{
	fuzz_must(err->kind != ERR_NONE && error_status(err) != STATUS_OK);
	fuzz_must(err->message[0]);
	for (const char *p = err->message; *p; p++)
		fuzz_must((unsigned char)*p >= ' ' && *p != 0x7f);
	for (const char *p = err->hint; *p; p++)
		fuzz_must((unsigned char)*p >= ' ' && *p != 0x7f);
}

#endif

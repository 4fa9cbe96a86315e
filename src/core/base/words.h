/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of words (ended by NULL), and what somebody may have meant. */
#ifndef CORE_BASE_WORDS_H
#define CORE_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

bool words_contain(const char *const *words, const char *word);

/*
 * The word that is at most two changes (a letter more, less or other) away
 * from what was written, or NULL.
 */
const char *words_nearest(const char *const *words, const char *written);

/* "a, b, c" */
const char *words_join(const char *const *words, char *text, size_t size);

#endif

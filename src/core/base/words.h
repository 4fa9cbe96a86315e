/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of words (ended by NULL), what they stand for, and what somebody may
 * have meant.
 */
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

/* The same for words that come one by one; most of the word must agree. */
struct nearest {
	const char *written;
	const char *word; /* the nearest so far, or NULL */
	size_t distance;
};

void nearest_try(struct nearest *nearest, const char *word);

/* A word and what it stands for; in a table that a name of NULL ends. */
struct word {
	const char *name;
	unsigned int value; /* a second word for the same is an alias */
};

/* The word of a table that was written, or NULL. */
const struct word *word_find(const struct word *table, const char *written);

/* The first word for a value, or NULL. */
const char *word_name(const struct word *table, unsigned int value);

/* "a, b, c" */
const char *words_join(const struct word *table, char *text, size_t size);

#endif

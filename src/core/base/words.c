/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/words.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 32

bool words_contain(const char *const *words, const char *word)
{
	for (; *words; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance of two short words. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], la = strlen(a), lb = strlen(b);

	if (la > LONGEST || lb > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[lb];
}

const char *words_nearest(const char *const *words, const char *written)
{
	const char *nearest = NULL;
	size_t best = 3;

	for (; *words; words++) {
		size_t d = distance(*words, written);

		if (d < best) {
			best = d;
			nearest = *words;
		}
	}
	return nearest;
}

void nearest_try(struct nearest *nearest, const char *word)
{
	size_t d = distance(word, nearest->written), length = strlen(word);

	if (d < 3 && 2 * d <= length + 1 &&
	    (!nearest->word || d < nearest->distance)) {
		nearest->word = word;
		nearest->distance = d;
	}
}

const struct word *word_find(const struct word *table, const char *written)
{
	for (; table->name; table++)
		if (strcmp(table->name, written) == 0)
			return table;
	return NULL;
}

const char *word_name(const struct word *table, unsigned int value)
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

const char *words_join(const struct word *table, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (; table->name && used < size; table++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 used ? ", " : "", table->name);
	return text;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/cpulist.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"

/*
 * Ranges may overlap, so a short text could ask for any amount of memory:
 * sixteen times the largest CPU number is more than any list needs.
 */
#define MAX_ITEMS (16 * ((size_t)CPULIST_MAX_CPU + 1))

/* Told from what is wrong with the text by its address. */
static const char NO_MEMORY[] = "out of memory";

void cpulist_free(struct cpulist *list)
{
	free(list->items);
	*list = (struct cpulist){ 0 };
}

int cpulist_append(struct cpulist *list, unsigned int first, size_t n,
		   unsigned int step)
{
	if (list->count + n > list->room) {
		size_t room =
			n > list->count ? list->count + n : 2 * list->count;
		unsigned int *items =
			reallocarray(list->items, room, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->room = room;
	}
	for (size_t i = 0; i < n; i++)
		list->items[list->count++] = first + (unsigned int)i * step;
	return 0;
}

/*
 * Read a decimal number at *p before end; the value is held at UINT64_MAX
 * rather than wrapped. Returns false where there is no digit.
 */
static bool take_number(const char **p, const char *end, uint64_t *value)
{
	const char *start = *p;

	*value = 0;
	for (; *p < end && isdigit((unsigned char)**p); (*p)++) {
		uint64_t digit = (uint64_t)(**p - '0');

		*value = *value > (UINT64_MAX - digit) / 10
				 ? UINT64_MAX
				 : *value * 10 + digit;
	}
	return *p > start;
}

struct range {
	uint64_t first, last, step;
};

/* One part: N, N-M or N-M:S. Says what is wrong, or NULL. */
static const char *take_range(const char **p, const char *end, struct range *r)
{
	if (!take_number(p, end, &r->first))
		return "a number is missing";
	r->last = r->first;
	r->step = 1;
	if (*p < end && **p == '-') {
		(*p)++;
		if (!take_number(p, end, &r->last))
			return "the end of a range is missing";
		if (r->last < r->first)
			return "a range runs backwards";
		if (*p < end && **p == ':') {
			(*p)++;
			if (!take_number(p, end, &r->step))
				return "a stride is missing";
			if (r->step == 0)
				return "a stride is 0";
		}
	}
	if (*p < end && **p != ',')
		return "a character that does not belong there";
	return NULL;
}

static const char *parse(const char *p, const char *end, unsigned int max,
			 struct cpulist *list, uint64_t *too_large)
{
	for (;;) {
		struct range r;
		const char *wrong = take_range(&p, end, &r);
		size_t n;

		if (wrong)
			return wrong;
		if (r.last > max) {
			*too_large = r.last;
			return "a number is too large";
		}
		n = (size_t)((r.last - r.first) / r.step + 1);
		if (n > MAX_ITEMS - list->count)
			return "it is too long";
		if (r.step > max)
			r.step = 1; /* n is 1 */
		if (cpulist_append(list, (unsigned int)r.first, n,
				   (unsigned int)r.step))
			return NO_MEMORY;
		if (p == end)
			return NULL;
		p++; /* the comma */
	}
}

int cpulist_parse(const char *text, size_t length, unsigned int max,
		  const char *what, struct cpulist *list, struct error *err)
{
	uint64_t too_large = 0;
	const char *wrong;
	int shown = length > 64 ? 64 : (int)length;
	const char *dots = length > 64 ? "..." : "";

	*list = (struct cpulist){ 0 };
	wrong = parse(text, text + length, max, list, &too_large);
	if (!wrong)
		return 0;
	cpulist_free(list);
	if (wrong == NO_MEMORY)
		return error_system(err, ENOMEM, "cannot read the %s list",
				    what);
	if (too_large)
		return error_set(err, ERR_USAGE, EINVAL,
				 "%s list '%.*s%s': %s (the largest is %u)",
				 what, shown, text, dots, wrong, max);
	return error_set(err, ERR_USAGE, EINVAL, "%s list '%.*s%s': %s", what,
			 shown, text, dots, wrong);
}

static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a;
	unsigned int y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

void cpulist_normalize(struct cpulist *list)
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->items, list->count, sizeof(*list->items), compare);
	for (size_t i = 0; i < list->count; i++)
		if (i == 0 || list->items[i] != list->items[kept - 1])
			list->items[kept++] = list->items[i];
	list->count = kept;
}

char *cpulist_print(const struct cpulist *list)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0, j; i < list->count; i = j + 1) {
		for (j = i; j + 1 < list->count &&
			    list->items[j + 1] == list->items[j] + 1;)
			j++;
		fprintf(out, i ? ",%u" : "%u", list->items[i]);
		if (j > i)
			fprintf(out, "-%u", list->items[j]);
	}
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

char *cpulist_format(const struct cpulist *list)
{
	_cleanup_(cpulist_free) struct cpulist sorted = { 0 };

	if (list->count) {
		sorted.items = malloc(list->count * sizeof(*sorted.items));
		if (!sorted.items)
			return NULL;
		memcpy(sorted.items, list->items,
		       list->count * sizeof(*sorted.items));
		sorted.count = list->count;
		cpulist_normalize(&sorted);
	}
	return cpulist_print(&sorted);
}

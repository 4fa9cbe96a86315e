/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/msix_count.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cleanup.h"
#include "core/proc_text.h"

struct vectors_of {
	struct bdf bdf;
	unsigned int n;
};

struct msix_count {
	struct vectors_of *list; /* ascending by address */
	size_t n;
};

static int compare(const void *a, const void *b)
{
	const struct vectors_of *x = a, *y = b;

	return bdf_compare(&x->bdf, &y->bdf);
}

/* The function that a line is about, if it is about a vector of VFIO's. */
static bool find_address(const char *line, struct bdf *bdf)
{
	unsigned int irq, index;
	const char *from = proc_text_vector(line, &irq, &index);
	char address[BDF_LENGTH] = "";
	size_t length = from ? strcspn(from, ")") : 0;

	if (!from || length >= sizeof(address))
		return false;
	memcpy(address, from, length);
	return bdf_parse(address, bdf) == 0;
}

/* The vectors of a function mostly follow each other. */
static int add(struct msix_count *count, const struct bdf *bdf)
{
	struct vectors_of *larger;

	if (count->n && bdf_equal(&count->list[count->n - 1].bdf, bdf)) {
		count->list[count->n - 1].n++;
		return 0;
	}
	larger = reallocarray(count->list, count->n + 1, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	count->list = larger;
	count->list[count->n++] = (struct vectors_of){ *bdf, 1 };
	return 0;
}

/* Where they did not, a function is in the list more than once. */
static void sort_and_join(struct msix_count *count)
{
	size_t kept = 0;

	if (count->n == 0)
		return;
	qsort(count->list, count->n, sizeof(*count->list), compare);
	for (size_t i = 1; i < count->n; i++)
		if (bdf_equal(&count->list[kept].bdf, &count->list[i].bdf))
			count->list[kept].n += count->list[i].n;
		else
			count->list[++kept] = count->list[i];
	count->n = kept + 1;
}

int msix_count_load(struct msix_count **count, struct error *err)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/interrupts", "re");
	struct msix_count *c = NULL;
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	int r = 0;

	if (!f)
		return error_system(err, errno, "cannot read /proc/interrupts");
	c = calloc(1, sizeof(*c));
	if (!c)
		r = -ENOMEM;
	while (r == 0 && getline(&line, &size, f) >= 0) {
		struct bdf bdf;

		if (find_address(line, &bdf))
			r = add(c, &bdf);
	}
	if (r == 0 && ferror(f))
		r = -EIO;
	if (r) {
		msix_count_free(c);
		return error_system(err, -r, "cannot read /proc/interrupts");
	}
	sort_and_join(c);
	*count = c;
	return 0;
}

void msix_count_free(struct msix_count *count)
{
	if (!count)
		return;
	free(count->list);
	free(count);
}

unsigned int msix_count_find(const struct msix_count *count,
			     const struct bdf *bdf)
{
	const struct vectors_of key = { .bdf = *bdf };
	const struct vectors_of *found =
		count->n ? bsearch(&key, count->list, count->n, sizeof(key),
				   compare)
			 : NULL;

	return found ? found->n : 0;
}

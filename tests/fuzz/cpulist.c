/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/cpulist: lists of indexes and, behind a "!", of CPUs. Lists of so many
 * take long: not every input is to be one.
 */
#include "fuzz.h"

#include "core/cpu/cpulist.h"

#define MAX_INDEX 2047u

/* What was read, written and read again is the same set. */
static void check(struct cpulist *list, unsigned int max)
{
	_cleanup_free_ char *text = cpulist_format(list);
	struct cpulist again;
	struct error err;

	fuzz_must(text && list->count);
	fuzz_must(cpulist_parse(text, strlen(text), CPULIST_MAX_CPU, "CPU",
				&again, &err) == 0);
	cpulist_normalize(list);
	fuzz_must(list->count == again.count);
	for (size_t i = 0; i < list->count; i++)
		fuzz_must(list->items[i] == again.items[i] &&
			  list->items[i] <= max);
	cpulist_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = NULL;
	unsigned int max = MAX_INDEX;
	struct error err = { 0 };
	struct cpulist list;

	if (size && data[0] == '!') {
		max = CPULIST_MAX_CPU;
		data++;
		size--;
	}
	text = fuzz_text(data, size);
	if (cpulist_parse(text, size, max, "CPU", &list, &err)) {
		fuzz_must(!list.items && !list.count);
		fuzz_must_explain(&err);
	} else {
		check(&list, max);
	}
	cpulist_free(&list);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/cpu_choice.h"

#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"

const struct cpu_word cpu_words[] = {
	{ .word = "local", .kind = CPUS_LOCAL },
	{ .word = "node:", .kind = CPUS_OF_NODES, .takes = "node" },
	{ .word = "l3:", .kind = CPUS_OF_L3, .takes = "CPU" },
	{ .word = "l3", .kind = CPUS_EACH_L3 },
	{ .word = "core", .kind = CPUS_EACH_CORE },
	{ .word = "all", .kind = CPUS_ALL },
	{ .word = "irq", .kind = CPUS_OF_INTERRUPTS, .only_in_map = true },
	{ .word = "none", .kind = CPUS_NONE, .only_in_map = true },
	{ .word = NULL },
};

static const struct cpu_word *find_word(const char *text, size_t length,
					enum cpu_choice_place place)
{
	for (const struct cpu_word *w = cpu_words; w->word; w++) {
		size_t n = strlen(w->word);

		if (w->only_in_map && place != CPU_CHOICE_IN_MAP)
			continue;
		if ((w->takes ? length >= n : length == n) &&
		    memcmp(text, w->word, n) == 0)
			return w;
	}
	return NULL;
}

int cpu_choice_parse(const char *text, size_t length,
		     enum cpu_choice_place place, struct cpu_choice *choice,
		     struct error *err)
{
	const struct cpu_word *word = find_word(text, length, place);
	size_t skipped = word ? strlen(word->word) : 0;

	*choice =
		(struct cpu_choice){ .kind = word ? word->kind : CPUS_LISTED };
	if (word && !word->takes)
		return 0;
	return cpulist_parse(text + skipped, length - skipped, CPULIST_MAX_CPU,
			     word ? word->takes : "CPU", &choice->list, err);
}

const char *cpu_choice_word(enum cpu_choice_kind kind)
{
	for (const struct cpu_word *w = cpu_words; w->word; w++)
		if (w->kind == kind)
			return w->word;
	return "";
}

char *cpu_choice_print(const struct cpu_choice *choice)
{
	_cleanup_free_ char *list = cpulist_print(&choice->list);
	char *text;

	return list && asprintf(&text, "%s%s", cpu_choice_word(choice->kind),
				list) >= 0
		       ? text
		       : NULL;
}

void cpu_choice_free(struct cpu_choice *choice)
{
	cpulist_free(&choice->list);
	*choice = (struct cpu_choice){ 0 };
}

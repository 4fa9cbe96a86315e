/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/tph/map.h"
#include "ui/report.h"

#define CPUS_FILE  "/sys/devices/system/cpu/online"
#define NODES_FILE "/sys/devices/system/node/online"

/* Past the last of these characters in what was typed. */
static void skip_past(struct offers *o, const char *characters)
{
	const char *typed = o->typed + o->lead, *at = typed;

	for (const char *next; (next = strpbrk(at, characters));)
		at = next + 1;
	o->lead += (size_t)(at - typed);
}

static bool is_alias(const struct word *words, const struct word *word)
{
	for (; words < word; words++)
		if (words->value == word->value)
			return true;
	return false;
}

void offer_words(struct offers *o, const struct word *words)
{
	for (const struct word *w = words; w->name; w++)
		if (!is_alias(words, w))
			offer(o, w->name, NULL, false);
	for (const struct word *w = words; !o->n && w->name; w++)
		offer(o, w->name, NULL, false);
}

/* Is it one of the items of a list with commas, of that length? */
static bool is_listed(const char *list, size_t length, const char *item)
{
	const char *end = list + length;

	while (list < end) {
		size_t n = strcspn(list, ",");

		if (n == strlen(item) && strncasecmp(list, item, n) == 0)
			return true;
		list += n + 1;
	}
	return false;
}

void offer_columns(struct offers *o, const struct report_column *columns,
		   size_t n)
{
	const char *list = o->typed + o->lead;

	skip_past(o, ",");
	o->any_case = true;
	for (size_t i = 0; i < n; i++)
		if (!is_listed(list, (size_t)(o->typed + o->lead - list),
			       columns[i].name))
			offer(o, columns[i].name, columns[i].help, true);
}

/* Of nodes or CPUs, 0,1, as a file of sysfs lists them. */
static void offer_numbers(struct offers *o, const char *path)
{
	const char *list = o->typed + o->lead;
	_cleanup_(cpulist_free) struct cpulist numbers = { 0 };
	struct error ignored;
	char online[4096];
	long length = sysfs_read(path, online, sizeof(online));

	skip_past(o, ",");
	if (length <= 0 ||
	    cpulist_parse(online, (size_t)length, CPULIST_MAX_CPU, "node",
			  &numbers, &ignored))
		return;
	for (size_t i = 0; i < numbers.count; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%u", numbers.items[i]);
		if (!is_listed(list, (size_t)(o->typed + o->lead - list),
			       number))
			offer(o, number, NULL, false);
	}
}

void offer_cpus(struct offers *o, enum cpu_choice_place place)
{
	static const char *const means[] = {
		[CPUS_LOCAL] = "CPUs of the device's node",
		[CPUS_OF_NODES] = "CPUs of these nodes",
		[CPUS_OF_L3] = "CPUs that share these CPUs' L3 cache",
		[CPUS_EACH_L3] = "one CPU of each L3 cache of that node",
		[CPUS_EACH_CORE] = "one thread of each core of that node",
		[CPUS_ALL] = "all CPUs",
		[CPUS_OF_INTERRUPTS] = "the CPU that the interrupt goes to",
		[CPUS_NONE] = "no CPU: clear the entry",
	};

	for (const struct cpu_word *w = cpu_words; w->word; w++) {
		size_t n = strlen(w->word);

		if (w->takes && strncmp(o->typed + o->lead, w->word, n) == 0) {
			o->lead += n;
			offer_numbers(o, w->kind == CPUS_OF_NODES ? NODES_FILE
								  : CPUS_FILE);
			return;
		}
	}
	for (const struct cpu_word *w = cpu_words; w->word; w++)
		if (!w->only_in_map || place == CPU_CHOICE_IN_MAP)
			offer(o, w->word, means[w->kind], w->takes != NULL);
}

void offer_map(struct offers *o)
{
	const char *typed = o->typed + o->lead;
	const char *cpus = st_map_split(typed);
	_cleanup_(st_map_free) struct st_map map = { 0 };
	struct error ignored;
	char text[256];

	if (cpus) {
		o->lead += (size_t)(cpus - typed);
		offer_cpus(o, CPU_CHOICE_IN_MAP);
		return;
	}
	offer(o, "all=", "every entry of the ST table", true);
	if (st_map_parse_indexes(typed, strlen(typed), &map, &ignored) == 0 &&
	    !map.all) {
		snprintf(text, sizeof(text), "%.254s=", typed);
		offer(o, text, "these entries of the ST table", true);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What core/cpulist makes of lists, for comparing it with others' parsers.
 *
 *   cpulist-say LIST       the set of CPUs, as ranges; or nothing, and status 1
 *   cpulist-say --some N   N texts that are lists, or nearly: the same always
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/cpu/cpulist.h"

/* CPUs 0 to 3 are what the emulated machine has. */
#define CPUS 4

static uint64_t state = 0x9e3779b97f4a7c15ull;

static unsigned int some(unsigned int n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned int)((state * 0x2545f4914f6cdd1dull) >> 32) % n;
}

static void say_part(void)
{
	unsigned int first = some(CPUS), last = first + some(CPUS - first);

	printf("%u", first);
	if (some(2))
		printf("-%u", last);
	if (some(6) == 0)
		printf(":%u", some(4));
}

/* Sound lists, but for a character here and there that spoils them. */
static void say_some(void)
{
	static const char spoilers[] = "-,:/ +xN";
	unsigned int parts = 1 + some(4);

	for (unsigned int i = 0; i < parts; i++) {
		if (i)
			putchar(',');
		say_part();
		if (some(12) == 0)
			putchar(spoilers[some(sizeof(spoilers) - 1)]);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	_cleanup_free_ char *text = NULL;
	struct cpulist list;
	struct error err;

	if (argc == 3 && strcmp(argv[1], "--some") == 0) {
		for (int n = atoi(argv[2]); n > 0; n--)
			say_some();
		return 0;
	}
	if (argc != 2)
		return 2;
	if (cpulist_parse(argv[1], strlen(argv[1]), CPULIST_MAX_CPU, "CPU",
			  &list, &err))
		return 1;
	text = cpulist_format(&list);
	cpulist_free(&list);
	if (!text)
		return 2;
	puts(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete/offer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool offer_fits(const struct offers *o, const char *word)
{
	const char *typed = o->typed + o->lead;

	return (o->any_case ? strncasecmp : strncmp)(word, typed,
						     strlen(typed)) == 0;
}

void offer(struct offers *o, const char *word, const char *help, bool open)
{
	if (!offer_fits(o, word))
		return;
	printf("%.*s%s", (int)o->lead, o->typed, word);
	if (o->describe && help && *help)
		printf("\t%s", help);
	putchar('\n');
	o->n++;
	o->closed |= !open;
}

void offer_files(const char *suffix)
{
	printf(":files%s%s\n", suffix ? " " : "", suffix ? suffix : "");
}

void offer_directories(void)
{
	puts(":directories");
}

void offer_program(void)
{
	puts(":program");
}

void offer_end(const struct offers *o)
{
	if (o->n && !o->closed)
		puts(":nospace");
}

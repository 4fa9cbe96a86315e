/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What completion prints, for the small function in each shell that asks: a
 * line for each word that could stand there, behind a tab what it means, and
 * lines of its own that begin with a colon:
 *
 *	:files [SUFFIX]	names of files, too, those that end so
 *	:directories	names of directories, too
 *	:program	a command line of another program begins behind "--"
 *	:nospace	no blank behind the word, which can go on
 */
#ifndef COMPLETE_OFFER_H
#define COMPLETE_OFFER_H

#include <stdbool.h>
#include <stddef.h>

struct offers {
	const char *typed; /* what stands there so far */
	size_t lead;	   /* as much of it stays, what follows is offered */
	bool describe;	   /* the shell shows what words mean */
	bool any_case;
	size_t n;    /* words offered */
	bool closed; /* one of them is complete */
};

/* Could the word be meant by what was typed? */
bool offer_fits(const struct offers *o, const char *word);

/*
 * Offer a word, if it fits. help can be NULL. open: a blank must not follow.
 */
void offer(struct offers *o, const char *word, const char *help, bool open);

/* Offer files, those that end in .suffix if it is not NULL; directories. */
void offer_files(const char *suffix);
void offer_directories(void);

/* What follows is another program's. */
void offer_program(void);

/* After the last offer. */
void offer_end(const struct offers *o);

#endif

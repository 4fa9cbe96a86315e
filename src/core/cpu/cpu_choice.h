/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPUs that a user chooses: a list, or a word that stands for some.
 *
 *	0-3,8,16-31:2	these
 *	local		those of the device's node
 *	node:N[,N]	those of these nodes
 *	all		every one that is usable
 *	irq		in a map: those that the interrupts go to
 *
 * This is the one place that knows the words. topology_resolve() finds the
 * CPUs that a choice means on this machine.
 */
#ifndef CORE_CPU_CPU_CHOICE_H
#define CORE_CPU_CPU_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/cpu/cpulist.h"

enum cpu_choice_kind {
	CPUS_LISTED,
	CPUS_LOCAL,
	CPUS_OF_NODES,
	CPUS_ALL,
	CPUS_OF_INTERRUPTS,
};

struct cpu_choice {
	enum cpu_choice_kind kind;
	/* CPUS_LISTED: the CPUs, CPUS_OF_NODES: the nodes, in order. */
	struct cpulist list;
};

struct cpu_word {
	const char *word; /* NULL ends the table */
	enum cpu_choice_kind kind;
	bool takes_list; /* numbers follow the word */
	bool only_in_map;
};

extern const struct cpu_word cpu_words[];

/* Which words are taken. */
enum cpu_choice_place {
	CPU_CHOICE_ALONE,
	CPU_CHOICE_IN_MAP,
};

/*
 * Parse text[0..length). On failure *choice is empty. Returns 0, -EINVAL with
 * ERR_USAGE, or -ENOMEM.
 */
int cpu_choice_parse(const char *text, size_t length,
		     enum cpu_choice_place place, struct cpu_choice *choice,
		     struct error *err);

/*
 * The choice as cpu_choice_parse() takes it, to be freed; NULL when memory
 * ran out.
 */
char *cpu_choice_print(const struct cpu_choice *choice);

void cpu_choice_free(struct cpu_choice *choice);

#endif

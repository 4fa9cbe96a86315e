/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPUs that a user chooses: a list, or a word that stands for some.
 *
 *	0-3,8,16-31:2	these
 *	local		those of the device's node
 *	node:N[,N]	those of these nodes
 *	l3:N[,N]	those that share the L3 cache of these CPUs
 *	l3		one CPU of each L3 cache of the device's node
 *	core		one thread of each core of the device's node
 *	all		every one that is usable
 *	irq		in a map: those that the interrupts go to
 *	none		in a map: no CPU, the entry is cleared
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
	CPUS_OF_L3,
	CPUS_EACH_L3,
	CPUS_EACH_CORE,
	CPUS_ALL,
	CPUS_OF_INTERRUPTS,
	CPUS_NONE,
};

struct cpu_choice {
	enum cpu_choice_kind kind;
	/* CPUS_LISTED, _OF_L3: the CPUs, _OF_NODES: the nodes, in order. */
	struct cpulist list;
};

struct cpu_word {
	const char *word; /* NULL ends the table */
	enum cpu_choice_kind kind;
	const char *takes; /* what the numbers are that follow it, or NULL */
	bool only_in_map;
};

extern const struct cpu_word cpu_words[];

/* The word of a kind, "" for a list. */
const char *cpu_choice_word(enum cpu_choice_kind kind);

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

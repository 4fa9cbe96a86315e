/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ST table as it was read: data alone. core/tph reads it from a device; a
 * dump has it recorded.
 */
#ifndef CORE_PCI_ST_FACTS_H
#define CORE_PCI_ST_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/cpu/cpulist.h"

/* The type of memory that a steering tag is for. */
enum tph_mem {
	TPH_MEM_VOLATILE = 0,
	TPH_MEM_PERSISTENT = 1,
};

/* What is wrong with the CPUs of a tag and those of its interrupt. */
enum st_mark {
	ST_MARK_NONE, /* nothing, or it is not known */
	ST_MARK_OTHER_NODE,
	ST_MARK_OTHER_CACHE, /* of one node, and no L3 cache in common */
};

struct st_entry {
	uint16_t tag;	     /* 0: none */
	struct cpulist cpus; /* that have the tag; empty: not known */
	struct cpulist l3;   /* that share these CPUs' L3 cache; likewise */
	int irq;	     /* Linux interrupt number, or -1 */
	struct cpulist irq_cpus;
	enum st_mark mark;
};

struct st_table {
	bool tags_known;
	bool cpus_known;	  /* the kernel could be asked for tags */
	enum tph_mem mem;	  /* where cpus_known: what the tags are of */
	struct st_entry *entries; /* as many as the table has */
	size_t n;
	/* Why tags, or CPUs, are not known, where it is not plain. */
	struct error no_tags, no_cpus;
	struct error no_irqs; /* where some interrupt goes is not known */
};

/* "other-node"; NULL for none. */
const char *st_mark_word(enum st_mark mark);

void st_table_free(struct st_table *table);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ST table as it stands, and what its entries mean: the CPUs of each tag
 * and, beside them, the CPUs that the vector of the same index goes to.
 */
#ifndef CORE_TPH_TABLE_READ_H
#define CORE_TPH_TABLE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cpu/cpulist.h"
#include "core/base/error.h"
#include "core/tph/target.h"
#include "core/cpu/topology.h"

struct st_entry {
	uint16_t tag;	     /* 0: none */
	struct cpulist cpus; /* that have the tag; empty: not known */
	int irq;	     /* Linux interrupt number, or -1 */
	struct cpulist irq_cpus;
	bool other_node; /* the two are on different nodes */
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

/*
 * Read the table of a target: one in the capability from config space, one
 * in MSI-X only where the target is open. CPUs are looked up where it is
 * open with TPH on, and not in a dry run. held: vectors are looked for,
 * since somebody holds the device. topology may be NULL: nothing is known
 * of CPUs then. What cannot be known is no failure. Returns 0, or -ENOMEM
 * with *err filled.
 */
int st_table_read(struct target *target, const struct topology *topology,
		  bool held, struct st_table *table, struct error *err);
void st_table_free(struct st_table *table);

#endif

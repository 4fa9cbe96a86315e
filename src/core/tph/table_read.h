/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ST table as it stands, and what its entries mean: the CPUs of each tag
 * and, beside them, the CPUs that the vector of the same index goes to.
 */
#ifndef CORE_TPH_TABLE_READ_H
#define CORE_TPH_TABLE_READ_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/cpu/topology.h"
#include "core/pci/st_facts.h"
#include "core/tph/target.h"

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

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/st_facts.h"

#include <stdlib.h>

const char *st_mark_word(enum st_mark mark)
{
	static const char *const words[] = {
		[ST_MARK_OTHER_NODE] = "other-node",
		[ST_MARK_OTHER_CACHE] = "other-cache",
	};

	return words[mark];
}

void st_table_free(struct st_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		cpulist_free(&table->entries[i].cpus);
		cpulist_free(&table->entries[i].l3);
		cpulist_free(&table->entries[i].irq_cpus);
	}
	free(table->entries);
	*table = (struct st_table){ 0 };
}

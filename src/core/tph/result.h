/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programming an ST table came to, entry by entry. */
#ifndef CORE_TPH_RESULT_H
#define CORE_TPH_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One entry as it was wanted and as it is. */
struct steering_entry {
	unsigned int index;
	unsigned int cpu; /* or TPH_CPU_NONE */
	uint16_t wanted;  /* tag of the CPU */
	uint16_t tag;	  /* tag as read back */
};

struct steering_result {
	struct steering_entry *entries; /* as many as the plan has */
	size_t n;
	bool wanted_known; /* the kernel told the tags of the CPUs */
	bool tag_known;	   /* the table could be read back */
	bool switched_on;  /* TPH was off before */
};

void steering_result_free(struct steering_result *result);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What CPUs share, for what is only shown: columns and a sentence. */
#ifndef CLI_SHARING_H
#define CLI_SHARING_H

#include <stdint.h>

#include "cli/invocation.h"
#include "core/cpu/caches.h"

/*
 * The CPUs that share that with cpu, as a list to be freed; NULL if it is not
 * known. A failure is a note.
 */
char *sharing_text(const struct invocation *inv, enum cache_kind kind,
		   unsigned int cpu);

/*
 * What do CPUs have in common if and only if they have a tag in common?
 * Reports the member "tags_per" and, if some do, prints a note. tags: of each
 * of cpus, 0: none.
 */
void sharing_tell(const struct invocation *inv, const char *device,
		  const struct cpulist *cpus, const uint16_t *tags);

#endif

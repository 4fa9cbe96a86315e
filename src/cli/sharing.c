/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/sharing.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "ui/message.h"
#include "ui/report.h"

static const struct cpulist *sharing(const struct invocation *inv,
				     enum cache_kind kind, unsigned int cpu)
{
	const struct cpulist *cpus = NULL;
	struct error err;

	if (inv->topology && caches_sharing(topology_caches(inv->topology),
					    kind, cpu, &cpus, &err))
		message_note(NULL, "%s", err.message);
	return cpus;
}

char *sharing_text(const struct invocation *inv, enum cache_kind kind,
		   unsigned int cpu)
{
	const struct cpulist *cpus = sharing(inv, kind, cpu);
	char *text = cpus ? cpulist_print(cpus) : NULL;

	if (cpus && !text)
		report_incomplete(inv->report);
	return text;
}

/* What CPUs can have in common, the smallest first. */
static const struct common {
	const char *word; /* in JSON */
	const char *name;
	enum cache_kind kind; /* CACHE_KINDS: the node */
} commons[] = {
	{ "l2", "L2 cache", CACHE_L2 },
	{ "core", "core", CACHE_CORE },
	{ "l3", "L3 cache", CACHE_L3 },
	{ "node", "NUMA node", CACHE_KINDS },
};

/* The lowest CPU, or the node, that stands for what cpu has; -1: not known. */
static int find_group(const struct invocation *inv, const struct common *common,
		      unsigned int cpu)
{
	const struct cpulist *cpus;

	if (common->kind == CACHE_KINDS)
		return topology_node_of_cpu(inv->topology, cpu);
	cpus = sharing(inv, common->kind, cpu);
	return cpus ? (int)cpus->items[0] : -1;
}

/* By tag, and by group, for looking each up at once. */
struct tally {
	int group_of_tag[UINT16_MAX + 1]; /* -1: none yet */
	bool seen[CPULIST_MAX_CPU + 1];	  /* groups */
};

/* Is there one tag for each group, and one group for each tag? */
static bool is_match(const struct invocation *inv, const struct common *common,
		     const struct cpulist *cpus, const uint16_t *tags,
		     size_t n_tags, struct tally *tally)
{
	size_t n_groups = 0;

	memset(tally->group_of_tag, -1, sizeof(tally->group_of_tag));
	memset(tally->seen, 0, sizeof(tally->seen));
	for (size_t i = 0; i < cpus->count; i++) {
		int *known = &tally->group_of_tag[tags[i]], group;

		if (!tags[i])
			continue;
		group = find_group(inv, common, cpus->items[i]);
		if (group < 0 || group > (int)CPULIST_MAX_CPU ||
		    (*known >= 0 && *known != group))
			return false;
		*known = group;
		n_groups += !tally->seen[group];
		tally->seen[group] = true;
	}
	return n_groups == n_tags;
}

static size_t count_tags(const struct cpulist *cpus, const uint16_t *tags,
			 struct tally *tally, size_t *n_cpus)
{
	size_t n = 0;

	*n_cpus = 0;
	memset(tally->seen, 0, sizeof(tally->seen));
	for (size_t i = 0; i < cpus->count; i++) {
		if (!tags[i])
			continue;
		++*n_cpus;
		n += !tally->seen[tags[i]];
		tally->seen[tags[i]] = true;
	}
	return n;
}

/* The CPUs of the first tag that several have, as an example. */
static char *find_example(const struct cpulist *cpus, const uint16_t *tags,
			  uint16_t *tag)
{
	_cleanup_(cpulist_free) struct cpulist same = { 0 };

	for (size_t i = 0; i < cpus->count && same.count < 2; i++) {
		cpulist_free(&same);
		for (size_t k = i; tags[i] && k < cpus->count; k++)
			if (tags[k] == tags[i] &&
			    cpulist_append(&same, cpus->items[k], 1, 1))
				return NULL;
		*tag = tags[i];
	}
	return cpulist_format(&same);
}

static void note(const char *device, const struct common *common,
		 const struct cpulist *cpus, const uint16_t *tags)
{
	uint16_t tag = 0;
	_cleanup_free_ char *example = find_example(cpus, tags, &tag);

	if (example && common)
		message_note(device, "tags are per %s: CPUs %s share %#x",
			     common->name, example, tag);
	else if (example)
		message_note(device,
			     "CPUs %s share the tag %#x, but these CPUs are no "
			     "core, cache or node",
			     example, tag);
}

void sharing_tell(const struct invocation *inv, const char *device,
		  const struct cpulist *cpus, const uint16_t *tags)
{
	_cleanup_free_ struct tally *tally = malloc(sizeof(*tally));
	const struct common *common = NULL;
	size_t n_cpus, n;

	if (!tally) {
		report_incomplete(inv->report);
		return;
	}
	n = count_tags(cpus, tags, tally, &n_cpus);
	for (size_t i = 0;
	     n < n_cpus && !common && i < sizeof(commons) / sizeof(*commons);
	     i++)
		if (is_match(inv, &commons[i], cpus, tags, n, tally))
			common = &commons[i];
	report_string(inv->report, "tags_per",
		      common			  ? common->word
		      : n == n_cpus && n_cpus > 1 ? "cpu"
						  : NULL);
	if (n < n_cpus)
		note(device, common, cpus, tags);
}

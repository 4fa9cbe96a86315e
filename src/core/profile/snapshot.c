/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/tph/steering.h"

/* By tag: the lowest CPU that has it; -1: none. */
#define N_TAGS 65536

void snapshot_free(struct snapshot *s)
{
	st_plan_free(&s->plan);
	cpulist_free(&s->unexplained);
	free(s->tags);
	*s = (struct snapshot){ 0 };
}

static int look_up_cpus(struct target *target, const struct topology *topology,
			enum tph_mem mem, int *cpu_of, struct error *err)
{
	_cleanup_(cpulist_free) struct cpulist cpus = { 0 };
	_cleanup_free_ uint16_t *tags = NULL;
	int r = topology_usable_cpus(topology, &cpus);

	tags = calloc(cpus.count + 1, sizeof(*tags));
	if (r || !tags)
		r = error_system(err, ENOMEM, "cannot look the tags up");
	else
		r = steering_get_tags(target, cpus.items, cpus.count, mem, tags,
				      err);
	memset(cpu_of, -1, N_TAGS * sizeof(*cpu_of));
	for (size_t i = cpus.count; r == 0 && i-- > 0;)
		/* Without tags r is not 0. */
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		if (tags[i])
			cpu_of[tags[i]] = (int)cpus.items[i];
	return r;
}

static int explain(struct snapshot *s, unsigned int size, const int *cpu_of)
{
	s->plan.entries = calloc(size + 1, sizeof(*s->plan.entries));
	if (!s->plan.entries)
		return -ENOMEM;
	for (unsigned int i = 0; i < size; i++) {
		if (s->tags[i] == 0)
			continue;
		if (cpu_of[s->tags[i]] >= 0)
			s->plan.entries[s->plan.n++] = (struct tph_entry){
				.index = i,
				.cpu = (unsigned int)cpu_of[s->tags[i]]
			};
		else if (cpulist_append(&s->unexplained, i, 1, 1))
			return -ENOMEM;
	}
	return 0;
}

static int try_mem(struct target *target, const struct topology *topology,
		   enum tph_mem mem, struct snapshot *s, struct error *err)
{
	_cleanup_free_ int *cpu_of = malloc(N_TAGS * sizeof(*cpu_of));
	int r;

	st_plan_free(&s->plan);
	cpulist_free(&s->unexplained);
	s->mem = mem;
	if (!cpu_of)
		return error_system(err, ENOMEM, "cannot look the tags up");
	r = look_up_cpus(target, topology, mem, cpu_of, err);
	if (r == 0 && explain(s, target->cap.table_size, cpu_of))
		r = error_system(err, ENOMEM, "cannot look the tags up");
	return r;
}

/*
 * The table does not say which memory type its tags are of. Volatile is
 * what nearly all are; where it leaves entries unexplained and the other
 * leaves fewer, it is the other.
 */
static int look_up(struct target *target, const struct topology *topology,
		   struct snapshot *s, struct error *err)
{
	size_t unexplained;
	int r = try_mem(target, topology, TPH_MEM_VOLATILE, s, err);

	unexplained = s->unexplained.count;
	if (r || unexplained == 0)
		return r;
	r = try_mem(target, topology, TPH_MEM_PERSISTENT, s, err);
	if (r == 0 && s->unexplained.count >= unexplained)
		r = try_mem(target, topology, TPH_MEM_VOLATILE, s, err);
	return r;
}

int snapshot_take(struct target *target, const struct topology *topology,
		  struct snapshot *s, struct error *err)
{
	int r;

	*s = (struct snapshot){ .enabled = target->control.enabled,
				.mode = target->control.mode };
	if (!s->enabled || target->cap.table_size == 0)
		return 0;
	s->tags = calloc(target->cap.table_size, sizeof(*s->tags));
	if (!s->tags)
		return error_system(err, ENOMEM, "cannot read the ST table");
	r = target_read_tags(target, 0, target->cap.table_size, s->tags, err);
	if (r == 0)
		r = look_up(target, topology, s, err);
	if (r)
		snapshot_free(s);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/snapshot.h"

#include <errno.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/tph/tag_map.h"

void snapshot_free(struct snapshot *s)
{
	st_plan_free(&s->plan);
	cpulist_free(&s->unexplained);
	free(s->tags);
	*s = (struct snapshot){ 0 };
}

/* SET_ST takes CPUs: those that it would take are looked at. */
static int look_up(struct target *target, const struct topology *topology,
		   struct snapshot *s, struct error *err)
{
	_cleanup_(cpulist_free) struct cpulist usable = { 0 };
	_cleanup_(tag_map_free) struct tag_map map = { 0 };
	unsigned int size = target->cap.table_size;
	int r = topology_usable_cpus(topology, &usable);

	s->plan.entries = calloc(size, sizeof(*s->plan.entries));
	if (r || !s->plan.entries)
		return error_system(err, ENOMEM, "cannot look the tags up");
	r = tag_map_load(target, &usable, s->tags, size, &map, err);
	if (r)
		return r;
	s->mem = map.mem;
	for (unsigned int i = 0; i < size; i++) {
		int cpu = tag_map_cpu(&map, s->tags[i]);

		if (cpu >= 0)
			s->plan.entries[s->plan.n++] =
				(struct tph_entry){ .index = i,
						    .cpu = (unsigned int)cpu };
		else if (s->tags[i] && cpulist_append(&s->unexplained, i, 1, 1))
			return error_system(err, ENOMEM,
					    "cannot look the tags up");
	}
	if (map.incomplete.kind == ERR_NONE)
		return 0;
	*err = map.incomplete;
	return -EIO;
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

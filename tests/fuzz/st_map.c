/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph/map and st_plan: one map a line, on the topology of the machine that
 * it runs on, with a table of 64 entries of which every third has a vector. The
 * first byte says whether the table is in MSI-X.
 */
#include "fuzz.h"

#include "core/tph/st_plan.h"

#define TABLE	 64
#define MAPS_MAX 16

static struct topology *topology;
static struct msix_vector vectors[TABLE / 3 + 1];

static void prepare(void)
{
	struct error err;

	if (topology)
		return;
	fuzz_must(topology_load(&topology, &err) == 0);
	for (unsigned int i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		vectors[i] = (struct msix_vector){ .index = 3 * i,
						   .irq = 30 + i,
						   .cpu = i % 4 ? 0 : -1 };
}

static void check(const struct st_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		fuzz_must(plan->entries[i].index < TABLE);
		fuzz_must(i == 0 ||
			  plan->entries[i - 1].index < plan->entries[i].index);
		fuzz_must(topology_node_of_cpu(topology,
					       plan->entries[i].cpu) >= -1);
	}
}

static void make_plan(const struct st_maps *maps, bool in_msix)
{
	const struct st_indexes indexes = {
		.table_size = TABLE,
		.vectors = vectors,
		.n_vectors = sizeof(vectors) / sizeof(*vectors),
		.only_vectors = in_msix,
	};
	struct error err = { 0 };
	struct st_plan plan;

	if (st_plan_make(maps, &indexes, topology, 0, &plan, &err))
		fuzz_must_explain(&err);
	check(&plan);
	st_plan_free(&plan);
}

/* What was read is printed so that it is read as the same. */
static void print(const struct st_map *map)
{
	_cleanup_free_ char *indexes = NULL, *cpus = NULL;
	struct st_map again = { 0 };
	struct error err;

	fuzz_must(st_map_print(map, &indexes, &cpus) == 0);
	fuzz_must(st_map_parse_indexes(indexes, strlen(indexes), &again,
				       &err) == 0);
	fuzz_must(st_map_parse_cpus(cpus, &again, &err) == 0);
	fuzz_must(again.all == map->all &&
		  again.indexes.count == map->indexes.count &&
		  again.cpus.kind == map->cpus.kind &&
		  again.cpus.list.count == map->cpus.list.count);
	st_map_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = NULL;
	struct st_maps maps = { 0 };
	char *rest, *line;

	if (size < 1)
		return 0;
	prepare();
	text = fuzz_text(data + 1, size - 1);
	for (rest = text; maps.n < MAPS_MAX && (line = strsep(&rest, "\n"));) {
		struct error err = { 0 };
		struct st_map map;

		if (st_map_parse(line, &map, &err)) {
			fuzz_must_explain(&err);
			continue;
		}
		print(&map);
		fuzz_must(st_maps_add(&maps, &map) == 0);
	}
	make_plan(&maps, data[0] & 1);
	st_maps_free(&maps);
	return 0;
}

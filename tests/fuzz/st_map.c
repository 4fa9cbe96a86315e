/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/st_map: one map a line, on the topology of the machine that it runs
 * on, with a table of 64 entries of which every third has a vector. The
 * first byte says whether the table is in MSI-X.
 */
#include "fuzz.h"

#include "core/tph/map.h"

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

/* A map whose form is wrong is in no plan. */
static void make_plan(const char *const *maps, size_t n, bool in_msix,
		      bool sound)
{
	const struct st_indexes indexes = {
		.table_size = TABLE,
		.vectors = vectors,
		.n_vectors = sizeof(vectors) / sizeof(*vectors),
		.only_vectors = in_msix,
	};
	struct error err = { 0 };
	struct st_plan plan;

	if (st_plan_make(maps, n, &indexes, topology, 0, &plan, &err))
		fuzz_must_explain(&err);
	else
		fuzz_must(sound);
	check(&plan);
	st_plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = NULL;
	const char *maps[MAPS_MAX];
	char *rest, *line;
	bool sound = true;
	size_t n = 0;

	if (size < 1)
		return 0;
	prepare();
	text = fuzz_text(data + 1, size - 1);
	for (rest = text; n < MAPS_MAX && (line = strsep(&rest, "\n"));) {
		struct error err = { 0 };

		if (st_map_check(line, &err)) {
			fuzz_must_explain(&err);
			sound = false;
		}
		maps[n++] = line;
	}
	make_plan(maps, n, data[0] & 1, sound);
	return 0;
}

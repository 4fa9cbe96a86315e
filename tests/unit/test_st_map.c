/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph/map and st_plan: maps and the plans made of them. The machine is put
 * in the place of topology_resolve(): CPUs 0-7, of which 4-7 are local and on
 * node 1, and node 2 has sixteen from 100 on. Any list is taken; what the real
 * one refuses is tested with it.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/tph/st_plan.h"

int __wrap_topology_resolve(const struct topology *topology,
			    const struct cpu_choice *choice, int device_node,
			    struct cpulist *list, struct error *err);

int __wrap_topology_check(const struct topology *topology,
			  const struct cpulist *list, struct error *err);

/* Every CPU will do. */
int __wrap_topology_check(const struct topology *topology,
			  const struct cpulist *list, struct error *err)
{
	(void)topology, (void)list, (void)err;
	return 0;
}

static int node_asked_for;

int __wrap_topology_resolve(const struct topology *topology,
			    const struct cpu_choice *choice, int device_node,
			    struct cpulist *list, struct error *err)
{
	(void)topology, (void)err;
	node_asked_for = device_node;
	*list = (struct cpulist){ 0 };
	switch (choice->kind) {
	case CPUS_ALL:
		return cpulist_append(list, 0, 8, 1);
	case CPUS_LOCAL:
		return cpulist_append(list, 4, 4, 1);
	case CPUS_OF_NODES:
		assert_int_equal(1, choice->list.count);
		return choice->list.items[0] == 2
			       ? cpulist_append(list, 100, 16, 1)
			       : cpulist_append(list, 4, 4, 1);
	case CPUS_LISTED:
		for (size_t i = 0; i < choice->list.count; i++)
			cpulist_append(list, choice->list.items[i], 1, 1);
		return 0;
	default:
		fail();
		return -1;
	}
}

#define FORM(X)                                                   \
	X(one_index_and_cpu_are_a_map, "0=1", 0)                  \
	X(ranges_are_a_map, "0-7=8-15", 0)                        \
	X(strides_are_a_map, "0-14:2=0,1,2-5:3", 0)               \
	X(all_indexes_are_a_map, "all=0-3", 0)                    \
	X(local_cpus_are_a_map, "0-63=local", 0)                  \
	X(all_cpus_are_a_map, "all=all", 0)                       \
	X(cpus_of_a_node_are_a_map, "0=node:1", 0)                \
	X(cpus_of_nodes_are_a_map, "0=node:1,3-4", 0)             \
	X(cpus_of_a_cache_are_a_map, "0=l3:1,3-4", 0)             \
	X(caches_are_a_map, "0-7=l3", 0)                          \
	X(cores_are_a_map, "0-7=core", 0)                         \
	X(index_2047_is_a_map, "2047=0", 0)                       \
	X(index_2048_is_refused, "2048=0", -EINVAL)               \
	X(range_to_index_2048_is_refused, "0-2048=0", -EINVAL)    \
	X(empty_map_is_refused, "", -EINVAL)                      \
	X(map_without_equals_sign_is_refused, "0-7", -EINVAL)     \
	X(equals_sign_alone_is_refused, "=", -EINVAL)             \
	X(map_without_indexes_is_refused, "=0", -EINVAL)          \
	X(map_without_cpus_is_refused, "0=", -EINVAL)             \
	X(two_equals_signs_are_refused, "0=0=0", -EINVAL)         \
	X(local_indexes_are_refused, "local=0", -EINVAL)          \
	X(node_without_number_is_refused, "0=node:", -EINVAL)     \
	X(node_of_letters_is_refused, "0=node:x", -EINVAL)        \
	X(cache_without_cpu_is_refused, "0=l3:", -EINVAL)         \
	X(cache_of_letters_is_refused, "0=l3:x", -EINVAL)         \
	X(level_without_a_cache_is_refused, "0=l2", -EINVAL)      \
	X(core_of_a_cpu_is_refused, "0=core:1", -EINVAL)          \
	X(unknown_selector_is_refused, "0=near", -EINVAL)         \
	X(part_of_a_selector_is_refused, "0=loca", -EINVAL)       \
	X(more_than_a_selector_is_refused, "0=locals", -EINVAL)   \
	X(selector_in_a_list_is_refused, "0-1=local,3", -EINVAL)  \
	X(range_that_runs_backwards_is_refused, "3-1=0", -EINVAL) \
	X(cpu_that_is_too_large_is_refused, "0=65536", -EINVAL)   \
	X(stride_of_0_is_refused, "0-3:0=0", -EINVAL)             \
	X(space_in_a_map_is_refused, "0= 1", -EINVAL)             \
	X(space_before_a_map_is_refused, " 0=1", -EINVAL)

#define X(name, text, expected)                                           \
	static void name(void **state)                                    \
	{                                                                 \
		struct error err = { 0 };                                 \
		struct st_map map;                                        \
                                                                          \
		(void)state;                                              \
		want_int(expected, st_map_parse(text, &map, &err), text); \
		st_map_free(&map);                                        \
	}
FORM(X)
#undef X

static void ten_thousand_characters_are_refused(void **state)
{
	static char text[10001];
	struct error err = { 0 };
	struct st_map map;

	(void)state;
	memset(text, '=', sizeof(text) - 1);
	want_int(-EINVAL, st_map_parse(text, &map, &err), text);
}

static void address_does_not_look_like_a_map(void **state)
{
	(void)state;
	want_string(NULL, st_map_split("0000:3b:00.0"), NULL);
}

static void wrong_map_still_looks_like_one(void **state)
{
	(void)state;
	want_string("", st_map_split("x="), NULL);
}

/* What is read is printed as the same. */
#define PRINTED(X)                                               \
	X(map_of_ranges_is_printed_as_read, "0-7", "8-15")       \
	X(order_and_repeats_are_printed, "5,2-4,2", "9,8,8,7-8") \
	X(all_and_a_word_are_printed, "all", "local")            \
	X(nodes_are_printed, "0", "node:1,0")                    \
	X(cpus_of_a_cache_are_printed, "0", "l3:4,0")            \
	X(caches_are_printed, "0", "l3")                         \
	X(cores_are_printed, "0", "core")                        \
	X(all_cpus_are_printed, "0", "all")                      \
	X(irq_is_printed, "0", "irq")                            \
	X(none_is_printed, "0-3", "none")

#define X(name, indexes, cpus)                                          \
	static void name(void **state)                                  \
	{                                                               \
		static const char text[] = indexes "=" cpus;            \
		char *first, *second;                                   \
		struct error err = { 0 };                               \
		struct st_map map;                                      \
                                                                        \
		(void)state;                                            \
		want_int(0, st_map_parse(text, &map, &err), text);      \
		want_string(text, map.text, NULL);                      \
		want_int(0, st_map_print(&map, &first, &second), text); \
		want_string(indexes, first, text);                      \
		want_string(cpus, second, text);                        \
		free(first);                                            \
		free(second);                                           \
		st_map_free(&map);                                      \
	}
PRINTED(X)
#undef X

static void long_map_is_cut_in_messages(void **state)
{
	char text[200] = "0-1=0";
	struct error err = { 0 };
	struct st_map map;

	(void)state;
	for (int i = 0; i < 60; i++)
		strcat(text, ",0");
	want_int(0, st_map_parse(text, &map, &err), text);
	want_int(61, map.cpus.list.count, text);
	text[64] = '\0';
	want_string(text, map.text, NULL);
	st_map_free(&map);
}

#define MAPS_MAX 4

static int parse(const char *const *words, size_t n, struct st_maps *maps,
		 struct error *err)
{
	int r = 0;

	*maps = (struct st_maps){ 0 };
	for (size_t i = 0; r == 0 && i < n; i++) {
		struct st_map map;

		r = st_map_parse(words[i], &map, err);
		if (r == 0)
			assert_int_equal(0, st_maps_add(maps, &map));
	}
	return r;
}

/* Parse them, and make the plan. */
static int make(const char *const *words, size_t n,
		const struct st_indexes *indexes, struct st_plan *made,
		struct error *err)
{
	struct st_maps maps;
	int r = parse(words, n, &maps, err);

	if (r == 0)
		r = st_plan_make(&maps, indexes, NULL, 1, made, err);
	st_maps_free(&maps);
	return r;
}

/* The plan as "index=cpu ...", or what was wrong with it. */
static const char *plan(const char *const maps[MAPS_MAX],
			const struct st_indexes *indexes, struct error *err)
{
	static char out[1024];
	struct st_plan made;
	size_t n = 0, used = 0;

	while (n < MAPS_MAX && maps[n])
		n++;
	*err = (struct error){ 0 };
	if (make(maps, n, indexes, &made, err)) {
		snprintf(out, sizeof(out), "%s", err->message);
		return out;
	}
	out[0] = '\0';
	for (size_t i = 0; i < made.n && used < sizeof(out); i++)
		used += (size_t)snprintf(
			out + used, sizeof(out) - used, i ? " %u=%u" : "%u=%u",
			made.entries[i].index, made.entries[i].cpu);
	st_plan_free(&made);
	return out;
}

/* Vectors 1 and 4 go to CPUs 5 and 3, vector 6 to several. */
static const struct msix_vector some[] = {
	{ .index = 1, .irq = 30, .cpu = 5 },
	{ .index = 4, .irq = 31, .cpu = 3 },
	{ .index = 6, .irq = 32, .cpu = -1 },
};
static const struct st_indexes table_of_8 = { .table_size = 8 };
static const struct st_indexes vectors_1_4_6 = {
	.table_size = 8, .vectors = some, .n_vectors = 3, .only_vectors = true
};
/* The same vectors, with the table in the capability. */
static const struct st_indexes table_and_vectors = { .table_size = 8,
						     .vectors = some,
						     .n_vectors = 3 };

#define MAPS(...) ((const char *const[MAPS_MAX]){ __VA_ARGS__ })

#define PLANS(X)                                                               \
	X(index_gets_its_cpu, table_of_8, "3=5", MAPS("3=5"))                  \
	X(cpus_go_to_indexes_in_order, table_of_8, "0=6 1=7 2=4",              \
	  MAPS("0-2=6,7,4"))                                                   \
	X(indexes_are_taken_in_the_order_given, table_of_8, "2=9 5=8",         \
	  MAPS("5,2=8,9"))                                                     \
	X(fewer_cpus_are_repeated_in_turn, table_of_8, "0=8 1=9 2=10 3=8 4=9", \
	  MAPS("0-4=8-10"))                                                    \
	X(one_cpu_may_serve_all_indexes, table_of_8,                           \
	  "0=0 1=0 2=0 3=0 4=0 5=0 6=0 7=0", MAPS("all=0"))                    \
	X(cpu_given_twice_is_used_twice, table_of_8, "0=1 1=1 2=2 3=1",        \
	  MAPS("0-3=1,1,2"))                                                   \
	X(selector_that_gives_more_gives_its_first, table_of_8, "0=0 1=1",     \
	  MAPS("0-1=all"))                                                     \
	X(local_that_gives_more_gives_its_first, table_of_8, "3=4",            \
	  MAPS("3=local"))                                                     \
	X(node_that_gives_more_gives_its_first, table_of_8, "0=100 1=101",     \
	  MAPS("0-1=node:2"))                                                  \
	X(selector_that_gives_fewer_is_repeated, table_of_8,                   \
	  "0=4 1=5 2=6 3=7 4=4 5=5 6=6 7=7", MAPS("all=local"))                \
	X(several_maps_make_one_plan, table_of_8, "0=2 1=3 6=0",               \
	  MAPS("0-1=2-3", "6=0"))                                              \
	X(plan_ascends_whatever_the_order_of_maps, table_of_8, "0=1 7=2",      \
	  MAPS("7=2", "0=1"))                                                  \
	X(all_means_the_allocated_vectors, vectors_1_4_6, "1=0 4=0 6=0",       \
	  MAPS("all=0"))                                                       \
	X(cpus_go_to_the_allocated_vectors_in_order, vectors_1_4_6,            \
	  "1=7 4=8 6=9", MAPS("all=7-9"))                                      \
	X(allocated_vector_may_be_named, vectors_1_4_6, "4=2", MAPS("4=2"))    \
	X(entry_without_vector_may_be_set_in_the_capability,                   \
	  table_and_vectors, "5=2", MAPS("5=2"))                               \
	X(irq_gives_the_cpu_of_the_vector, vectors_1_4_6, "4=3",               \
	  MAPS("4=irq"))                                                       \
	X(irq_leaves_a_vector_of_several_cpus_alone, vectors_1_4_6, "1=5 4=3", \
	  MAPS("all=irq"))                                                     \
	X(irq_of_all_means_vectors_in_the_capability_too, table_and_vectors,   \
	  "1=5 4=3", MAPS("all=irq"))                                          \
	X(irq_and_lists_make_one_plan, table_and_vectors, "0=2 1=5",           \
	  MAPS("1=irq", "0=2"))                                                \
	X(none_clears_its_indexes, table_of_8,                                 \
	  "0=2 2=4294967295 3=4294967295", MAPS("2-3=none", "0=2"))            \
	X(none_of_all_clears_the_allocated_vectors, vectors_1_4_6,             \
	  "1=4294967295 4=4294967295 6=4294967295", MAPS("all=none"))

#define X(name, indexes, expected, maps)                                    \
	static void name(void **state)                                      \
	{                                                                   \
		struct error err;                                           \
                                                                            \
		(void)state;                                                \
		want_string(expected, plan(maps, &indexes, &err), maps[0]); \
	}
PLANS(X)
#undef X

/* expected: a part of the message, and the kind of error. */
#define WRONG(X)                                                               \
	X(more_cpus_than_indexes_are_refused, table_of_8,                      \
	  "more CPUs (3) than indexes (2)", ERR_USAGE, MAPS("0-1=0-2"))        \
	X(more_cpus_than_vectors_are_refused, vectors_1_4_6,                   \
	  "more CPUs (4) than indexes (3)", ERR_USAGE, MAPS("all=0-3"))        \
	X(index_twice_in_a_map_is_refused, table_of_8,                         \
	  "index 3 is given twice", ERR_USAGE, MAPS("3,3=0"))                  \
	X(index_in_two_maps_is_refused, table_of_8, "index 2 is given twice",  \
	  ERR_USAGE, MAPS("0-3=0", "2=1"))                                     \
	X(index_twice_with_the_same_cpu_is_refused, table_of_8,                \
	  "index 2 is given twice", ERR_USAGE, MAPS("2=1", "2=1"))             \
	X(index_beside_all_is_refused, table_of_8, "index 0 is given twice",   \
	  ERR_USAGE, MAPS("all=0", "0=1"))                                     \
	X(index_one_beyond_the_table_is_refused, table_of_8,                   \
	  "index 8 is beyond the ST table", ERR_USAGE, MAPS("8=0"))            \
	X(range_beyond_the_table_is_refused, table_of_8,                       \
	  "index 8 is beyond the ST table", ERR_USAGE, MAPS("0-8=0"))          \
	X(index_2048_is_beyond_any_table, table_of_8, "the largest is 2047",   \
	  ERR_USAGE, MAPS("2048=0"))                                           \
	X(vector_not_allocated_is_refused, vectors_1_4_6,                      \
	  "vector of index 5 is not allocated", ERR_NO_VECTORS, MAPS("5=0"))   \
	X(irq_of_no_vector_is_refused, table_and_vectors,                      \
	  "vector of index 5 is not allocated", ERR_NO_VECTORS, MAPS("5=irq")) \
	X(second_map_that_is_wrong_is_refused, table_of_8, "runs backwards",   \
	  ERR_USAGE, MAPS("0=0", "3-1=0"))                                     \
	X(word_that_is_no_map_is_refused, table_of_8, "not a map", ERR_USAGE,  \
	  MAPS("0"))                                                           \
	X(cpus_that_cannot_be_resolved_are_refused, table_of_8, "CPU list",    \
	  ERR_USAGE, MAPS("0=x"))

#define X(name, indexes, expected, which, maps)                             \
	static void name(void **state)                                      \
	{                                                                   \
		struct error err;                                           \
                                                                            \
		(void)state;                                                \
		want_within(expected, plan(maps, &indexes, &err), maps[0]); \
		want_int(which, err.kind, maps[0]);                         \
	}
WRONG(X)
#undef X

static void plan_that_was_refused_is_empty(void **state)
{
	static const char *const maps[] = { "0-3=0", "3=0" };
	struct st_plan made = { .entries = (struct tph_entry *)state, .n = 99 };
	struct error err = { 0 };

	(void)state;
	make(maps, 2, &table_of_8, &made, &err);
	want_int(true, made.n == 0 && made.entries == NULL, NULL);
}

static void vectors_left_alone_are_named(void **state)
{
	static const char *const maps[] = { "all=irq" };
	struct st_plan made;
	struct error err = { 0 };

	(void)state;
	want_int(0, make(maps, 1, &vectors_1_4_6, &made, &err), maps[0]);
	want_int(1, made.left_alone.count, maps[0]);
	want_int(6, made.left_alone.items[0], maps[0]);
	st_plan_free(&made);
}

static void largest_table_is_planned_in_full(void **state)
{
	static const char *const maps[] = { "all=all" };
	static const struct st_indexes largest = { .table_size = 2048 };
	struct st_plan made;
	struct error err = { 0 };

	(void)state;
	want_int(0, make(maps, 1, &largest, &made, &err), maps[0]);
	want_int(2048, made.n, maps[0]);
	st_plan_free(&made);
}

static void last_entry_of_the_largest_table_is_planned(void **state)
{
	struct st_indexes largest = { .table_size = 2048 };
	struct error err;

	(void)state;
	want_string("2047=3", plan(MAPS("2047=3"), &largest, &err), NULL);
}

static void node_of_the_device_is_passed_on(void **state)
{
	struct error err;

	(void)state;
	node_asked_for = -2;
	plan(MAPS("0=local"), &table_of_8, &err);
	want_int(1, node_asked_for, NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		FORM(X) PRINTED(X) PLANS(X) WRONG(X)
			cmocka_unit_test(ten_thousand_characters_are_refused),
		cmocka_unit_test(long_map_is_cut_in_messages),
		cmocka_unit_test(address_does_not_look_like_a_map),
		cmocka_unit_test(wrong_map_still_looks_like_one),
		cmocka_unit_test(plan_that_was_refused_is_empty),
		cmocka_unit_test(vectors_left_alone_are_named),
		cmocka_unit_test(largest_table_is_planned_in_full),
		cmocka_unit_test(last_entry_of_the_largest_table_is_planned),
		cmocka_unit_test(node_of_the_device_is_passed_on),
	};
#undef X

	return cmocka_run_group_tests_name("st_map", tests, NULL, NULL);
}

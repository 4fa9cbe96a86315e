/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/topology on the machine that the tests run on, of which is known no
 * more than that one CPU is there: what is compared is what the kernel says
 * through sched_getaffinity().
 */
#include "unit.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>

#include "core/cpu/numa_library.h"
#include "core/cpu/topology.h"

static int load(void **state)
{
	struct error err = { 0 };
	struct topology *topology = NULL;
	int r = topology_load(&topology, &err);

	if (r)
		print_error("cannot read the topology: %s\n", err.message);
	*state = topology;
	return r;
}

static int unload(void **state)
{
	topology_free(*state);
	return 0;
}

static int resolve(const struct topology *topology, const char *text,
		   struct cpulist *list, struct error *err)
{
	struct cpu_choice choice;
	int r;

	*err = (struct error){ 0 };
	*list = (struct cpulist){ 0 };
	r = cpu_choice_parse(text, strlen(text), CPU_CHOICE_ALONE, &choice,
			     err);
	if (r == 0)
		r = topology_resolve(topology, &choice, -1, list, err);
	cpu_choice_free(&choice);
	return r;
}

static unsigned int first_usable(const struct topology *topology)
{
	struct cpulist list = { 0 };
	unsigned int cpu;

	assert_int_equal(0, topology_usable_cpus(topology, &list));
	assert_int_not_equal(0, list.count);
	cpu = list.items[0];
	cpulist_free(&list);
	return cpu;
}

static void all_means_the_usable_cpus(void **state)
{
	struct cpulist all, usable = { 0 };
	struct error err;

	assert_int_equal(0, topology_usable_cpus(*state, &usable));
	want_int(0, resolve(*state, "all", &all, &err), "all");
	want_int(usable.count, all.count, "all");
	cpulist_free(&usable);
	cpulist_free(&all);
}

static void list_keeps_its_order_and_repeats(void **state)
{
	unsigned int cpu = first_usable(*state);
	struct cpulist list;
	struct error err;
	char text[32];

	snprintf(text, sizeof(text), "%u,%u", cpu, cpu);
	want_int(0, resolve(*state, text, &list, &err), text);
	want_int(2, list.count, text);
	cpulist_free(&list);
}

#define WRONG(X)                                                              \
	X(cpu_that_is_absent_is_refused, "65535", "CPU 65535 is not present") \
	X(node_that_is_absent_is_refused, "node:65535",                       \
	  "node 65535 does not exist")                                        \
	X(node_without_number_is_refused, "node:", "a number is missing")     \
	X(node_in_a_list_is_refused, "node:0,x", "a number is missing")       \
	X(empty_list_is_refused, "", "a number is missing")                   \
	X(irq_is_refused_without_a_map, "irq", "a number is missing")         \
	X(part_of_a_word_is_refused, "al", "a number is missing")             \
	X(more_than_a_word_is_refused, "alle", "a number is missing")         \
	X(words_in_a_list_are_refused, "all,local", "a number is missing")

#define X(name, text, expected)                                              \
	static void name(void **state)                                       \
	{                                                                    \
		struct cpulist list;                                         \
		struct error err;                                            \
                                                                             \
		want_int(-EINVAL, resolve(*state, text, &list, &err), text); \
		want_within(expected, err.message, text);                    \
		want_int(ERR_USAGE, err.kind, text);                         \
	}
WRONG(X)
#undef X

static void refused_list_is_empty(void **state)
{
	struct cpulist list;
	struct error err;

	resolve(*state, "65535", &list, &err);
	want_int(true, list.count == 0 && list.items == NULL, "65535");
}

/* With the caller bound to one CPU, another that is online. */
static void want_another_cpu(void **state, bool keep_allowed)
{
	struct cpulist usable = { 0 }, list = { 0 };
	struct topology *bound = NULL;
	struct error err = { 0 };
	cpu_set_t before, one;
	char text[16];
	int r;

	assert_int_equal(0, topology_usable_cpus(*state, &usable));
	if (usable.count < 2 || usable.items[1] >= CPU_SETSIZE ||
	    sched_getaffinity(0, sizeof(before), &before)) {
		cpulist_free(&usable);
		skip();
	}
	snprintf(text, sizeof(text), "%u", usable.items[1]);
	CPU_ZERO(&one);
	CPU_SET(usable.items[0], &one);
	cpulist_free(&usable);
	assert_int_equal(0, sched_setaffinity(0, sizeof(one), &one));
	r = topology_load(&bound, &err);
	sched_setaffinity(0, sizeof(before), &before);
	assert_int_equal(0, r);
	if (keep_allowed)
		topology_keep_allowed(bound);
	r = resolve(bound, text, &list, &err);
	topology_free(bound);
	cpulist_free(&list);
	want_int(keep_allowed ? -EINVAL : 0, r, text);
	if (keep_allowed)
		want_within("not in the CPU affinity", err.message, text);
}

static void cpu_outside_the_affinity_mask_is_taken(void **state)
{
	want_another_cpu(state, false);
}

static void cpu_outside_the_affinity_mask_is_refused_if_asked_for(void **state)
{
	want_another_cpu(state, true);
}

static void node_of_an_absent_cpu_is_not_known(void **state)
{
	want_int(-1, topology_node_of_cpu(*state, 65535), NULL);
}

static int distance(const struct topology *t, int from, int to)
{
	struct error err;
	int d;

	want_int(0, topology_distance(t, from, to, &d, &err), NULL);
	return d;
}

static void distance_to_no_node_is_not_known(void **state)
{
	want_int(-1, distance(*state, 0, -1), NULL);
}

static void distance_to_an_absent_node_is_not_known(void **state)
{
	want_int(-1, distance(*state, 0, 65535), NULL);
}

static void distance_of_a_node_to_itself_is_10(void **state)
{
	int node = topology_node_of_cpu(*state, first_usable(*state));
	const struct numa_library *numa = numa_library(&(struct error){ 0 });

	if (node < 0)
		skip(); /* a kernel without NUMA */
	assert_non_null(numa);
	if (!numa->available)
		skip(); /* or an emulator without memory policies */
	want_int(10, distance(*state, node, node), NULL);
}

static void cpu_is_among_those_of_its_node(void **state)
{
	unsigned int cpu = first_usable(*state);
	int node = topology_node_of_cpu(*state, cpu);
	struct cpulist list = { 0 };
	bool found = false;

	if (node < 0)
		skip();
	want_int(0, topology_cpus_of_node(*state, node, true, &list), NULL);
	for (size_t i = 0; i < list.count; i++)
		found |= list.items[i] == cpu;
	cpulist_free(&list);
	want_int(true, found, NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		WRONG(X) cmocka_unit_test(all_means_the_usable_cpus),
		cmocka_unit_test(list_keeps_its_order_and_repeats),
		cmocka_unit_test(refused_list_is_empty),
		cmocka_unit_test(cpu_outside_the_affinity_mask_is_taken),
		cmocka_unit_test(
			cpu_outside_the_affinity_mask_is_refused_if_asked_for),
		cmocka_unit_test(node_of_an_absent_cpu_is_not_known),
		cmocka_unit_test(distance_to_no_node_is_not_known),
		cmocka_unit_test(distance_to_an_absent_node_is_not_known),
		cmocka_unit_test(distance_of_a_node_to_itself_is_10),
		cmocka_unit_test(cpu_is_among_those_of_its_node),
	};
#undef X

	return cmocka_run_group_tests_name("topology", tests, load, unload);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/caches on machines whose files the test makes, and counts how often
 * they are read.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/sysfs.h"
#include "core/cpu/caches.h"

/* How one CPU differs from the others. */
struct machine {
	unsigned int cpus, threads; /* threads: 2 means CPU n and n + 1 */
	unsigned int per_l2, per_l3;
	bool no_caches;		  /* no CPU has cache/ */
	unsigned int without_l3;  /* CPUs below this have no index3 */
	unsigned int without_all; /* CPUs below this have no cache/ */
	bool unified_l1;	  /* index1 is the L2 */
	bool only_old_core_list;
	const char *l3_text; /* in place of the list, or NULL */
	int number;	     /* errno of every read, or 0 */
};

static struct machine machine;
static unsigned int reads, missing;

char *__wrap_sysfs_read_all(const char *path);

static char *list_around(unsigned int cpu, unsigned int n)
{
	char *text = NULL;
	unsigned int first = cpu / n * n;

	if (n == 1)
		assert_int_not_equal(-1, asprintf(&text, "%u\n", cpu));
	else
		assert_int_not_equal(
			-1, asprintf(&text, "%u-%u\n", first, first + n - 1));
	return text;
}

static char *read_core(unsigned int cpu, const char *name)
{
	bool old = strcmp(name, "topology/thread_siblings_list") == 0;

	if (!old && strcmp(name, "topology/core_cpus_list") != 0)
		return NULL;
	return machine.only_old_core_list && !old
		       ? NULL
		       : list_around(cpu, machine.threads);
}

static char *read_cache(unsigned int cpu, unsigned int index, const char *name)
{
	unsigned int level = index < 2 ? 1 : index;

	if (machine.unified_l1)
		level = index + 1;
	if (machine.no_caches || cpu < machine.without_all || level > 3 ||
	    (level == 3 && cpu < machine.without_l3))
		return NULL;
	if (strcmp(name, "level") == 0)
		return strdup(level == 1 ? "1\n" : level == 2 ? "2\n" : "3\n");
	if (strcmp(name, "type") == 0)
		return strdup(level > 1 || machine.unified_l1 ? "Unified\n"
			      : index == 0		      ? "Data\n"
					   : "Instruction\n");
	assert_string_equal("shared_cpu_list", name);
	if (level == 3 && machine.l3_text)
		return strdup(machine.l3_text);
	return list_around(cpu, level == 1   ? machine.threads
				: level == 2 ? machine.per_l2
					     : machine.per_l3);
}

char *__wrap_sysfs_read_all(const char *path)
{
	unsigned int cpu, index;
	char name[64];
	char *text = NULL;

	if (machine.number) {
		errno = machine.number;
		return NULL;
	}
	if (sscanf(path, "/sys/devices/system/cpu/cpu%u/cache/index%u/%63s",
		   &cpu, &index, name) == 3)
		text = cpu < machine.cpus ? read_cache(cpu, index, name) : NULL;
	else if (sscanf(path, "/sys/devices/system/cpu/cpu%u/%63s", &cpu,
			name) == 2)
		text = cpu < machine.cpus ? read_core(cpu, name) : NULL;
	else
		fail_msg("unexpected file %s", path);
	*(text ? &reads : &missing) += 1;
	errno = ENOENT;
	return text;
}

/* Two threads a core, an L2 a core, an L3 for eight CPUs. */
static int start(void **state)
{
	machine = (struct machine){
		.cpus = 64, .threads = 2, .per_l2 = 2, .per_l3 = 8
	};
	reads = missing = 0;
	*state = caches_new();
	return *state ? 0 : -1;
}

static int stop(void **state)
{
	caches_free(*state);
	return 0;
}

static const struct cpulist *ask(void **state, enum cache_kind kind,
				 unsigned int cpu)
{
	const struct cpulist *cpus;
	struct error err = { 0 };

	want_int(0, caches_sharing(*state, kind, cpu, &cpus, &err), NULL);
	return cpus;
}

static void want_cpus(void **state, enum cache_kind kind, unsigned int cpu,
		      const char *expected)
{
	const struct cpulist *cpus = ask(state, kind, cpu);
	char *text = cpus ? cpulist_format(cpus) : NULL;
	char given[32];

	snprintf(given, sizeof(given), "kind %d, CPU %u", kind, cpu);
	want_string(expected, text, given);
	free(text);
}

static void l3_is_shared_by_its_cpus(void **state)
{
	want_cpus(state, CACHE_L3, 13, "8-15");
}

static void l2_is_shared_by_the_threads(void **state)
{
	want_cpus(state, CACHE_L2, 13, "12-13");
}

static void core_has_its_threads(void **state)
{
	want_cpus(state, CACHE_CORE, 13, "12-13");
}

static void core_is_read_by_its_older_name(void **state)
{
	machine.only_old_core_list = true;
	want_cpus(state, CACHE_CORE, 13, "12-13");
}

static void sharing_cpus_get_one_pointer(void **state)
{
	assert_ptr_equal(ask(state, CACHE_L3, 8), ask(state, CACHE_L3, 15));
}

static void other_caches_get_another_pointer(void **state)
{
	assert_ptr_not_equal(ask(state, CACHE_L3, 7), ask(state, CACHE_L3, 8));
}

static void pointers_last_while_others_are_read(void **state)
{
	const struct cpulist *first = ask(state, CACHE_L3, 0);

	for (unsigned int cpu = 1; cpu < machine.cpus; cpu++)
		ask(state, CACHE_L3, cpu);
	assert_ptr_equal(first, ask(state, CACHE_L3, 0));
	want_int(8, first->count, NULL);
}

/* Four indexes, level and type of each, then a list a cache. */
static void no_more_than_a_file_a_cache_is_read(void **state)
{
	for (unsigned int cpu = 0; cpu < machine.cpus; cpu++)
		ask(state, CACHE_L3, cpu);
	want_int(8 + 64 / 8, reads, NULL);
	want_int(0, missing, NULL);
}

static void no_more_than_a_file_a_core_is_read(void **state)
{
	for (unsigned int cpu = 0; cpu < machine.cpus; cpu++)
		ask(state, CACHE_CORE, cpu);
	want_int(64 / 2, reads, NULL);
	want_int(0, missing, NULL);
}

/* Three indexes suffice, and no thread shares. */
static void no_more_than_a_file_a_cpu_is_read(void **state)
{
	machine.threads = machine.per_l2 = 1;
	for (unsigned int cpu = 0; cpu < machine.cpus; cpu++)
		ask(state, CACHE_L2, cpu);
	want_int(6 + 64, reads, NULL);
}

static void nothing_is_read_before_it_is_asked_for(void **state)
{
	(void)state;
	want_int(0, reads + missing, NULL);
}

static void without_caches_nothing_is_known(void **state)
{
	machine.no_caches = true;
	for (unsigned int cpu = 0; cpu < machine.cpus; cpu++)
		want_cpus(state, CACHE_L3, cpu, NULL);
	want_int(64, missing, NULL);
}

static void cpu_without_l3_has_none(void **state)
{
	machine.without_l3 = 4;
	want_cpus(state, CACHE_L3, 0, NULL);
	want_cpus(state, CACHE_L2, 0, "0-1");
}

static void l3_is_found_after_cpus_that_have_none(void **state)
{
	machine.without_l3 = 8;
	want_cpus(state, CACHE_L3, 0, NULL);
	want_cpus(state, CACHE_L3, 8, "8-15");
}

static void caches_are_found_after_cpus_that_have_none(void **state)
{
	machine.without_all = 8;
	want_cpus(state, CACHE_L2, 0, NULL);
	want_cpus(state, CACHE_L2, 8, "8-9");
}

static void what_was_not_known_is_not_read_again(void **state)
{
	unsigned int before;

	machine.no_caches = true;
	ask(state, CACHE_L3, 0);
	before = missing;
	ask(state, CACHE_L3, 0);
	want_int(before, missing, NULL);
}

static void levels_are_read_and_not_counted(void **state)
{
	machine.unified_l1 = true;
	want_cpus(state, CACHE_L2, 4, "4-5");
	want_cpus(state, CACHE_L3, 4, "0-7");
}

#define WRONG_LISTS(X)                              \
	X(list_without_the_cpu_is_not_known, "0-3") \
	X(empty_list_is_not_known, "\n")            \
	X(list_with_words_is_not_known, "0-7 x\n")  \
	X(list_of_huge_numbers_is_not_known, "0-99999999999\n")

#define X(name, text)                                 \
	static void name(void **state)                \
	{                                             \
		machine.l3_text = text;               \
		want_cpus(state, CACHE_L3, 4, NULL);  \
		want_cpus(state, CACHE_L2, 4, "4-5"); \
	}
WRONG_LISTS(X)
#undef X

static void absent_cpu_shares_nothing(void **state)
{
	want_cpus(state, CACHE_L3, 64, NULL);
	want_cpus(state, CACHE_L3, CPULIST_MAX_CPU, NULL);
	want_cpus(state, CACHE_L3, CPULIST_MAX_CPU + 1, NULL);
	want_cpus(state, CACHE_L3, UINT32_MAX, NULL);
}

#define SHORTAGES(X)                               \
	X(lack_of_memory_is_an_error, ENOMEM)      \
	X(lack_of_descriptors_is_an_error, EMFILE) \
	X(lack_of_descriptors_of_all_is_an_error, ENFILE)

#define X(name, errno_)                                                       \
	static void name(void **state)                                        \
	{                                                                     \
		const struct cpulist *cpus;                                   \
		struct error err = { 0 };                                     \
                                                                              \
		machine.number = errno_;                                      \
		want_int(-errno_,                                             \
			 caches_sharing(*state, CACHE_L3, 4, &cpus, &err),    \
			 NULL);                                               \
		want_within("cannot read /sys/devices/system/cpu/cpu4/cache", \
			    err.message, NULL);                               \
		machine.number = 0;                                           \
		want_cpus(state, CACHE_L3, 4, "0-7");                         \
	}
SHORTAGES(X)
#undef X

static void file_that_may_not_be_read_is_not_known(void **state)
{
	machine.number = EACCES;
	want_cpus(state, CACHE_L3, 4, NULL);
}

#define LEVELS(X)                                                  \
	X(level_of_a_unified_cache, 3, "3\n", "Unified\n")         \
	X(level_of_a_data_cache, 1, "1", "Data")                   \
	X(no_level_of_an_instruction_cache, 0, "1", "Instruction") \
	X(no_level_of_an_unknown_type, 0, "2", "Unifiedx")         \
	X(no_level_without_a_type, 0, "2", "")                     \
	X(no_level_of_no_number, 0, "x", "Unified")                \
	X(no_level_of_more_than_a_number, 0, "2 3", "Unified")

#define X(name, expected, level, type)                                      \
	static void name(void **state)                                      \
	{                                                                   \
		(void)state;                                                \
		want_int(expected, caches_parse_level(level, type), level); \
	}
LEVELS(X)
#undef X

int main(void)
{
#define T(name)	     cmocka_unit_test_setup_teardown(name, start, stop)
#define X(name, ...) T(name),
	const struct CMUnitTest tests[] = {
		LEVELS(X) WRONG_LISTS(X) SHORTAGES(X)
			T(l3_is_shared_by_its_cpus),
		T(l2_is_shared_by_the_threads),
		T(core_has_its_threads),
		T(core_is_read_by_its_older_name),
		T(sharing_cpus_get_one_pointer),
		T(other_caches_get_another_pointer),
		T(pointers_last_while_others_are_read),
		T(no_more_than_a_file_a_cache_is_read),
		T(no_more_than_a_file_a_core_is_read),
		T(no_more_than_a_file_a_cpu_is_read),
		T(nothing_is_read_before_it_is_asked_for),
		T(without_caches_nothing_is_known),
		T(cpu_without_l3_has_none),
		T(l3_is_found_after_cpus_that_have_none),
		T(caches_are_found_after_cpus_that_have_none),
		T(what_was_not_known_is_not_read_again),
		T(levels_are_read_and_not_counted),
		T(absent_cpu_shares_nothing),
		T(file_that_may_not_be_read_is_not_known),
	};
#undef X

	return cmocka_run_group_tests_name("caches", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/caches.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"

#define CPU_DIR "/sys/devices/system/cpu/"

/* Directories cache/indexN that are tried; CPUs have four or five. */
#define MAX_INDEXES 16

/* In place of the number of a group. */
#define UNREAD	 (-1)
#define UNSHARED (-2) /* read, and not known */

/* CPUs by what they share. */
struct groups {
	struct cpulist **lists;
	size_t n;
	int *of_cpu; /* a number in lists, UNREAD or UNSHARED */
	size_t cpus; /* how many CPUs of_cpu is for */
};

struct caches {
	struct groups groups[CACHE_KINDS];
	/*
	 * Levels of cache/index0, index1, ..., 0 for one of instructions. They
	 * are the same on all CPUs, as far as a CPU has them: the kernel
	 * counts indexes up by level, and one kind of core may lack the last.
	 */
	unsigned int levels[MAX_INDEXES];
	unsigned int n_levels;
};

struct caches *caches_new(void)
{
	return calloc(1, sizeof(struct caches));
}

void caches_free(struct caches *caches)
{
	if (!caches)
		return;
	for (size_t k = 0; k < CACHE_KINDS; k++) {
		struct groups *g = &caches->groups[k];

		for (size_t i = 0; i < g->n; i++) {
			cpulist_free(g->lists[i]);
			free(g->lists[i]);
		}
		free(g->lists);
		free(g->of_cpu);
	}
	free(caches);
}

static bool is_line_end(const char *text)
{
	return *text == '\0' || *text == '\n';
}

unsigned int caches_parse_level(const char *level, const char *type)
{
	unsigned int number;

	if (!text_take_number(&level, &number) || !is_line_end(level))
		return 0;
	if (!text_take(&type, "Unified") && !text_take(&type, "Data"))
		return 0;
	return is_line_end(type) ? number : 0;
}

int caches_parse_sharing(const char *text, unsigned int cpu,
			 struct cpulist *cpus)
{
	struct error err;
	int r = cpulist_parse(text, strcspn(text, "\n"), CPULIST_MAX_CPU, "CPU",
			      cpus, &err);

	if (r)
		return r;
	cpulist_normalize(cpus);
	for (size_t i = 0; i < cpus->count; i++)
		if (cpus->items[i] == cpu)
			return 0;
	cpulist_free(cpus);
	return -EINVAL;
}

/*
 * A file of one CPU, to be freed; *text is NULL if there is none to be read.
 * Returns 0, or -errno with *err filled if that is for lack of something of
 * ours.
 */
static int read_file(unsigned int cpu, const char *name, char **text,
		     struct error *err)
{
	char path[128];

	snprintf(path, sizeof(path), CPU_DIR "cpu%u/%s", cpu, name);
	*text = sysfs_read_all(path);
	if (!*text && (errno == ENOMEM || errno == EMFILE || errno == ENFILE))
		return error_system(err, errno, "cannot read %s", path);
	return 0;
}

/* Read the level of the next index that no CPU asked for before had. */
static int learn_index(struct caches *c, unsigned int cpu, bool *learnt,
		       struct error *err)
{
	_cleanup_free_ char *level = NULL, *type = NULL;
	char name[64];
	int r;

	*learnt = false;
	if (c->n_levels == MAX_INDEXES)
		return 0;
	snprintf(name, sizeof(name), "cache/index%u/level", c->n_levels);
	r = read_file(cpu, name, &level, err);
	if (r || !level)
		return r;
	snprintf(name, sizeof(name), "cache/index%u/type", c->n_levels);
	r = read_file(cpu, name, &type, err);
	if (r)
		return r;
	c->levels[c->n_levels++] = type ? caches_parse_level(level, type) : 0;
	*learnt = true;
	return 0;
}

/* The index of the cache of this level; -1 if there is none. */
static int find_index(struct caches *c, unsigned int cpu, unsigned int level,
		      int *index, struct error *err)
{
	bool learnt = true;

	for (unsigned int i = 0; learnt; i++) {
		if (i == c->n_levels) {
			int r = learn_index(c, cpu, &learnt, err);

			if (r)
				return r;
		}
		if (i < c->n_levels && c->levels[i] == level) {
			*index = (int)i;
			return 0;
		}
	}
	*index = -1;
	return 0;
}

static int read_cache(struct caches *c, unsigned int level, unsigned int cpu,
		      char **text, struct error *err)
{
	char name[64];
	int index, r = find_index(c, cpu, level, &index, err);

	if (r || index < 0)
		return r;
	snprintf(name, sizeof(name), "cache/index%d/shared_cpu_list", index);
	return read_file(cpu, name, text, err);
}

static int read_core(unsigned int cpu, char **text, struct error *err)
{
	int r = read_file(cpu, "topology/core_cpus_list", text, err);

	/* Its name before Linux 5.3. */
	if (r == 0 && !*text)
		r = read_file(cpu, "topology/thread_siblings_list", text, err);
	return r;
}

/* Make of_cpu large enough for every CPU up to last. */
static int grow(struct groups *g, unsigned int last)
{
	size_t cpus = (size_t)last + 1;
	int *of_cpu;

	if (cpus <= g->cpus)
		return 0;
	of_cpu = reallocarray(g->of_cpu, cpus, sizeof(*of_cpu));
	if (!of_cpu)
		return -ENOMEM;
	for (size_t i = g->cpus; i < cpus; i++)
		of_cpu[i] = UNREAD;
	g->of_cpu = of_cpu;
	g->cpus = cpus;
	return 0;
}

/* Takes the list over, whatever it returns. */
static int add_group(struct groups *g, struct cpulist *cpus)
{
	struct cpulist **lists =
		reallocarray(g->lists, g->n + 1, sizeof(struct cpulist *));
	struct cpulist *kept = NULL;

	if (lists) {
		g->lists = lists;
		kept = malloc(sizeof(*kept));
	}
	if (!kept || grow(g, cpus->items[cpus->count - 1])) {
		free(kept);
		cpulist_free(cpus);
		return -ENOMEM;
	}
	*kept = *cpus;
	for (size_t i = 0; i < kept->count; i++)
		if (g->of_cpu[kept->items[i]] == UNREAD)
			g->of_cpu[kept->items[i]] = (int)g->n;
	g->lists[g->n++] = kept;
	return 0;
}

static int read_group(struct caches *c, enum cache_kind kind, unsigned int cpu,
		      struct error *err)
{
	struct groups *g = &c->groups[kind];
	_cleanup_free_ char *text = NULL;
	struct cpulist cpus;
	int r = kind == CACHE_CORE ? read_core(cpu, &text, err)
				   : read_cache(c, kind == CACHE_L2 ? 2 : 3,
						cpu, &text, err);

	if (r)
		return r;
	r = text ? caches_parse_sharing(text, cpu, &cpus) : -EINVAL;
	if (r == 0)
		r = add_group(g, &cpus);
	else if (r == -EINVAL)
		r = grow(g, cpu);
	if (r)
		return error_system(err, ENOMEM, "cannot read the caches");
	if (g->of_cpu[cpu] == UNREAD)
		g->of_cpu[cpu] = UNSHARED;
	return 0;
}

int caches_sharing(struct caches *caches, enum cache_kind kind,
		   unsigned int cpu, const struct cpulist **cpus,
		   struct error *err)
{
	const struct groups *g = &caches->groups[kind];

	*cpus = NULL;
	if (cpu > CPULIST_MAX_CPU)
		return 0;
	if (cpu >= g->cpus || g->of_cpu[cpu] == UNREAD) {
		int r = read_group(caches, kind, cpu, err);

		if (r)
			return r;
	}
	if (g->of_cpu[cpu] >= 0)
		*cpus = g->lists[g->of_cpu[cpu]];
	return 0;
}

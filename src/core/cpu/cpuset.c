/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/cpuset.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/cpu/cpulist.h"

#define CGROUPS "/sys/fs/cgroup"
/* A partition below a service in a slice; the rest is not looked through. */
#define DEPTH 4

void cpuset_own(char path[CPUSET_PATH_SIZE])
{
	long n = sysfs_read("/proc/self/cpuset", path, CPUSET_PATH_SIZE);

	if (n <= 0)
		path[0] = '\0';
}

static bool has_cpu(const char *group, unsigned int cpu)
{
	_cleanup_(cpulist_free) struct cpulist cpus = { 0 };
	char text[4096];
	struct error ignored;
	long n = sysfs_readf(text, sizeof(text),
			     CGROUPS "%s/cpuset.cpus.effective", group);

	if (n <= 0 || cpulist_parse(text, (size_t)n, CPULIST_MAX_CPU, "CPU",
				    &cpus, &ignored))
		return false;
	for (size_t i = 0; i < cpus.count; i++)
		if (cpus.items[i] == cpu)
			return true;
	return false;
}

static bool is_partition(const char *group)
{
	char text[64];

	return sysfs_readf(text, sizeof(text),
			   CGROUPS "%s/cpuset.cpus.partition", group) > 0 &&
	       (strcmp(text, "root") == 0 || strcmp(text, "isolated") == 0);
}

static bool search(unsigned int cpu, const char *group, int depth,
		   char path[CPUSET_PATH_SIZE])
{
	char directory[CPUSET_PATH_SIZE + sizeof(CGROUPS)];
	_cleanup_closedir_ DIR *d = NULL;
	struct dirent *entry;

	snprintf(directory, sizeof(directory), CGROUPS "%s", group);
	d = opendir(directory);
	while (d && (entry = readdir(d))) {
		char below[CPUSET_PATH_SIZE];

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.' ||
		    (size_t)snprintf(below, sizeof(below), "%s/%s", group,
				     entry->d_name) >= sizeof(below))
			continue;
		if (is_partition(below) && has_cpu(below, cpu)) {
			snprintf(path, CPUSET_PATH_SIZE, "%s", below);
			return true;
		}
		if (depth > 1 && search(cpu, below, depth - 1, path))
			return true;
	}
	return false;
}

bool cpuset_partition_of(unsigned int cpu, char path[CPUSET_PATH_SIZE])
{
	return search(cpu, "", DEPTH, path);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/proc.h"

#include <errno.h>
#include <stdio.h>

#include "core/base/text.h"

static int begin(struct proc_walk *walk, const char *path)
{
	*walk = (struct proc_walk){ .dir = opendir(path) };
	if (!walk->dir)
		return -errno;
	walk->at = dirfd(walk->dir);
	return 0;
}

int proc_walk_processes(struct proc_walk *walk)
{
	return begin(walk, "/proc");
}

int proc_walk_descriptors(struct proc_walk *walk, pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	return begin(walk, path);
}

int proc_walk_next(struct proc_walk *walk)
{
	const struct dirent *entry;

	while ((errno = 0, entry = readdir(walk->dir))) {
		walk->name = entry->d_name;
		walk->number = text_number(walk->name);
		if (walk->number >= 0)
			return 1;
	}
	return -errno;
}

void proc_walk_end(struct proc_walk *walk)
{
	if (walk->dir)
		closedir(walk->dir);
	walk->dir = NULL;
}

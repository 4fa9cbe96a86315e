/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks of /proc: its processes, or the descriptors of one. */
#ifndef CORE_BASE_PROC_H
#define CORE_BASE_PROC_H

#include <dirent.h>
#include <sys/types.h>

struct proc_walk {
	DIR *dir;
	int at;		  /* the directory: descriptors are links in it */
	int number;	  /* of the process or descriptor */
	const char *name; /* the number as text */
};

/* Begin with the processes, or the descriptors of pid. 0 or -errno. */
int proc_walk_processes(struct proc_walk *walk);
int proc_walk_descriptors(struct proc_walk *walk, pid_t pid);

/* Go on to the next. Returns 1, 0 at the end, or -errno. */
int proc_walk_next(struct proc_walk *walk);

/* In any case, also where it could not be begun. */
void proc_walk_end(struct proc_walk *walk);

#define _cleanup_walk_ __attribute__((cleanup(proc_walk_end)))

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/stuck.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

/* Those beyond are waited for again. */
#define PLACES 1024

static struct stuck {
	pid_t pid;
	ino_t inode; /* of its directory in /proc: no other process has that */
	uint64_t until;
} places[PLACES];

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* 0 where it ended. Waits for nobody, unlike what is below it. */
static ino_t inode_of(pid_t pid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	return stat(path, &st) ? 0 : st.st_ino;
}

void stuck_remember(pid_t pid)
{
	uint64_t at = now();

	for (size_t i = 0; i < PLACES; i++)
		if (places[i].until <= at || places[i].pid == pid) {
			places[i] = (struct stuck){ pid, inode_of(pid),
						    at + STUCK_MS };
			return;
		}
}

bool stuck_is_remembered(pid_t pid)
{
	uint64_t at = now();

	for (size_t i = 0; i < PLACES; i++)
		if (places[i].pid == pid && places[i].until > at)
			return places[i].inode &&
			       places[i].inode == inode_of(pid);
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"

#define LINKS_MAX 40 /* as the kernel has it */

/* Where the way has come to. */
struct way {
	const char *path; /* as it was given: for messages */
	int dir;
	char rest[PATH_MAX];   /* what is still to go */
	char at[NAME_MAX + 1]; /* the name that is looked at */
	unsigned int links;
};

static int cannot_read(const struct way *way, int number, struct error *err)
{
	error_system(err, number, "cannot read %s", way->path);
	if (err->kind != ERR_PERMISSION)
		err->kind = ERR_INPUT;
	return -number;
}

static int check(const struct way *way, const struct stat *st,
		 struct error *err)
{
	bool sticky = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);
	bool loose = !S_ISLNK(st->st_mode) && !sticky &&
		     (st->st_mode & (S_IWGRP | S_IWOTH));

	if ((st->st_uid == 0 || st->st_uid == geteuid()) && !loose)
		return 0;
	error_set(err, ERR_PERMISSION, EPERM,
		  "%s is not trusted: others may write %s%s%s (owner %u, mode "
		  "%04o)",
		  way->path, S_ISDIR(st->st_mode) ? "the directory " : "it",
		  S_ISDIR(st->st_mode) ? way->at : "",
		  S_ISLNK(st->st_mode) ? ", through a link" : "", st->st_uid,
		  st->st_mode & 07777u);
	error_hint(err, "chown root and chmod go-w, if you know what it says");
	return -EPERM;
}

static int go_to(struct way *way, int fd, struct error *err)
{
	if (fd < 0)
		return cannot_read(way, errno, err);
	if (way->dir >= 0)
		close(way->dir);
	way->dir = fd;
	return 0;
}

/* Cut the first name off the rest. False where nothing is left. */
static bool next_name(struct way *way)
{
	char *from = way->rest + strspn(way->rest, "/");
	size_t length = strcspn(from, "/");

	if (length == 0 || length > NAME_MAX)
		return false;
	memcpy(way->at, from, length);
	way->at[length] = '\0';
	memmove(way->rest, from + length, strlen(from + length) + 1);
	return true;
}

static bool is_last(const struct way *way)
{
	return way->rest[strspn(way->rest, "/")] == '\0';
}

/* Put what a link says before the rest of the way. */
static int follow(struct way *way, struct error *err)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t n = readlinkat(way->dir, way->at, target, sizeof(target) - 1);

	if (n < 0)
		return cannot_read(way, errno, err);
	target[n] = '\0';
	memcpy(rest, way->rest, sizeof(rest));
	if (++way->links > LINKS_MAX)
		return cannot_read(way, ELOOP, err);
	if ((size_t)snprintf(way->rest, sizeof(way->rest), "%s/%s", target,
			     rest) >= sizeof(way->rest))
		return cannot_read(way, ENAMETOOLONG, err);
	return target[0] == '/' ? go_to(way, open("/", O_PATH | O_CLOEXEC), err)
				: 0;
}

/* A directory or a link on the way. Returns 1 where it is the file. */
static int step(struct way *way, struct error *err)
{
	struct stat st;
	int r;

	if (fstatat(way->dir, way->at, &st, AT_SYMLINK_NOFOLLOW))
		return cannot_read(way, errno, err);
	r = check(way, &st, err);
	if (r)
		return r;
	if (S_ISLNK(st.st_mode))
		return follow(way, err);
	if (is_last(way))
		return 1;
	return go_to(way,
		     openat(way->dir, way->at,
			    O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC),
		     err);
}

/* O_NONBLOCK: a FIFO must not make us wait for its writer. */
static int open_file(struct way *way, struct error *err)
{
	_cleanup_close_ int fd = openat(way->dir, way->at,
					O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
						O_NOCTTY | O_NONBLOCK);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st))
		return cannot_read(way, errno, err);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_INPUT, EINVAL,
				 "%s is not a regular file", way->path);
	r = check(way, &st, err);
	return r ? r : take_fd(&fd);
}

static int begin(struct way *way, struct error *err)
{
	char here[PATH_MAX] = "";

	if (way->path[0] != '/' && !getcwd(here, sizeof(here)))
		return cannot_read(way, errno, err);
	if ((size_t)snprintf(way->rest, sizeof(way->rest), "%s/%s", here,
			     way->path) >= sizeof(way->rest))
		return cannot_read(way, ENAMETOOLONG, err);
	return go_to(way, open("/", O_PATH | O_CLOEXEC), err);
}

int trust_open(const char *path, struct error *err)
{
	struct way way = { .path = path, .dir = -1 };
	int r = begin(&way, err);

	while (r == 0)
		r = next_name(&way) ? step(&way, err)
				    : cannot_read(&way, ENOENT, err);
	if (r == 1)
		r = open_file(&way, err);
	if (way.dir >= 0)
		close(way.dir);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/cleanup.h"

static int check_trust(const char *path, int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return error_system(err, errno, "cannot read %s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERR_INPUT, EINVAL,
				 "%s is not a regular file", path);
	if ((st.st_uid == 0 || st.st_uid == geteuid()) &&
	    !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	error_set(err, ERR_PERMISSION, EPERM,
		  "%s is not trusted: others may write it (owner %u, mode "
		  "%04o)",
		  path, st.st_uid, st.st_mode & 07777u);
	error_hint(err, "chown root and chmod go-w, if you know what it says");
	return -EPERM;
}

static char *read_text(const char *path, int fd, size_t limit, size_t *length,
		       struct error *err)
{
	_cleanup_free_ char *text = malloc(limit + 2);
	size_t used = 0;

	while (text && used <= limit) {
		ssize_t n = read(fd, text + used, limit + 1 - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_system(err, errno, "cannot read %s", path);
			err->kind = ERR_INPUT;
			return NULL;
		}
		if (n == 0)
			break;
		used += (size_t)n;
	}
	if (!text) {
		error_system(err, ENOMEM, "cannot read %s", path);
		return NULL;
	}
	if (used > limit) {
		error_set(err, ERR_INPUT, EFBIG,
			  "%s is larger than %zu bytes", path, limit);
		return NULL;
	}
	text[used] = '\0';
	*length = used;
	return take_ptr(text);
}

char *profile_file_read(const char *path, bool trusted, size_t limit,
			size_t *length, struct error *err)
{
	_cleanup_close_ int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_text("standard input", STDIN_FILENO, limit, length,
				 err);
	/* O_NONBLOCK: a FIFO must not make us wait for its writer. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		error_system(err, errno, "cannot read %s", path);
		if (err->kind != ERR_PERMISSION)
			err->kind = ERR_INPUT;
		return NULL;
	}
	if (trusted && check_trust(path, fd, err))
		return NULL;
	return read_text(path, fd, limit, length, err);
}

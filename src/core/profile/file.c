/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/trust.h"

/* O_NONBLOCK: a FIFO must not make us wait for its writer. */
static int open_any(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd >= 0)
		return fd;
	error_system(err, errno, "cannot read %s", path);
	if (err->kind != ERR_PERMISSION)
		err->kind = ERR_INPUT;
	return -err->number;
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
		error_set(err, ERR_INPUT, EFBIG, "%s is larger than %zu bytes",
			  path, limit);
		return NULL;
	}
	text[used] = '\0';
	*length = used;
	return take_ptr(text);
}

char *profile_file_read(const char *path, enum profile_trust trust,
			size_t limit, size_t *length, struct error *err)
{
	_cleanup_close_ int fd = -1;

	if (strcmp(path, "-") == 0)
		return read_text("standard input", STDIN_FILENO, limit, length,
				 err);
	fd = trust == PROFILE_TRUSTED ? trust_open(path, err)
				      : open_any(path, err);
	if (fd < 0)
		return NULL;
	return read_text(path, fd, limit, length, err);
}

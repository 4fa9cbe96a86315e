/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

#include "core/base/cleanup.h"
#include "core/base/interrupt.h"
#include "core/base/state_directory.h"

#define LOOK_EVERY_MS 20

int lock_open(const char *name, struct error *err)
{
	_cleanup_close_ int dir = state_directory_open(err);
	char file[64];
	int fd;

	if (dir < 0)
		return dir;
	snprintf(file, sizeof(file), "%s.lock", name);
	fd = openat(dir, file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? error_system(err, errno, "cannot open %s/%s",
				     STATE_DIRECTORY, file)
		      : fd;
}

/*
 * A record lock, since that names its holder. It would be lost if this process
 * opened and closed the file once more; children do not inherit it.
 */
int lock_take(int fd, unsigned int ms, pid_t *holder)
{
	const struct timespec pause = { .tv_nsec = LOOK_EVERY_MS * 1000000L };
	struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	*holder = 0;
	for (unsigned int waited = 0; fcntl(fd, F_SETLK, &want);
	     waited += LOOK_EVERY_MS) {
		struct flock has = want;

		if (errno != EAGAIN && errno != EACCES)
			return -errno;
		if (fcntl(fd, F_GETLK, &has) == 0 && has.l_type != F_UNLCK)
			*holder = has.l_pid;
		if (interrupt_pending())
			return -EINTR;
		if (waited >= ms)
			return -EAGAIN;
		nanosleep(&pause, NULL);
	}
	return 0;
}

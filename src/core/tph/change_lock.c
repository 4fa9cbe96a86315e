/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/change_lock.h"

#include <errno.h>

#include "core/base/cleanup.h"
#include "core/base/interrupt.h"
#include "core/base/lock.h"

int change_lock(const struct bdf *bdf, struct error *err)
{
	_cleanup_close_ int fd = -1;
	char address[BDF_LENGTH];
	pid_t holder;
	int r;

	*err = (struct error){ .kind = ERR_NONE };
	/* An owner of a node has no directory that is his alone. */
	if (geteuid() != 0)
		return -ENOENT;
	fd = lock_open(bdf_format(bdf, address), err);
	if (fd < 0)
		return -ENOENT;
	r = lock_take(fd, CHANGE_LOCK_MS, &holder);
	if (r == -EINTR)
		return error_set(err, ERR_INTERRUPTED, EINTR,
				 "interrupted by %s: nothing was done to it",
				 interrupt_name(interrupt_pending()));
	if (r == -EAGAIN)
		return error_set(err, ERR_BUSY, EBUSY,
				 "another %s (pid %d) has been changing "
				 "it for %d seconds",
				 program_invocation_short_name, holder,
				 CHANGE_LOCK_MS / 1000);
	if (r) {
		error_system(err, -r, "cannot lock it");
		return -ENOENT;
	}
	return take_fd(&fd);
}

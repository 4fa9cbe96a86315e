/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"

#define READING (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

/* As of the newest kernel; the header may be older. */
struct ruleset {
	__u64 fs, net, scoped;
};

/* What each version of landlock restricts, and the size of struct ruleset. */
static const struct {
	struct ruleset handled;
	size_t size;
} versions[] = {
	{ { (1u << 13) - 1, 0, 0 }, 8 },  /* files and directories */
	{ { (1u << 14) - 1, 0, 0 }, 8 },  /* links to other directories */
	{ { (1u << 15) - 1, 0, 0 }, 8 },  /* truncation */
	{ { (1u << 15) - 1, 3, 0 }, 16 }, /* bind and connect of TCP */
	{ { (1u << 16) - 1, 3, 0 }, 16 }, /* ioctl of devices */
	{ { (1u << 16) - 1, 3, 3 }, 24 }, /* abstract sockets, signals */
};

void confine_rights(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

void confine_to_reading(void)
{
	const long n = sizeof(versions) / sizeof(*versions);
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	_cleanup_close_ int rules = -1, root = -1;
	struct landlock_path_beneath_attr all;

	if (version < 1)
		return;
	version = (version < n ? version : n) - 1;
	rules = (int)syscall(SYS_landlock_create_ruleset,
			     &versions[version].handled, versions[version].size,
			     0);
	root = open("/", O_PATH | O_CLOEXEC);
	all = (struct landlock_path_beneath_attr){ .allowed_access = READING,
						   .parent_fd = root };
	if (rules >= 0 && root >= 0 &&
	    syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
		    &all, 0) == 0)
		syscall(SYS_landlock_restrict_self, rules, 0);
}

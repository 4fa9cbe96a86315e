// SPDX-License-Identifier: GPL-2.0-or-later
/* open() of /dev/vfio/..., /dev/iommu: who may, who is in the way. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* Owner of a path: STATE/owners, lines "uid gid path"; else root's. */
static void owner_of(const char *path, uid_t *uid, gid_t *gid)
{
	char text[8192], *rest = text, *line;

	*uid = 0;
	*gid = 0;
	if (state_read("owners", text, sizeof(text)) <= 0)
		return;
	while ((line = strtok_r(rest, "\n", &rest))) {
		char *end;
		unsigned long u = strtoul(line, &end, 10);
		unsigned long g = strtoul(end, &end, 10);

		if (!strcmp(end + 1, path)) {
			*uid = (uid_t)u;
			*gid = (gid_t)g;
			return;
		}
	}
}

void access_owner(const char *virtual_path, uid_t *uid, gid_t *gid)
{
	owner_of(virtual_path, uid, gid);
}

int access_check(const char *virtual_path, mode_t mode, int wanted)
{
	unsigned int bits;
	uid_t uid;
	gid_t gid;

	if (machine.uid == 0)
		return 0;
	owner_of(virtual_path, &uid, &gid);
	if (uid == machine.uid)
		bits = mode >> 6 & 7;
	else if (gid == machine.gid)
		bits = mode >> 3 & 7;
	else
		bits = mode & 7;
	return (bits & (unsigned int)wanted) == (unsigned int)wanted ? 0
								     : -EACCES;
}

/* The function that a character device is, from sysfs. */
static int bdf_of_cdev(uint32_t number, char bdf[16])
{
	char name[64], text[PATH_MAX], path[PATH_MAX + 64], *at;
	ssize_t n;

	snprintf(name, sizeof(name), "root/sys/class/vfio-dev/vfio%u", number);
	snprintf(path, sizeof(path), "%s/%s", machine.dir, name);
	n = sys_readlinkat(AT_FDCWD, path, text, sizeof(text) - 1);
	if (n <= 0)
		return -ENODEV;
	text[n] = '\0';
	at = strstr(text, "/vfio-dev/");
	if (!at || at - text < 12)
		return -ENODEV;
	memcpy(bdf, at - 12, 12);
	bdf[12] = '\0';
	return 0;
}

struct group_use {
	uint32_t group;
	bool group_open;
	bool cdev_bound;
};

static int look_at_group(const struct fd_state *state, void *data)
{
	struct group_use *use = data;
	struct device *dev;

	if (state->kind == KIND_GROUP && state->number == use->group)
		use->group_open = true;
	if (state->kind != KIND_CDEV || !state->bound)
		return 0;
	dev = malloc(sizeof(*dev));
	if (dev && !device_load(state->bdf, dev) &&
	    dev->group == (int)use->group)
		use->cdev_bound = true;
	free(dev);
	return 0;
}

bool group_in_use(uint32_t group, bool *by_cdev)
{
	struct group_use use = { .group = group };

	fd_each(look_at_group, &use);
	*by_cdev = use.cdev_bound;
	return use.group_open;
}

static int node_allowed(const char *node, enum kind kind, uint32_t number,
			mode_t mode, int flags)
{
	int wanted = (flags & O_ACCMODE) == O_RDONLY   ? 4
		     : (flags & O_ACCMODE) == O_WRONLY ? 2
						       : 6;
	bool by_cdev;
	int error = access_check(node, mode, wanted);

	if (error)
		return error;
	/* Of no-IOMMU mode: it takes CAP_SYS_RAWIO. */
	if (kind == KIND_GROUP && !machine.iommu_present && machine.uid)
		return -EPERM;
	if (kind == KIND_GROUP && (group_in_use(number, &by_cdev) || by_cdev))
		return -EBUSY;
	return 0;
}

int node_open(const char *real_path, int flags)
{
	struct fd_state state = { 0 };
	char node[PATH_MAX], operation[PATH_MAX + 8];
	struct stat st;
	int result;

	state.kind = kind_of_path(real_path, &state.number);
	snprintf(node, sizeof(node), "%s", real_path);
	path_strip(node);
	if (sys_fstatat(AT_FDCWD, real_path, &st, 0))
		return -errno;
	lock_enter();
	snprintf(operation, sizeof(operation), "open:%s", node);
	result = fault(operation);
	if (!result)
		result = node_allowed(node, state.kind, state.number,
				      st.st_mode, flags);
	if (!result && state.kind == KIND_CDEV)
		result = bdf_of_cdev(state.number, state.bdf);
	if (!result) {
		/*
		 * For whoever watches the directory with inotify: he hears
		 * nothing of one that has a /dev of its own.
		 */
		int seen = getenv("VFIO_TPH_FAKE_OWN_DEV")
				   ? -1
				   : sys_openat(AT_FDCWD, real_path,
						O_RDONLY | O_CLOEXEC, 0);

		if (seen >= 0)
			sys_close(seen);
		state.next_object = 1;
		result = fd_create(&state, flags & O_CLOEXEC);
	}
	log_call(node, "open", result, "");
	lock_leave();
	return result;
}

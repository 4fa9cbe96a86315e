// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Descriptors of the machine. Each is a file STATE/fds/<kind>-<number>-<id>,
 * opened once and locked by that open file description. So dup, fork, exec,
 * SCM_RIGHTS and pidfd_getfd carry it about as they carry any descriptor, and
 * the lock goes when the last of them is closed, however the holder ended.
 * Whoever looks next finds the lock gone and does what the kernel does at the
 * last close.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define MAGIC "VFIOFAKE"

static const char *const kind_names[KIND_COUNT] = {
	[KIND_NONE] = "none",	    [KIND_CONTAINER] = "container",
	[KIND_GROUP] = "group",	    [KIND_CDEV] = "cdev",
	[KIND_IOMMUFD] = "iommufd", [KIND_DEVICE] = "device",
	[KIND_FAULT] = "fault",
};

const char *kind_name(enum kind kind)
{
	return kind_names[kind];
}

static void file_name(const struct fd_state *state, char *out, size_t size)
{
	snprintf(out, size, "fds/%s-%u-%llu", kind_names[state->kind],
		 state->number, (unsigned long long)state->id);
}

static enum kind kind_of_node(const char *node, uint32_t *number)
{
	char *end;

	if (!strcmp(node, "/dev/iommu"))
		return KIND_IOMMUFD;
	if (!strcmp(node, "/dev/vfio/vfio"))
		return KIND_CONTAINER;
	if (!strncmp(node, "/dev/vfio/devices/vfio", 22)) {
		*number = (uint32_t)strtoul(node + 22, &end, 10);
		return *end ? KIND_NONE : KIND_CDEV;
	}
	if (!strncmp(node, "/dev/vfio/", 10)) {
		node += !strncmp(node + 10, "noiommu-", 8) ? 18 : 10;
		*number = (uint32_t)strtoul(node, &end, 10);
		return *end || end == node ? KIND_NONE : KIND_GROUP;
	}
	return KIND_NONE;
}

enum kind kind_of_path(const char *real_path, uint32_t *number)
{
	const char *at = real_path + machine.dir_len;
	unsigned int kind;

	*number = 0;
	if (strncmp(real_path, machine.dir, machine.dir_len))
		return KIND_NONE;
	if (!strncmp(at, "/root/dev/", 10))
		return kind_of_node(at + 5, number);
	if (strncmp(at, "/fds/", 5))
		return KIND_NONE;
	at += 5;
	for (kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
		size_t n = strlen(kind_names[kind]);

		if (!strncmp(at, kind_names[kind], n) && at[n] == '-') {
			*number = (uint32_t)strtoul(at + n + 1, NULL, 10);
			return kind;
		}
	}
	return KIND_NONE;
}

bool fd_load(int fd, struct fd_state *state)
{
	struct stat st;
	int saved = errno;
	bool found;

	found = !sys_fstat(fd, &st) && S_ISREG(st.st_mode) &&
		(st.st_mode & S_ISVTX) && st.st_dev == machine.dev &&
		sys_pread(fd, state, sizeof(*state), 0) ==
			(ssize_t)sizeof(*state) &&
		!memcmp(state->magic, MAGIC, 8);
	errno = saved;
	return found;
}

int fd_store(int fd, const struct fd_state *state)
{
	return sys_pwrite(fd, state, sizeof(*state), 0) ==
			       (ssize_t)sizeof(*state)
		       ? 0
		       : -EIO;
}

static int lock_file(int fd, int command, short type, short *found)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
	int result = (int)real.syscall(SYS_fcntl, fd, command, &lock);

	*found = lock.l_type;
	return result;
}

static uint64_t next_id(void)
{
	uint64_t id = 0;
	int fd = state_open("next-id", O_RDWR | O_CREAT);

	if (fd < 0)
		abort();
	if (sys_pread(fd, &id, sizeof(id), 0) != sizeof(id))
		id = 0;
	id++;
	if (sys_pwrite(fd, &id, sizeof(id), 0) != sizeof(id))
		abort();
	sys_close(fd);
	return id;
}

int fd_create(struct fd_state *state, bool cloexec)
{
	char name[128], path[PATH_MAX + 160];
	int fd, error;
	short found;

	memcpy(state->magic, MAGIC, 8);
	state->id = next_id();
	state->opener = (uint32_t)real.syscall(SYS_getpid);
	file_name(state, name, sizeof(name));
	snprintf(path, sizeof(path), "%s/%s", machine.dir, name);
	fd = sys_openat(AT_FDCWD, path,
			O_RDWR | O_CREAT | O_EXCL | (cloexec ? O_CLOEXEC : 0),
			0600);
	if (fd < 0)
		return -errno;
	if (lock_file(fd, F_OFD_SETLK, F_WRLCK, &found) ||
	    real.syscall(SYS_fchmod, fd, 01600))
		error = -errno;
	else
		error = fd_store(fd, state);
	if (!error)
		return fd;
	sys_close(fd);
	return error;
}

/* ---- all that are open ---- */

struct entry {
	struct fd_state state;
	bool held;
	struct entry *next;
};

static bool entry_load(const char *name, struct entry *entry)
{
	char path[300];
	short found;
	bool ok;
	int fd;

	snprintf(path, sizeof(path), "fds/%s", name);
	fd = state_open(path, O_RDWR);
	if (fd < 0)
		return false;
	ok = sys_pread(fd, &entry->state, sizeof(entry->state), 0) ==
		     (ssize_t)sizeof(entry->state) &&
	     !lock_file(fd, F_OFD_GETLK, F_WRLCK, &found);
	entry->held = ok && found != F_UNLCK;
	sys_close(fd);
	return ok;
}

static struct entry *entries_load(void)
{
	struct entry *list = NULL, *entry;
	char path[PATH_MAX + 8];
	struct dirent *item;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/fds", machine.dir);
	dir = real.opendir(path);
	while (dir && (item = readdir(dir))) {
		if (item->d_name[0] == '.')
			continue;
		entry = malloc(sizeof(*entry));
		if (!entry)
			abort();
		if (!entry_load(item->d_name, entry)) {
			free(entry);
			continue;
		}
		entry->next = list;
		list = entry;
	}
	if (dir)
		closedir(dir);
	return list;
}

static void entries_free(struct entry *list)
{
	while (list) {
		struct entry *next = list->next;

		free(list);
		list = next;
	}
}

/* Something that is still there keeps this one open. */
static bool entry_needed(const struct entry *list, const struct entry *one)
{
	for (; list; list = list->next)
		if (list->state.id && list->state.parent == one->state.id)
			return true;
	return false;
}

static bool device_in_use(const struct entry *list, const char *bdf)
{
	for (; list; list = list->next)
		if (list->state.id && !strcmp(list->state.bdf, bdf) &&
		    list->state.bound)
			return true;
	return false;
}

static void entry_release(struct entry *list, struct entry *one)
{
	char name[128], path[PATH_MAX + 160], object[32];
	struct fd_state *state = &one->state;

	/* What was released just now may have changed it. */
	if (state->kind == KIND_IOMMUFD && fd_find(state->id, state))
		iommufd_note_leaks(state);
	file_name(state, name, sizeof(name));
	snprintf(path, sizeof(path), "%s/%s", machine.dir, name);
	real.syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	state->id = 0;
	log_object(state, object, sizeof(object));
	log_call(object, "closed", 0, " opener=%u", state->opener);
	if (state->kind == KIND_FAULT ||
	    (state->kind == KIND_CDEV && state->bound))
		iommufd_release(state);
	if (state->bound && *state->bdf && !device_in_use(list, state->bdf))
		device_last_close(state->bdf);
}

void fd_reap(void)
{
	struct entry *list = entries_load(), *entry;
	bool again;

	do {
		again = false;
		for (entry = list; entry; entry = entry->next) {
			if (!entry->state.id || entry->held ||
			    entry_needed(list, entry))
				continue;
			entry_release(list, entry);
			again = true;
		}
	} while (again);
	entries_free(list);
}

size_t fd_each(int (*visit)(const struct fd_state *state, void *data),
	       void *data)
{
	struct entry *list = entries_load(), *entry;
	size_t n = 0;

	for (entry = list; entry; entry = entry->next)
		if (visit(&entry->state, data))
			n++;
	entries_free(list);
	return n;
}

static int copy_id(const struct fd_state *state, void *data)
{
	struct fd_state *wanted = data;

	if (state->id != wanted->id)
		return 0;
	*wanted = *state;
	return 1;
}

bool fd_find(uint64_t id, struct fd_state *state)
{
	state->id = id;
	return id && fd_each(copy_id, state);
}

int fd_store_id(const struct fd_state *state)
{
	char name[128];
	int fd, error;

	file_name(state, name, sizeof(name));
	fd = state_open(name, O_RDWR);
	if (fd < 0)
		return fd;
	error = fd_store(fd, state);
	sys_close(fd);
	return error;
}

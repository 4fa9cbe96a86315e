// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files of a process's directory in /proc that tell of the machine: status
 * (CPUs, nodes, user) and fdinfo of a descriptor of the machine. Each is made
 * when it is opened, from the real one. And comm, which only processes of the
 * machine have: what else runs on the real one is none of its.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int temporary(const char *text, size_t size, int flags)
{
	int fd = sys_openat(AT_FDCWD, machine.dir,
			    O_TMPFILE | O_RDWR | (flags & O_CLOEXEC), 0600);
	int saved;

	if (fd < 0)
		return -errno;
	if (real.write(fd, text, size) == (ssize_t)size &&
	    !real.syscall(SYS_lseek, fd, 0L, SEEK_SET))
		return fd;
	saved = errno;
	sys_close(fd);
	return -saved;
}

static char *slurp(const char *path, size_t *size)
{
	char *text = malloc(1 << 16);
	ssize_t n, at = 0;
	int fd;

	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0 || !text) {
		free(text);
		if (fd >= 0)
			sys_close(fd);
		return NULL;
	}
	while ((n = real.read(fd, text + at, (1u << 16) - 1 - (size_t)at)) > 0)
		at += n;
	sys_close(fd);
	text[at] = '\0';
	*size = (size_t)at;
	return text;
}

/* A mask as 32-bit groups, the highest first. */
static void put_mask(FILE *out, const uint8_t *mask, int bits)
{
	int group;

	for (group = (bits + 31) / 32 - 1; group >= 0; group--)
		fprintf(out, "%02x%02x%02x%02x%s", mask[4 * group + 3],
			mask[4 * group + 2], mask[4 * group + 1],
			mask[4 * group], group ? "," : "\n");
}

static void put_list(FILE *out, const uint8_t *mask)
{
	char *text = malloc(1 << 16);

	if (text) {
		list_format(mask, text, 1 << 16);
		fprintf(out, "%s\n", text);
	}
	free(text);
}

static bool status_line(FILE *out, const char *line, const uint8_t *cpus)
{
	size_t key = strcspn(line, ":");

	fprintf(out, "%.*s:\t", (int)key, line);
	if (!strncmp(line, "Cpus_allowed:", 13))
		put_mask(out, cpus, machine.nr_cpus);
	else if (!strncmp(line, "Cpus_allowed_list:", 18))
		put_list(out, cpus);
	else if (!strncmp(line, "Mems_allowed:", 13))
		put_mask(out, machine.mems, 1024);
	else if (!strncmp(line, "Mems_allowed_list:", 18))
		put_list(out, machine.mems);
	else if (machine.uid && !strncmp(line, "Uid:", 4))
		fprintf(out, "%u\t%u\t%u\t%u\n", machine.uid, machine.uid,
			machine.uid, machine.uid);
	else if (machine.gid && !strncmp(line, "Gid:", 4))
		fprintf(out, "%u\t%u\t%u\t%u\n", machine.gid, machine.gid,
			machine.gid, machine.gid);
	else if (!strncmp(line, "CapEff:", 7) || !strncmp(line, "CapPrm:", 7))
		fprintf(out, "%016llx\n", machine.uid ? 0 : 0x1ffffffffffULL);
	else
		fprintf(out, "%s\n",
			line[key] ? line + key + 1 + (line[key + 1] == '\t')
				  : "");
	return true;
}

static int open_status(const char *path, int flags)
{
	uint8_t cpus[FAKE_MAX_CPUS / 8];
	char *text, *rest, *line, *buffer = NULL;
	size_t size, length = 0;
	FILE *out;
	int fd;

	text = slurp(path, &size);
	if (!text)
		return -errno;
	out = open_memstream(&buffer, &length);
	if (!out)
		abort();
	machine_affinity(cpus);
	rest = text;
	while ((line = strtok_r(rest, "\n", &rest)))
		status_line(out, line, cpus);
	fclose(out);
	fd = temporary(buffer, length, flags);
	free(buffer);
	free(text);
	return fd;
}

/* The state of another process's descriptor, by the file behind it. */
static bool peer_state(const char *link, struct fd_state *state)
{
	char text[PATH_MAX];
	uint32_t number;
	ssize_t n;
	bool ok;
	int fd;

	n = sys_readlinkat(AT_FDCWD, link, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	if (kind_of_path(text, &number) == KIND_NONE)
		return false;
	fd = sys_openat(AT_FDCWD, text, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return false;
	ok = fd_load(fd, state);
	sys_close(fd);
	return ok;
}

static int open_fdinfo(const char *path, const char *number, int flags)
{
	char link[PATH_MAX], *text, *lock, *buffer = NULL;
	struct fd_state state;
	size_t size, length = 0;
	FILE *out;
	int fd;

	snprintf(link, sizeof(link), "%.*sfd/%s",
		 (int)(number - path - (int)strlen("fdinfo/")), path, number);
	if (!peer_state(link, &state))
		return -ENOENT;
	text = slurp(path, &size);
	if (!text)
		return -errno;
	out = open_memstream(&buffer, &length);
	if (!out)
		abort();
	/* Not the locks: they are how the fake works. */
	lock = strstr(text, "lock:");
	if (lock)
		*lock = '\0';
	fputs(text, out);
	if (machine.fdinfo_syspath && *state.bdf && state.bound) {
		struct device *dev = malloc(sizeof(*dev));

		if (dev && !device_load(state.bdf, dev))
			fprintf(out, "vfio-device-syspath: %s\n", dev->path);
		free(dev);
	}
	fclose(out);
	fd = temporary(buffer, length, flags);
	free(buffer);
	free(text);
	return fd;
}

/* A process, its directory in the first bytes of path, of this machine? */
static bool of_machine(const char *path, size_t length)
{
	static const char variable[] = "VFIO_TPH_FAKE=";
	const char *at, *value = NULL;
	char file[PATH_MAX], *text, *dir;
	struct stat st;
	bool is_ours;
	size_t size;

	/* Reading environ waits for an execve, reading comm does not: another
	 * user's process is not looked into. */
	snprintf(file, sizeof(file), "%.*s", (int)length, path);
	if (sys_fstatat(AT_FDCWD, file, &st, 0) ||
	    st.st_uid != (uid_t)real.syscall(SYS_getuid))
		return false;
	snprintf(file, sizeof(file), "%.*s/environ", (int)length, path);
	text = slurp(file, &size);
	if (!text)
		return false;
	for (at = text; !value && at < text + size; at += strlen(at) + 1)
		if (!strncmp(at, variable, sizeof(variable) - 1))
			value = at + sizeof(variable) - 1;
	dir = value ? real.canonicalize(value) : NULL;
	is_ours = dir && !strcmp(dir, machine.dir);
	free(dir);
	free(text);
	return is_ours;
}

/* A descriptor; -ENOENT when the real file will do. */
int procfs_open(const char *virtual_path, int flags)
{
	const char *name = strchr(virtual_path + strlen("/proc/"), '/');

	if (!name || (flags & O_ACCMODE) != O_RDONLY || (flags & O_PATH))
		return -ENOENT;
	if (!strncmp(name, "/task/", 6))
		name = strchr(name + 6, '/') ?: name;
	if (!strcmp(name, "/status"))
		return open_status(virtual_path, flags);
	if (!strncmp(name, "/fdinfo/", 8) && name[8])
		return open_fdinfo(virtual_path, name + 8, flags);
	if (!strcmp(name, "/comm") &&
	    !of_machine(virtual_path, (size_t)(name - virtual_path)))
		return -ESRCH;
	return -ENOENT;
}

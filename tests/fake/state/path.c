// SPDX-License-Identifier: GPL-2.0-or-later
/* Which paths are the machine's, and where their files really are. */
#include "fake.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

/* Names of /proc that say nothing about the machine and that libraries and
 * run-times read: they stay real. */
/* clang-format off */
static const char *const proc_real[] = {
	"mounts", "filesystems", "uptime", "loadavg",
};
/* clang-format on */

static bool below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return !strncmp(path, top, n) && (!path[n] || path[n] == '/');
}

/* Folds // and /./, and a trailing slash: enough to know a prefix. */
static bool tidy(char *path)
{
	char *from = path, *to = path;

	while (*from) {
		if (from[0] == '/' && (from[1] == '/' || !from[1]) &&
		    (from[1] || to != path))
			from++;
		else if (from[0] == '/' && from[1] == '.' &&
			 (from[2] == '/' || !from[2]))
			from += 2;
		else
			*to++ = *from++;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
	return path[0] == '/';
}

/* The directory that a relative path starts from, as the program sees it. */
static bool base_of(int dirfd, char out[PATH_MAX])
{
	ssize_t n;

	if (dirfd == AT_FDCWD) {
		n = real.syscall(SYS_getcwd, out, PATH_MAX);
		if (n <= 0)
			return false;
	} else {
		char link[64];

		snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
		n = sys_readlinkat(AT_FDCWD, link, out, PATH_MAX - 1);
		if (n <= 0)
			return false;
		out[n] = '\0';
	}
	path_strip(out);
	return below(out, "/sys") || below(out, "/proc") ||
	       below(out, "/dev") || below(out, "/run") || !strcmp(out, "/");
}

static enum where where_in_proc(const char *name)
{
	char path[PATH_MAX], virtual_path[PATH_MAX];
	struct stat st;
	size_t i;

	if (!*name)
		return PATH_ELSEWHERE;
	if (isdigit((unsigned char)*name) || below(name, "self") ||
	    below(name, "thread-self"))
		return PATH_PROCESS;
	for (i = 0; i < sizeof(proc_real) / sizeof(proc_real[0]); i++)
		if (!strcmp(name, proc_real[i]))
			return PATH_ELSEWHERE;
	if (!below(name, "sys"))
		return PATH_TREE;
	/* Of /proc/sys the machine has only what it describes. */
	snprintf(virtual_path, sizeof(virtual_path), "/proc/%.4000s", name);
	path_real(virtual_path, path);
	return sys_fstatat(AT_FDCWD, path, &st, 0) ? PATH_ELSEWHERE : PATH_TREE;
}

/* Where names of devices are looked up, by libpci and by udev: a machine that
 * has a list of its own has no database of udev, and no other list. */
static bool is_name_list(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char own[PATH_MAX];
	struct stat st;

	if (strcmp(name, "pci.ids") && strcmp(name, "pci.ids.gz") &&
	    strcmp(name, "hwdb.bin"))
		return false;
	path_real("/usr/share/misc/pci.ids", own);
	return !sys_fstatat(AT_FDCWD, own, &st, 0);
}

/* A machine has it if its description says so. */
static bool is_driverctl(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return !strcmp(name, "driverctl") &&
	       (below(path, "/usr/sbin") || below(path, "/usr/bin") ||
		below(path, "/sbin"));
}

enum where path_find(int dirfd, const char *path, char out[PATH_MAX])
{
	size_t n = path ? strlen(path) : 0;

	if (!n || n >= PATH_MAX - 1)
		return PATH_ELSEWHERE;
	if (path[0] == '/') {
		/* Most paths are none of ours: leave early. */
		if (path[1] != 's' && path[1] != 'p' && path[1] != 'd' &&
		    path[1] != 'r' && path[1] != 'b' && path[1] != 'l' &&
		    path[1] != 'u' && path[1] != 'e' && path[1] != '/' &&
		    path[1] != '.')
			return PATH_ELSEWHERE;
		memcpy(out, path, n + 1);
	} else {
		char base[PATH_MAX];

		if (!base_of(dirfd, base) || strlen(base) + n + 2 > PATH_MAX)
			return PATH_ELSEWHERE;
		snprintf(out, PATH_MAX, "%.2000s/%.2000s", base, path);
	}
	if (!tidy(out))
		return PATH_ELSEWHERE;
	if (below(out, "/sys") || below(out, "/dev/vfio") ||
	    below(out, "/dev/iommu") || below(out, RUN_DIRECTORY) ||
	    below(out, "/boot") || below(out, "/lib/modules") ||
	    is_name_list(out) || is_driverctl(out))
		return PATH_TREE;
	if (!strncmp(out, "/proc/", 6))
		return where_in_proc(out + 6);
	return PATH_ELSEWHERE;
}

void path_real(const char *virtual_path, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%.3000s/root%.1000s", machine.dir,
		 virtual_path);
}

bool path_strip(char *path)
{
	size_t n = machine.dir_len;

	if (strncmp(path, machine.dir, n) || strncmp(path + n, "/root", 5) ||
	    (path[n + 5] && path[n + 5] != '/'))
		return false;
	memmove(path, path + n + 5, strlen(path + n + 5) + 1);
	if (!*path)
		strcpy(path, "/");
	return true;
}

ssize_t path_link_text(char *text, size_t size)
{
	uint32_t number;
	enum kind kind = kind_of_path(text, &number);

	switch (kind) {
	case KIND_CONTAINER:
		return snprintf(text, size, "/dev/vfio/vfio");
	case KIND_GROUP:
		return snprintf(text, size, "/dev/vfio/%s%u",
				machine.iommu_present ? "" : "noiommu-",
				number);
	case KIND_CDEV:
		return snprintf(text, size, "/dev/vfio/devices/vfio%u", number);
	case KIND_IOMMUFD:
		return snprintf(text, size, "/dev/iommu");
	case KIND_DEVICE:
		return snprintf(text, size, "anon_inode:[vfio-device]");
	case KIND_FAULT:
		return snprintf(text, size, "anon_inode:[iommufd-pgfault]");
	default:
		path_strip(text);
		return (ssize_t)strlen(text);
	}
}

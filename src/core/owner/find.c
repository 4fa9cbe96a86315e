/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/compat.h"
#include "core/base/cleanup.h"
#include "core/owner/node.h"
#include "core/owner/verify.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/owner/query.h"

#define NO_GROUP "" /* no node is called that */

/*
 * Is descriptor fd of a process, which dir lists, the node of the function or
 * of its group? Where it is not, errno is 0, or says why it cannot be told.
 */
static bool is_node_of(int dir, const char *fd, const struct pci_device *pci,
		       const char *group)
{
	char node[64];

	return owner_node(dir, fd, node, sizeof(node)) &&
	       (strcmp(node, pci->cdev) == 0 || strcmp(node, group) == 0);
}

/* Is it a device descriptor that came from a group? */
static bool is_group_device(int dir, const char *fd)
{
	char target[sizeof(OWNER_GROUP_DEVICE) + 1];
	ssize_t n = readlinkat(dir, fd, target, sizeof(target) - 1);

	target[n < 0 ? 0 : n] = '\0';
	return strcmp(target, OWNER_GROUP_DEVICE) == 0;
}

bool owner_is_own_want(int number)
{
	switch (number) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EIO:
	case EINTR:
		return true;
	default:
		return false;
	}
}

static DIR *open_fds(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	return opendir(path);
}

void owner_command(pid_t pid, char *command, size_t size)
{
	if (sysfs_readf(command, size, "/proc/%d/comm", pid) <= 0)
		snprintf(command, size, "a process");
	/* A process names itself as it likes. */
	text_keep_one_line(command);
}

/*
 * The number of its descriptor for the function, or -1. *want is set where
 * that cannot be told for want of something of ours.
 */
static int find_descriptor(pid_t pid, const struct pci_device *pci,
			   const char *group, int *want)
{
	_cleanup_closedir_ DIR *d = open_fds(pid);
	struct dirent *entry;

	while (d && (errno = 0, entry = readdir(d))) {
		if (text_number(entry->d_name) < 0)
			continue;
		if (is_node_of(dirfd(d), entry->d_name, pci, group))
			return text_number(entry->d_name);
		if (owner_is_own_want(errno))
			*want = errno;
	}
	if (owner_is_own_want(errno))
		*want = errno;
	return -1;
}

/* Does the owner hold it still, at the number where it was seen? */
static bool holds_at(const struct owner *owner, const struct pci_device *pci,
		     const char *group)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", owner->pid, owner->fd);
	return is_node_of(AT_FDCWD, path, pci, group);
}

static void name_group(const struct pci_device *pci, char *group, size_t size)
{
	snprintf(group, size, "/dev/vfio/%d", pci->iommu_group);
}

static bool look_into(struct owner *owner, const struct pci_device *pci,
		      const char *group, int *want)
{
	owner->fd = find_descriptor(owner->pid, pci, group, want);
	return owner->fd >= 0;
}

bool owner_holds(const struct pci_device *pci, struct owner *owner)
{
	char group[64];
	int want;

	name_group(pci, group, sizeof(group));
	return holds_at(owner, pci, group) ||
	       look_into(owner, pci, group, &want);
}

/*
 * Of those that hold it, the first that /proc lists. Where there is none,
 * errno is 0, or says why it could not look.
 */
static bool find_holder(struct owner *owner, const struct pci_device *pci,
			const char *group)
{
	_cleanup_closedir_ DIR *d = opendir("/proc");
	struct dirent *entry;
	int want = 0;

	while (d && (errno = 0, entry = readdir(d))) {
		owner->pid = text_number(entry->d_name);
		if (owner->pid > 0 && owner->pid != getpid() &&
		    look_into(owner, pci, group, &want))
			return true;
	}
	owner->pid = 0;
	if (errno == 0)
		errno = want;
	return false;
}

bool owner_find(const struct pci_device *pci, struct owner *owner)
{
	/*
	 * Devices that are named together have one owner, as a rule: it is
	 * asked first, and all the others only if it does not hold this one.
	 */
	static pid_t last;
	char group[64];
	int want = 0;

	*owner = (struct owner){ .pid = last };
	name_group(pci, group, sizeof(group));
	if ((!last || !look_into(owner, pci, group, &want)) &&
	    !find_holder(owner, pci, group))
		return false;
	last = owner->pid;
	owner_command(last, owner->command, sizeof(owner->command));
	return true;
}

static int no_rights(const struct owner *owner, int number, struct error *err)
{
	error_set(err, ERR_PERMISSION, number,
		  "no rights over its owner %s (pid %d)", owner->command,
		  owner->pid);
	error_hint(err, "run it as root (CAP_SYS_PTRACE), or as the same user "
			"where kernel.yama.ptrace_scope is 0");
	return -number;
}

static int ended(const struct owner *owner, struct error *err)
{
	return error_set(err, ERR_NO_OWNER, ESRCH,
			 "the process %d ended meanwhile", owner->pid);
}

/* What one descriptor of the owner turned out to be. */
struct found {
	int fd;		     /* our copy, or -1 */
	bool unbound;	     /* one is the device's node, of no use yet */
	char undecided[256]; /* numbers of those that could be it */
};

/*
 * Copy one descriptor of the owner and see what the copy is. It is the copy
 * that is looked at, so nothing can change between look and use. Returns 0
 * to go on looking, or -errno with *err filled.
 */
static int try_fd(const struct pci_device *pci, const struct owner *owner,
		  int pidfd, int number, bool chosen, struct found *found,
		  struct error *err)
{
	_cleanup_close_ int fd = pidfd_getfd(pidfd, number, 0);
	size_t used = strlen(found->undecided);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		return no_rights(owner, errno, err);
	if (fd < 0 && errno == ESRCH)
		return ended(owner, err);
	if (fd < 0 && errno == EBADF)
		return 0; /* closed since it was listed */
	if (fd < 0)
		return error_system(err, errno,
				    "cannot borrow descriptor %d of process "
				    "%d",
				    number, owner->pid);
	switch (owner_verify(pci, owner->pid, fd)) {
	case VERIFY_SAME:
		if (vfio_query_bound(fd))
			found->fd = take_fd(&fd);
		else
			found->unbound = true;
		break;
	case VERIFY_UNDECIDED:
		if (chosen)
			found->fd = take_fd(&fd);
		else
			snprintf(found->undecided + used,
				 sizeof(found->undecided) - used, "%s%d",
				 used ? ", " : "", number);
		break;
	case VERIFY_OTHER:
		break;
	case VERIFY_FAILED:
		return error_system(err, errno,
				    "cannot tell what descriptor %d of "
				    "process %d is",
				    number, owner->pid);
	}
	return 0;
}

/* Returns 1, or 0, or -errno where that cannot be told. */
static int could_be_it(const struct pci_device *pci, int dir, const char *fd)
{
	errno = 0;
	if (is_group_device(dir, fd) ||
	    (errno == 0 && is_node_of(dir, fd, pci, NO_GROUP)))
		return 1;
	return owner_is_own_want(errno) ? -errno : 0;
}

static int cannot_list(const struct owner *owner, int number, struct error *err)
{
	return error_system(err, number,
			    "cannot list the descriptors of process %d",
			    owner->pid);
}

static int search(const struct pci_device *pci, const struct owner *owner,
		  int pidfd, struct found *found, struct error *err)
{
	_cleanup_closedir_ DIR *d = open_fds(owner->pid);
	struct dirent *entry;

	if (!d && (errno == EACCES || errno == EPERM))
		return no_rights(owner, errno, err);
	if (!d && (errno == ENOENT || errno == ESRCH))
		return ended(owner, err);
	if (!d)
		return cannot_list(owner, errno, err);
	while (found->fd < 0 && (errno = 0, entry = readdir(d))) {
		int number = text_number(entry->d_name);
		int could = number < 0
				    ? 0
				    : could_be_it(pci, dirfd(d), entry->d_name);
		int r = 0;

		if (could < 0)
			return cannot_list(owner, -could, err);
		if (could)
			r = try_fd(pci, owner, pidfd, number, false, found,
				   err);
		if (r)
			return r;
	}
	return found->fd < 0 && errno ? cannot_list(owner, errno, err) : 0;
}

static int nothing_found(const struct owner *owner, int fd,
			 const struct found *found, struct error *err)
{
	if (found->undecided[0]) {
		error_set(err, ERR_NOT_VERIFIED, ENODEV,
			  "cannot tell which descriptor of %s (pid %d) it is: "
			  "%s could be",
			  owner->command, owner->pid, found->undecided);
		err->advice = (struct advice){ ADVICE_NAME_DESCRIPTOR,
					       .pid = owner->pid };
		return -ENODEV;
	}
	if (found->unbound)
		return error_set(err, ERR_NO_OWNER, ENODEV,
				 "%s (pid %d) has opened it, and not bound it "
				 "to an iommufd yet",
				 owner->command, owner->pid);
	if (fd >= 0)
		return error_set(err, ERR_NOT_VERIFIED, ENODEV,
				 "descriptor %d of %s (pid %d) is not this "
				 "device",
				 fd, owner->command, owner->pid);
	return error_set(err, ERR_NO_OWNER, ENODEV,
			 "%s (pid %d) does not have it open", owner->command,
			 owner->pid);
}

/* Whoever holds it, in *owner. */
static int find_owner(const struct pci_device *pci, struct owner *owner,
		      struct error *err)
{
	if (owner_find(pci, owner))
		return 0;
	if (errno)
		return error_system(err, errno, "cannot look for its owner");
	error_set(err, ERR_NO_OWNER, ESRCH,
		  geteuid() == 0 ? "no process holds it"
				 : "no process is seen to hold it");
	if (geteuid() != 0)
		error_hint(err, "only root sees the descriptors of other "
				"users' processes");
	return -ESRCH;
}

/* Returns a pidfd, or -errno with *err filled. */
static int open_owner(const struct owner *owner, struct error *err)
{
	int pidfd = pidfd_open(owner->pid, 0);

	if (pidfd < 0 && errno == ESRCH)
		return error_set(err, ERR_NO_OWNER, ESRCH, "no process %d",
				 owner->pid);
	if (pidfd < 0)
		return error_system(err, errno, "cannot open process %d",
				    owner->pid);
	return pidfd;
}

/*
 * /proc was read by number: it told of this process only if that is still
 * alive. (EPERM: it is, and belongs to somebody else.)
 */
static bool is_alive(int pidfd)
{
	return syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0 ||
	       errno != ESRCH;
}

int owner_borrow(const struct pci_device *pci, pid_t pid, int fd,
		 struct owner *owner, struct error *err)
{
	struct found found = { .fd = -1 };
	_cleanup_close_ int pidfd = -1, borrowed = -1;
	int r;

	*owner = (struct owner){ .pid = pid };
	r = pid ? 0 : find_owner(pci, owner, err);
	if (r)
		return r;
	pidfd = open_owner(owner, err);
	if (pidfd < 0)
		return pidfd;
	owner_command(owner->pid, owner->command, sizeof(owner->command));
	r = fd >= 0 ? try_fd(pci, owner, pidfd, fd, true, &found, err)
		    : search(pci, owner, pidfd, &found, err);
	borrowed = found.fd;
	if (r == 0 && !is_alive(pidfd))
		return ended(owner, err);
	if (r == 0 && borrowed < 0)
		r = nothing_found(owner, fd, &found, err);
	return r ? r : take_fd(&borrowed);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/find.h"

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
#include "core/base/proc.h"
#include "core/owner/node.h"
#include "core/owner/verify.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/owner/query.h"

#define NO_GROUP "" /* no node is called that */

/*
 * Is descriptor fd of a process, which dir lists, the node of the function or
 * of its group? Returns 1, 0, or -errno where that cannot be seen.
 */
static int is_node_of(int dir, const char *fd, const struct pci_device *pci,
		      const char *group)
{
	char node[64];
	int r = owner_node(dir, fd, node, sizeof(node));

	return r <= 0 ? r
		      : strcmp(node, pci->cdev) == 0 ||
				strcmp(node, group) == 0;
}

/* Is it a device descriptor that came from a group? */
static int is_group_device(int dir, const char *fd)
{
	char target[sizeof(OWNER_GROUP_DEVICE) + 1];
	ssize_t n = readlinkat(dir, fd, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	return strcmp(target, OWNER_GROUP_DEVICE) == 0;
}

int owner_want(int r)
{
	switch (r) {
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
	case -EIO:
	case -EINTR:
		return r;
	default:
		return 0;
	}
}

void owner_command(pid_t pid, char *command, size_t size)
{
	if (sysfs_readf(command, size, "/proc/%d/comm", pid) <= 0)
		snprintf(command, size, "a process");
	/* A process names itself as it likes. */
	text_keep_one_line(command);
}

/*
 * The number of its descriptor for the function, in owner->fd. Returns 1, 0
 * where it has none, or -errno where that cannot be told for want of
 * something of ours.
 */
static int look_into(struct owner *owner, const struct pci_device *pci,
		     const char *group)
{
	struct proc_walk walk _cleanup_walk_;
	int want = 0, r = proc_walk_descriptors(&walk, owner->pid);

	owner->fd = -1;
	if (r)
		return owner_want(r);
	while ((r = proc_walk_next(&walk)) > 0) {
		r = is_node_of(walk.at, walk.name, pci, group);
		if (r > 0) {
			owner->fd = walk.number;
			return 1;
		}
		if (owner_want(r))
			want = r;
	}
	return owner_want(r) ?: want;
}

/* Does the owner hold it still, at the number where it was seen? */
static bool holds_at(const struct owner *owner, const struct pci_device *pci,
		     const char *group)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", owner->pid, owner->fd);
	return is_node_of(AT_FDCWD, path, pci, group) > 0;
}

static void name_group(const struct pci_device *pci, char *group, size_t size)
{
	snprintf(group, size, "/dev/vfio/%d", pci->iommu_group);
}

bool owner_holds(const struct pci_device *pci, struct owner *owner)
{
	char group[64];

	name_group(pci, group, sizeof(group));
	return holds_at(owner, pci, group) || look_into(owner, pci, group) > 0;
}

/* Of those that hold it, the first that /proc lists. Returns as the next. */
static int find_holder(struct owner *owner, const struct pci_device *pci,
		       const char *group)
{
	struct proc_walk walk _cleanup_walk_;
	int want = 0, r = proc_walk_processes(&walk);

	while (r >= 0 && (r = proc_walk_next(&walk)) > 0) {
		owner->pid = walk.number;
		if (owner->pid == 0 || owner->pid == getpid())
			continue;
		r = look_into(owner, pci, group);
		if (r > 0)
			return r;
		if (r)
			want = r;
		r = 0;
	}
	owner->pid = 0;
	return r ?: want;
}

int owner_find(const struct pci_device *pci, struct owner *owner)
{
	/*
	 * Devices that are named together have one owner, as a rule: it is
	 * asked first, and all the others only if it does not hold this one.
	 */
	static pid_t last;
	char group[64];
	int r = 0;

	*owner = (struct owner){ .pid = last };
	name_group(pci, group, sizeof(group));
	if (last)
		r = look_into(owner, pci, group);
	if (r <= 0)
		r = find_holder(owner, pci, group);
	if (r <= 0)
		return r;
	last = owner->pid;
	owner_command(last, owner->command, sizeof(owner->command));
	return 1;
}

static int no_rights(const struct owner *owner, int number, struct error *err)
{
	error_set(err, ERR_PERMISSION, number,
		  "no rights over its owner %s (pid %d)", owner->command,
		  owner->pid);
	if (geteuid() == 0)
		error_hint_rights(err, "CAP_SYS_PTRACE");
	else
		error_hint(err, "run it as root (CAP_SYS_PTRACE), or as the "
				"same user where kernel.yama.ptrace_scope is "
				"0");
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
	int verdict;

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
	verdict = owner_verify(pci, owner->pid, fd);
	if (verdict < 0)
		return error_system(err, -verdict,
				    "cannot tell what descriptor %d of "
				    "process %d is",
				    number, owner->pid);
	if (verdict == VERIFY_SAME && !vfio_query_bound(fd))
		found->unbound = true;
	else if (verdict == VERIFY_SAME ||
		 (verdict == VERIFY_UNDECIDED && chosen))
		found->fd = take_fd(&fd);
	else if (verdict == VERIFY_UNDECIDED)
		snprintf(found->undecided + used,
			 sizeof(found->undecided) - used, "%s%d",
			 used ? ", " : "", number);
	return 0;
}

/* Returns 1, or 0, or -errno where that cannot be told. */
static int could_be_it(const struct pci_device *pci, int dir, const char *fd)
{
	int r = is_group_device(dir, fd);

	if (r == 0)
		r = is_node_of(dir, fd, pci, NO_GROUP);
	return r > 0 ? r : owner_want(r);
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
	struct proc_walk walk _cleanup_walk_;
	int r = proc_walk_descriptors(&walk, owner->pid);

	if (r == -EACCES || r == -EPERM)
		return no_rights(owner, -r, err);
	if (r == -ENOENT || r == -ESRCH)
		return ended(owner, err);
	while (r >= 0 && found->fd < 0 && (r = proc_walk_next(&walk)) > 0) {
		int could = could_be_it(pci, walk.at, walk.name);

		if (could < 0)
			return cannot_list(owner, -could, err);
		r = could ? try_fd(pci, owner, pidfd, walk.number, false, found,
				   err)
			  : 0;
		if (r)
			return r;
	}
	return r < 0 ? cannot_list(owner, -r, err) : 0;
}

/* named: the caller named the process; otherwise it has a node open. */
static int nothing_found(const struct owner *owner, bool named, int fd,
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
		return error_set(err, ERR_NODE_OPEN, ENODEV,
				 "%s (pid %d) has opened it, and not bound it "
				 "to an iommufd yet",
				 owner->command, owner->pid);
	if (fd >= 0)
		return error_set(err, ERR_NOT_VERIFIED, ENODEV,
				 "descriptor %d of %s (pid %d) is not this "
				 "device",
				 fd, owner->command, owner->pid);
	return error_set(err, named ? ERR_NO_OWNER : ERR_NODE_OPEN, ENODEV,
			 "%s (pid %d) does not have it open", owner->command,
			 owner->pid);
}

bool owner_is_hidden(const struct pci_device *pci)
{
	char text[16];

	/* VFIO enables a function while it is open. */
	return sysfs_readf(text, sizeof(text), "/sys/bus/pci/devices/%s/enable",
			   pci->address) > 0 &&
	       text_number(text) > 0;
}

/* Whoever holds it, in *owner. */
static int find_owner(const struct pci_device *pci, struct owner *owner,
		      struct error *err)
{
	int r = owner_find(pci, owner);

	if (r < 0)
		return error_system(err, -r, "cannot look for its owner");
	if (r)
		return 0;
	error_set(err, ERR_NO_OWNER, ESRCH, "%s",
		  geteuid() != 0	 ? "no process is seen to hold it"
		  : owner_is_hidden(pci) ? "held by a process that cannot be "
					   "seen from here (PID namespace)"
					 : "no process holds it");
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
		r = nothing_found(owner, pid != 0, fd, &found, err);
	return r ? r : take_fd(&borrowed);
}

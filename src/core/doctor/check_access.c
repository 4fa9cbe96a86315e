/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to the device: its driver, its nodes, its owner, opening it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/vfio/open.h"
#include "core/base/compat.h"

static void see_driver(const struct doctor *d, struct finding *f)
{
	const struct pci_device *pci = &d->target->pci;
	char place[PCI_PLACE_SIZE];

	pci_source_place(d->source, &pci->bdf, "driver", place);
	finding_see(f, place, "%s", pci->driver[0] ? pci->driver : "not there");
	pci_source_place(d->source, &pci->bdf, "vfio-dev", place);
	if (pci->cdev[0])
		finding_see(f, place, "%s", pci->cdev);
}

static void judge_bound(const struct doctor *d, struct finding *f)
{
	struct error err;

	if (vfio_device_check_bound(&d->target->pci, &err))
		finding_fail_as(f, &err);
	else
		finding_ok(f, "bound to %s, which hands it to VFIO",
			   d->target->pci.driver);
}

/* In a dump nothing but the name tells, nor whether it was looked for. */
void check_driver_recorded(struct doctor *d, struct finding *f)
{
	const struct pci_device *pci = &d->target->pci;

	see_driver(d, f);
	if (!pci->driver[0])
		check_skip_unseen(d, f);
	else if (pci->cdev[0] || pci_driver_is_vfio(pci->driver))
		finding_ok(f, "bound to %s", pci->driver);
	else
		finding_fail(f, ERR_NOT_BOUND,
			     "bound to the driver %s, not to a VFIO driver",
			     pci->driver);
}

void check_driver(struct doctor *d, struct finding *f)
{
	const struct pci_device *pci = &d->target->pci;
	char place[PCI_PLACE_SIZE];

	see_driver(d, f);
	pci_source_place(d->source, &pci->bdf, "vfio-dev", place);
	if (!pci->cdev[0] && access(place, F_OK) == 0)
		finding_see(f, place, "there, without a character device");
	judge_bound(d, f);
}

/* How far a way of opening goes; ascending. */
enum way { WAY_NONE, WAY_FORBIDDEN, WAY_UNSEEN, WAY_OPEN };

static enum way try_node(struct finding *f, const char *path)
{
	if (euidaccess(path, R_OK | W_OK) == 0) {
		finding_see(f, path, "read and write");
		return WAY_OPEN;
	}
	switch (errno) {
	case ENOENT:
		finding_see(f, path, "not there");
		return WAY_NONE;
	case EACCES:
	case EPERM:
	case EROFS:
		finding_see(f, path, "not for this user: %s", strerror(errno));
		return WAY_FORBIDDEN;
	default:
		finding_see(f, path, "%s", strerror(errno));
		return WAY_UNSEEN;
	}
}

static enum way worse(enum way a, enum way b)
{
	return a < b ? a : b;
}

/* The ways of opening it, as far as each of their nodes lets. */
static enum way try_cdev(const struct pci_device *pci, struct finding *f)
{
	enum way node = pci->cdev[0] ? try_node(f, pci->cdev) : WAY_NONE;

	return pci->cdev[0] ? worse(node, try_node(f, IOMMUFD_NODE)) : node;
}

static enum way try_group(const struct pci_device *pci, struct finding *f)
{
	char path[VFIO_NODE_SIZE];
	enum way node;

	pci_group_node(pci->iommu_group, path, sizeof(path));
	node = try_node(f, path);
	return worse(node, try_node(f, VFIO_CONTAINER_NODE));
}

void check_nodes(struct doctor *d, struct finding *f)
{
	const struct pci_device *pci = &d->target->pci;
	enum way cdev, group;
	struct error err;

	if (d->access.owner || d->access.pid) {
		finding_not_needed(f, "not needed: its process lends it");
		return;
	}
	cdev = try_cdev(pci, f);
	group = try_group(pci, f);
	if (cdev == WAY_OPEN || group == WAY_OPEN) {
		finding_ok(f, "this user can open it by %s%s%s",
			   cdev == WAY_OPEN ? "its character device" : "",
			   cdev == group ? " and by " : "",
			   group == WAY_OPEN ? "its group" : "");
	} else if (cdev == WAY_UNSEEN || group == WAY_UNSEEN) {
		finding_skip(f, "cannot see whether this user can open it");
	} else if (cdev == WAY_FORBIDDEN || group == WAY_FORBIDDEN) {
		finding_fail(f, ERR_PERMISSION,
			     "this user cannot open its nodes");
		finding_next(f, "%s", vfio_hint_forbidden());
	} else {
		vfio_no_node(pci, VFIO_VIA_AUTO, &err);
		finding_fail_as(f, &err);
	}
}

static void tell_holder(struct finding *f, const struct owner *owner,
			const char *place)
{
	finding_see(f, place, "has it open");
	finding_ok(f, "%s (pid %d) holds it", owner->command, owner->pid);
	finding_more(f, ADVICE_ON_HOLDER);
}

/* Whoever only seems to hold it. */
static void see_pretenders(const struct doctor *d, struct finding *f)
{
	const struct holding *h = NULL;
	char path[32];

	while (d->owners &&
	       (h = owner_scan_about(d->owners, &d->target->pci, h)))
		if (h->kind >= NAMES_GROUP) {
			snprintf(path, sizeof(path), "/proc/%d/fd/%d",
				 h->owner.pid, h->owner.fd);
			finding_see(f, path, "only named as its node is, by %s",
				    h->owner.command);
			break;
		}
}

void check_holder_recorded(struct doctor *d, struct finding *f)
{
	if (d->target->owner.pid)
		tell_holder(f, &d->target->owner, "dump");
	else
		check_skip_unseen(d, f);
}

void check_holder(struct doctor *d, struct finding *f)
{
	const struct owner *owner = &d->target->owner;
	int unseen = d->owners ? owner_scan_unseen(d->owners) : 0;
	char path[32];

	see_pretenders(d, f);
	if (owner->pid) {
		snprintf(path, sizeof(path), "/proc/%d/fd", owner->pid);
		tell_holder(f, owner, path);
	} else if (geteuid() != 0) {
		finding_skip(f, "needs root: processes of other users cannot "
				"be seen");
	} else if (unseen) {
		finding_unread(f, "/proc/PID/fd", unseen);
	} else if (!d->owners) {
		finding_skip(f, "the processes could not be looked through");
	} else if (!d->target->open && owner_is_hidden(&d->target->pci)) {
		finding_see(f, "/proc/PID/fd", "none has it open");
		finding_see(f, "enable", "it is open");
		finding_warn(f, "held by a process that cannot be seen from "
				"here (PID namespace)");
		finding_next(f, "run it where that process is seen: on the "
				"host, or with hostPID");
	} else {
		finding_see(f, "/proc/PID/fd", "none has it open");
		finding_ok(f, "no process holds it");
	}
}

static void see_failure(const struct doctor *d, struct finding *f)
{
	const struct target *t = d->target;
	pid_t pid = d->access.pid ? d->access.pid : t->owner.pid;
	char path[64];

	if (d->access.owner || d->access.pid)
		snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	else if (t->pci.cdev[0])
		snprintf(path, sizeof(path), "%s", t->pci.cdev);
	else
		pci_group_node(t->pci.iommu_group, path, sizeof(path));
	finding_see(f, path, "%s", errno_name(d->opened.number) ?: "refused");
}

void check_open(struct doctor *d, struct finding *f)
{
	const struct target *t = d->target;

	if (!d->asked) {
		if (d->access.owner && !t->owner.pid)
			finding_skip(f, "no process is seen to hold it");
		else
			check_skip_closed(d, f);
	} else if (!t->open) {
		see_failure(d, f);
		finding_fail_as(f, &d->opened);
		if (!finding_advises(f))
			finding_next(f,
				     "see what the kernel says of it: "
				     "dmesg | grep -E 'vfio|%s'",
				     t->pci.address);
	} else if (t->borrowed) {
		finding_see(f, "pidfd_getfd", "a descriptor of pid %d",
			    t->owner.pid);
		finding_ok(f, "%s (pid %d) lent it", t->owner.command,
			   t->owner.pid);
	} else {
		finding_see(f,
			    t->vfio.via == VFIO_VIA_CDEV ? t->pci.cdev
							 : "/dev/vfio",
			    "opened by its %s",
			    t->vfio.via == VFIO_VIA_CDEV ? "character device"
							 : "group");
		finding_ok(f, "it could be opened");
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/open.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/owner/find.h"
#include "core/pci/in_use.h"

bool vfio_exists(const char *path)
{
	return access(path, F_OK) == 0 || errno != ENOENT;
}

/* Who owns a node that could not be opened: "root:root, mode 0600". */
static void describe_node(const char *path, char *text, size_t size)
{
	struct stat st;
	struct passwd *owner;

	if (stat(path, &st)) {
		snprintf(text, size, "%s", strerror(errno));
		return;
	}
	owner = getpwuid(st.st_uid);
	if (owner)
		snprintf(text, size, "owner %s, mode %04o", owner->pw_name,
			 st.st_mode & 07777u);
	else
		snprintf(text, size, "owner %u, mode %04o", st.st_uid,
			 st.st_mode & 07777u);
}

const char *vfio_missing_cdev(const struct pci_device *pci)
{
	return !pci->cdev[0]		    ? "vfio-dev/vfioN/dev in sysfs"
	       : !vfio_exists(pci->cdev)    ? pci->cdev
	       : !vfio_exists(IOMMUFD_NODE) ? IOMMUFD_NODE
					    : NULL;
}

const char *vfio_missing_group(const struct pci_device *pci,
			       char node[VFIO_NODE_SIZE])
{
	pci_group_node(pci->iommu_group, node, VFIO_NODE_SIZE);
	if (!vfio_exists(node))
		return node;
	return vfio_exists(VFIO_CONTAINER_NODE) ? NULL : VFIO_CONTAINER_NODE;
}

/* The kernel's side of a node of a group, which no container hides. */
static bool has_group(const struct pci_device *pci)
{
	char node[VFIO_NODE_SIZE], path[VFIO_NODE_SIZE + 16];

	pci_group_node(pci->iommu_group, node, sizeof(node));
	snprintf(path, sizeof(path), "/sys/class%s", node + strlen("/dev"));
	return access(path, F_OK) == 0;
}

/* There is no other way to open it. */
static void hint_nodes(const struct pci_device *pci, bool by_group,
		       struct error *err)
{
	char node[VFIO_NODE_SIZE];

	pci_group_node(pci->iommu_group, node, sizeof(node));
	if (pci->cdev[0])
		error_hint(err,
			   "see whether udev runs; a container needs the "
			   "nodes %s and " IOMMUFD_NODE "%s%s%s",
			   pci->cdev, by_group ? ", or " : "",
			   by_group ? node : "",
			   by_group ? " and " VFIO_CONTAINER_NODE : "");
	else if (by_group && has_group(pci))
		error_hint(err,
			   "see whether udev runs; a container needs the "
			   "nodes %s and " VFIO_CONTAINER_NODE,
			   node);
	else
		error_hint(err,
			   "it takes a kernel with "
			   "CONFIG_VFIO_DEVICE_CDEV and CONFIG_IOMMUFD%s",
			   by_group ? ", or with CONFIG_VFIO_GROUP" : "");
}

int vfio_no_node(const struct pci_device *pci, enum vfio_via via,
		 struct error *err)
{
	char node[VFIO_NODE_SIZE];
	const char *cdev = vfio_missing_cdev(pci);
	const char *group = vfio_missing_group(pci, node);

	if (via == VFIO_VIA_AUTO)
		error_set(err, ERR_NO_DEVNODE, ENOENT,
			  "there is no node to open it by: %s and %s do not "
			  "exist",
			  cdev, group);
	else
		error_set(err, ERR_NO_DEVNODE, ENOENT,
			  "no %s: %s does not exist",
			  via == VFIO_VIA_GROUP ? "group node"
						: "character device",
			  via == VFIO_VIA_GROUP ? group : cdev);
	if (via == VFIO_VIA_GROUP && !cdev)
		error_advise(err, ADVICE_OPEN_BY_CDEV);
	else if (via == VFIO_VIA_CDEV && !group)
		error_advise(err, ADVICE_OPEN_BY_GROUP);
	else
		hint_nodes(pci, via != VFIO_VIA_IOMMUFD, err);
	return -ENOENT;
}

const char *vfio_hint_forbidden(void)
{
	if (geteuid() != 0)
		return "run it as root, or give the node to a group that you "
		       "are in by a udev rule";
	return "what keeps root from it is the devices cgroup (give the "
	       "container the device) or a security module (see the audit "
	       "log)";
}

int vfio_cannot_open(const char *path, int number, struct error *err)
{
	char owner[128];

	error_system(err, number, "cannot open %s", path);
	if (number == EACCES || number == EPERM) {
		describe_node(path, owner, sizeof(owner));
		error_set(err, ERR_PERMISSION, number,
			  "no permission to open %s (%s)", path, owner);
		error_hint(err, "%s", vfio_hint_forbidden());
	}
	return -number;
}

int vfio_busy(const struct pci_device *pci, struct error *err)
{
	struct owner owner;

	if (owner_find(pci, &owner) > 0) {
		error_set(err, ERR_BUSY, EBUSY, "held by %s (pid %d)",
			  owner.command, owner.pid);
		error_advise(err, ADVICE_ACT_ON_HOLDER);
	} else {
		error_set(err, ERR_BUSY, EBUSY, "held by another process");
		error_hint(err, "%s",
			   geteuid() == 0 ? "its holder cannot be seen from "
					    "here: look on the host, or in "
					    "other PID namespaces"
					  : "to see by which, run it as root");
	}
	return -EBUSY;
}

/* Of one function in the list: its address, its driver, what is between. */
#define BLOCKER_SIZE (BDF_LENGTH + sizeof(members->driver) + 8)

int vfio_list_blockers(const struct pci_device *pci, char *list, size_t size)
{
	_cleanup_free_ struct group_member *members = NULL;
	size_t n = 0, used = 0;
	struct error ignored;
	int blockers = 0, r;

	list[0] = '\0';
	r = pci_group_members(pci->iommu_group, &members, &n, &ignored);
	if (r)
		return r;
	for (size_t i = 0; i < n; i++) {
		char address[BDF_LENGTH];

		if (!members[i].driver[0] || members[i].vfio ||
		    strcmp(members[i].driver, "pcieport") == 0 ||
		    strcmp(members[i].driver, "pci-stub") == 0)
			continue;
		blockers++;
		if (size - used < BLOCKER_SIZE + sizeof(", ...")) {
			snprintf(list + used, size - used, ", ...");
			break;
		}
		used += (size_t)snprintf(list + used, size - used, "%s%s (%s)",
					 used ? ", " : "",
					 bdf_format(&members[i].bdf, address),
					 members[i].driver);
	}
	return blockers;
}

/* One of the group that works for somebody, and as what. */
static bool find_used(const struct pci_device *pci, char *address, char *use,
		      size_t size)
{
	_cleanup_free_ struct group_member *members = NULL;
	struct error ignored;
	size_t n = 0;

	if (pci_group_members(pci->iommu_group, &members, &n, &ignored))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!members[i].vfio &&
		    pci_in_use(bdf_format(&members[i].bdf, address), use, size))
			return true;
	return false;
}

int vfio_not_viable(const struct pci_device *pci, struct error *err)
{
	char list[512], use[96];
	bool known = vfio_list_blockers(pci, list, sizeof(list)) > 0;

	error_set(err, ERR_GROUP_NOT_VIABLE, EPERM,
		  "IOMMU group %d is not viable: %s in the way",
		  pci->iommu_group,
		  known ? list : "a device bound to a host driver is");
	if (find_used(pci, list, use, sizeof(use)))
		error_hint(err,
			   "%s is in use %s: take another device, or one in a "
			   "slot with a group of its own",
			   list, use);
	else
		error_hint(err, "bind every device of the group to a VFIO "
				"driver, or to none");
	return -EPERM;
}

/* Has somebody another function of its group? Then *owner is who. */
static bool find_group_holder(const struct pci_device *pci, struct owner *owner)
{
	_cleanup_free_ struct group_member *members = NULL;
	struct error ignored;
	bool found = false;
	size_t n = 0;

	if (pci_group_members(pci->iommu_group, &members, &n, &ignored))
		return false;
	for (size_t i = 0; i < n && !found; i++) {
		struct pci_device other;

		if (pci_device_open(pci->source, &members[i].bdf,
				    PCI_DEVICE_CDEV, &other, &ignored))
			continue;
		found = owner_find(&other, owner) > 0;
		pci_device_close(&other);
	}
	return found;
}

/*
 * With nobody in the way it is what the platform cannot do: keep a device from
 * raising interrupts of others (drivers/iommu/iommufd/device.c,
 * drivers/vfio/vfio_iommu_type1.c).
 */
static int not_isolated(const char *module, struct error *err)
{
	char path[96], allowed[16] = "";

	snprintf(path, sizeof(path),
		 "/sys/module/%s/parameters/allow_unsafe_interrupts", module);
	sysfs_read(path, allowed, sizeof(allowed));
	if (allowed[0] == 'Y') {
		error_set(err, ERR_PERMISSION, EPERM,
			  "the kernel does not give it away (EPERM), and "
			  "nobody is seen to hold a device of its group");
		error_hint(err, "look on the host, or in other PID namespaces");
		return -EPERM;
	}
	error_set(err, ERR_PERMISSION, EPERM,
		  "the kernel does not give it away (EPERM), and nobody is "
		  "seen to hold a device of its group: probably the platform "
		  "does not isolate MSI, and %s.allow_unsafe_interrupts is %s",
		  module, allowed[0] ? allowed : "not known");
	error_hint(err,
		   "switch interrupt remapping on, in the firmware; or, if "
		   "all who get devices are trusted: echo Y > %s",
		   path);
	return -EPERM;
}

int vfio_not_dma_owner(const struct pci_device *pci, const char *module,
		       struct error *err)
{
	struct owner owner;
	char list[512];

	if (vfio_list_blockers(pci, list, sizeof(list)) > 0)
		return vfio_not_viable(pci, err);
	if (find_group_holder(pci, &owner)) {
		error_set(err, ERR_BUSY, EBUSY,
			  "its IOMMU group %d is held by %s (pid %d)",
			  pci->iommu_group, owner.command, owner.pid);
		error_advise(err, ADVICE_ACT_ON_HOLDER);
		return -EBUSY;
	}
	return geteuid() == 0 ? not_isolated(module, err) : vfio_busy(pci, err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/vfio/open.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/owner/find.h"

void vfio_group_node(const struct pci_device *pci, char *path, size_t size)
{
	snprintf(path, size, "/dev/vfio/%d", pci->iommu_group);
}

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

int vfio_cannot_open(const char *path, int number, struct error *err)
{
	char owner[128];

	error_system(err, number, "cannot open %s", path);
	if (number == EACCES || number == EPERM) {
		describe_node(path, owner, sizeof(owner));
		error_set(err, ERR_PERMISSION, number,
			  "no permission to open %s (%s)", path, owner);
		error_hint(err, "run it as root, or give the node to a group "
				"that you are in by a udev rule");
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
		error_hint(err, "to see by which, run it as root");
	}
	return -EBUSY;
}

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
	for (size_t i = 0; i < n && used < size; i++) {
		char address[BDF_LENGTH];

		if (!members[i].driver[0] ||
		    pci_driver_is_vfio(members[i].driver) ||
		    strcmp(members[i].driver, "pcieport") == 0 ||
		    strcmp(members[i].driver, "pci-stub") == 0)
			continue;
		used += (size_t)snprintf(list + used, size - used, "%s%s (%s)",
					 used ? ", " : "",
					 bdf_format(&members[i].bdf, address),
					 members[i].driver);
		blockers++;
	}
	return blockers;
}

int vfio_not_viable(const struct pci_device *pci, struct error *err)
{
	char list[512];
	bool known = vfio_list_blockers(pci, list, sizeof(list)) > 0;

	error_set(err, ERR_GROUP_NOT_VIABLE, EPERM,
		  "IOMMU group %d is not viable: %s in the way",
		  pci->iommu_group,
		  known ? list : "a device bound to a host driver is");
	error_hint(err, "bind every device of the group to a VFIO driver, or "
			"to none");
	return -EPERM;
}

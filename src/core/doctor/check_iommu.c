/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is there an IOMMU, is it on, and may VFIO have the device's group? */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/vfio/open.h"

#define CLASS_DIR    "/sys/class/iommu"
#define GROUPS_DIR   "/sys/kernel/iommu_groups"
#define NOIOMMU_FILE "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

/*
 * Entries of a directory, and the name of one. None where there is no such
 * directory; -errno where it cannot be read.
 */
static int count(const char *path, char *name, size_t size)
{
	_cleanup_closedir_ DIR *d = opendir(path);
	struct dirent *entry;
	int n = 0;

	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while ((errno = 0, entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, size, "%.63s", entry->d_name);
		n++;
	}
	return errno ? -errno : n;
}

/*
 * What the firmware says of an IOMMU: its ACPI table, or NULL, and in *number
 * why one could not be looked for, or 0.
 */
static const char *find_table(int *number)
{
	static const char *const tables[] = {
		"/sys/firmware/acpi/tables/DMAR", /* Intel */
		"/sys/firmware/acpi/tables/IVRS", /* AMD */
		"/sys/firmware/acpi/tables/IORT", /* Arm */
	};

	*number = 0;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		if (access(tables[i], F_OK) == 0)
			return tables[i];
		if (errno != ENOENT)
			*number = errno;
	}
	return NULL;
}

/* Are these groups no IOMMU's, but made by VFIO for want of one? */
static bool are_noiommu(void)
{
	_cleanup_closedir_ DIR *d = opendir(GROUPS_DIR);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.' &&
		    !pci_group_is_noiommu(text_number(entry->d_name)))
			return false;
	return d != NULL;
}

static void see_noiommu_mode(struct finding *f)
{
	char text[16];

	check_see_file(f, NOIOMMU_FILE, text, sizeof(text));
}

void check_iommu(struct doctor *d, struct finding *f)
{
	char name[64] = "", group[64];
	const char *table;
	int iommus, groups, number;

	(void)d;
	iommus = count(CLASS_DIR, name, sizeof(name));
	groups = count(GROUPS_DIR, group, sizeof(group));
	if (iommus < 0)
		finding_see(f, CLASS_DIR, "%s", strerror(-iommus));
	else
		finding_see(f, CLASS_DIR, "%d%s%s", iommus, iommus ? ": " : "",
			    name);
	if (groups < 0) {
		finding_unread(f, GROUPS_DIR, -groups);
		return;
	}
	finding_see(f, GROUPS_DIR, "%d groups", groups);
	if (groups && !iommus && are_noiommu()) {
		see_noiommu_mode(f);
		finding_warn(f, "there is no IOMMU; VFIO is in no-IOMMU mode: "
				"devices can write to all of the memory");
		finding_next(f, "switch the IOMMU on, in the firmware and on "
				"the kernel command line (intel_iommu=on)");
		return;
	}
	if (groups) {
		finding_ok(f, "the IOMMU is on");
		return;
	}
	table = find_table(&number);
	if (table)
		finding_see(f, table, "is there");
	else if (number)
		finding_see(f, "/sys/firmware/acpi/tables", "%s",
			    strerror(number));
	finding_fail(f, ERR_NO_IOMMU,
		     table ? "there is an IOMMU, but it is off"
			   : "the firmware shows no IOMMU");
	finding_next(f, table ? "intel_iommu=on or amd_iommu=on on the kernel "
				"command line"
			      : "switch it on in the firmware (VT-d, AMD-Vi, "
				"SMMU)");
}

/* True where it is in a group. */
static bool tell_group(const struct doctor *d, struct finding *f)
{
	int group = d->target->pci.iommu_group;
	char place[PCI_PLACE_SIZE];

	if (group < 0)
		return false;
	pci_source_place(d->source, &d->target->pci.bdf, "iommu_group", place);
	finding_see(f, place, "%d", group);
	finding_ok(f, "it is in IOMMU group %d", group);
	return true;
}

void check_iommu_group_recorded(struct doctor *d, struct finding *f)
{
	if (!tell_group(d, f))
		check_skip_unseen(d, f);
}

/* Steering works all the same; the kernel is tainted. */
static void warn_of_noiommu(const struct doctor *d, struct finding *f)
{
	int group = d->target->pci.iommu_group;
	char path[64], node[64];

	snprintf(path, sizeof(path), GROUPS_DIR "/%d/name", group);
	finding_see(f, path, "vfio-noiommu");
	see_noiommu_mode(f);
	pci_group_node(group, node, sizeof(node));
	finding_warn(f,
		     "it is in no-IOMMU mode (%s): nothing keeps it from "
		     "memory that is not its program's, and it has no "
		     "character device",
		     node);
	finding_next(f, "only root with CAP_SYS_RAWIO can open it; with an "
			"IOMMU, bind it to its VFIO driver again");
}

void check_iommu_group(struct doctor *d, struct finding *f)
{
	char place[PCI_PLACE_SIZE];

	if (tell_group(d, f)) {
		if (pci_group_is_noiommu(d->target->pci.iommu_group))
			warn_of_noiommu(d, f);
		return;
	}
	pci_source_place(d->source, &d->target->pci.bdf, "iommu_group", place);
	finding_see(f, place, "not there");
	finding_fail(f, ERR_NO_IOMMU,
		     "it is in no IOMMU group: no IOMMU "
		     "stands before it");
	finding_next(f,
		     "see what the kernel says of it: dmesg | grep -iE "
		     "'iommu|dmar|%s'",
		     d->target->pci.address);
}

void check_group_viable(struct doctor *d, struct finding *f)
{
	const struct pci_device *pci = &d->target->pci;
	_cleanup_free_ struct group_member *members = NULL;
	char path[CHECK_PATH_SIZE], list[512];
	struct error err;
	int blockers;
	size_t n;

	snprintf(path, sizeof(path), GROUPS_DIR "/%d/devices",
		 pci->iommu_group);
	if (pci_group_members(pci->iommu_group, &members, &n, &err)) {
		finding_skip(f, "%.500s", err.message);
		return;
	}
	blockers = vfio_list_blockers(pci, list, sizeof(list));
	if (blockers < 0) {
		finding_unread(f, path, -blockers);
		return;
	}
	if (blockers == 0) {
		finding_see(f, path, "%zu functions", n);
		finding_ok(f, "no function of its group is in the way");
		return;
	}
	vfio_not_viable(pci, &err);
	finding_see(f, path, "%s", list);
	finding_fail_as(f, &err);
}

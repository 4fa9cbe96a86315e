/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/proc.h"
#include "core/owner/node.h"
#include "core/pci/proc_text.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"

/* Longer than any name that is of interest. */
#define LINK_MAX 64

/* A process that has the node of a group, or a character device, open. */
struct holding {
	bool by_group;
	int group;	/* where by_group */
	struct bdf bdf; /* where not */
	struct owner owner;
};

struct owner_scan {
	struct holding *list; /* groups first, then addresses */
	size_t n, room;
	int unseen; /* why some process could not be looked into */
};

static int compare(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	if (x->by_group != y->by_group)
		return x->by_group ? -1 : 1;
	if (x->by_group)
		return (x->group > y->group) - (x->group < y->group);
	return bdf_compare(&x->bdf, &y->bdf);
}

static int add(struct owner_scan *scan, const struct holding *holding)
{
	if (scan->n == scan->room) {
		size_t room = scan->room ? 2 * scan->room : 16;
		struct holding *larger =
			reallocarray(scan->list, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		scan->list = larger;
		scan->room = room;
	}
	scan->list[scan->n++] = *holding;
	return 0;
}

/*
 * Is it a VFIO node, and what does it give access to? Returns 1, or 0 where
 * it is none, or -errno.
 */
static int is_holding(const char *target, struct holding *holding)
{
	enum vfio_node node = proc_text_vfio_node(target, &holding->group);
	char name[LINK_MAX];
	int r;

	holding->by_group = node == VFIO_NODE_GROUP;
	if (node != VFIO_NODE_CDEV)
		return holding->by_group;
	snprintf(name, sizeof(name), "/sys/class/vfio-dev/vfio%d/device",
		 holding->group);
	r = sysfs_link_name(name, name, sizeof(name));
	if (r)
		return r == -ENOENT ? 0 : r; /* it is gone */
	return bdf_parse(name, &holding->bdf) == 0;
}

static int scan_process(struct owner_scan *scan, pid_t pid)
{
	struct proc_walk walk _cleanup_walk_;
	struct holding holding = { .owner = { .pid = pid } };
	char node[LINK_MAX];
	int r = proc_walk_descriptors(&walk, pid);

	if (r && !owner_want(r) && r != -ENOENT && r != -ESRCH)
		scan->unseen = -r;
	if (r)
		return owner_want(r);
	while ((r = proc_walk_next(&walk)) > 0) {
		r = owner_node(walk.at, walk.name, node, sizeof(node));
		if (r <= 0) {
			r = owner_want(r);
			if (r)
				break;
			continue;
		}
		r = is_holding(node, &holding);
		if (r > 0 && !holding.owner.command[0])
			owner_command(pid, holding.owner.command,
				      sizeof(holding.owner.command));
		if (r > 0)
			r = add(scan, &holding);
		if (r < 0)
			return r;
	}
	return owner_want(r);
}

/* What is within a process may vanish; the list of them does not. */
static int scan_all(struct owner_scan *scan)
{
	struct proc_walk walk _cleanup_walk_;
	int r = proc_walk_processes(&walk);

	while (r == 0 && (r = proc_walk_next(&walk)) > 0)
		r = walk.number > 0 && walk.number != getpid()
			    ? scan_process(scan, walk.number)
			    : 0;
	return r;
}

int owner_scan_load(struct owner_scan **scan, struct error *err)
{
	struct owner_scan *s = calloc(1, sizeof(*s));
	int r = s ? scan_all(s) : -ENOMEM;

	if (r) {
		owner_scan_free(s);
		return error_system(err, -r,
				    "cannot look for the devices' owners");
	}
	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), compare);
	*scan = s;
	return 0;
}

void owner_scan_free(struct owner_scan *scan)
{
	if (!scan)
		return;
	free(scan->list);
	free(scan);
}

int owner_scan_unseen(const struct owner_scan *scan)
{
	return scan->unseen;
}

bool owner_scan_find(const struct owner_scan *scan,
		     const struct pci_device *pci, struct owner *owner)
{
	struct holding key = { .bdf = pci->bdf };
	const struct holding *found;

	*owner = (struct owner){ 0 };
	if (scan->n == 0 || !pci->driver[0] || pci->iommu_group < 0)
		return false;
	found = bsearch(&key, scan->list, scan->n, sizeof(key), compare);
	if (!found) {
		key = (struct holding){ .by_group = true,
					.group = pci->iommu_group };
		found = bsearch(&key, scan->list, scan->n, sizeof(key),
				compare);
		/* Others of a group that is held need not be VFIO's. */
		if (found && !pci_device_is_vfio(pci))
			return false;
	}
	if (found)
		*owner = found->owner;
	return found != NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/invocation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/hints.h"
#include "core/base/confine.h"
#include "core/owner/scan.h"
#include "core/tph/change_lock.h"
#include "core/base/text.h"
#include "ui/message.h"

void invocation_fail(struct invocation *inv, const char *device,
		     const struct error *err)
{
	char shown[128], text[HINTS_DOCTOR_SIZE];
	struct error told = *err;
	const char *doctor = NULL;

	if (device) {
		/* It may be a path that a user typed. */
		snprintf(shown, sizeof(shown), "%s", device);
		text_keep_one_line(shown);
		device = shown;
	}
	hints_error(&told, device);
	if (inv->command != &cmd_doctor)
		doctor = hints_doctor(err->kind, device, inv->settings.from,
				      text);
	message_error(device, &told, doctor);
	report_error(inv->report, device, &told, doctor);
	inv->output_failed |= err->kind == ERR_OUTPUT;
	if (inv->failed++ == 0)
		inv->first_failure = error_status(err);
}

int invocation_lock(struct invocation *inv, const struct bdf *bdf,
		    struct error *err)
{
	int fd;

	if (inv->settings.dry_run || inv->no_lock || inv->lock >= 0)
		return 0;
	fd = change_lock(bdf, err);
	if (fd < 0 && fd != -ENOENT)
		return fd;
	inv->lock = fd < 0 ? -1 : fd;
	inv->no_lock = fd < 0;
	if (fd < 0 && err->kind != ERR_NONE)
		message_note(NULL, "changes by others are not kept off: %s",
			     err->message);
	return 0;
}

void invocation_unlock(struct invocation *inv)
{
	if (inv->lock >= 0)
		close(inv->lock);
	inv->lock = -1;
}

/* Of a device; a user can have any number of processes. */
#define OTHERS_MAX 8

static void note_given_up(const struct owner_scan *scan)
{
	const struct owner *list;
	size_t n;

	list = owner_scan_given_up(scan, &n);
	if (n == 1)
		message_note(NULL,
			     "holders may be missing: %s (pid %d) does not let "
			     "itself be looked at",
			     list[0].command, list[0].pid);
	else if (n)
		message_note(NULL,
			     "holders may be missing: %zu processes do not let "
			     "themselves be looked at, one is %s (pid %d)",
			     n, list[0].command, list[0].pid);
}

/*
 * Who else has it open, so that nobody hides behind another; and on request
 * who only seems to.
 */
static void note_others(const struct invocation *inv,
			const struct pci_device *dev,
			const struct owner *holder)
{
	const struct holding *h = NULL;
	pid_t last = holder->pid;
	int n = 0;

	while (n < OTHERS_MAX && (h = owner_scan_about(inv->owners, dev, h))) {
		bool only_names = h->kind >= NAMES_GROUP;

		if (h->owner.pid == holder->pid || h->owner.pid == last ||
		    (only_names && !inv->settings.verbose))
			continue;
		message_note(dev->address,
			     only_names ? "%s (pid %d) only names its node, "
					  "which makes it no holder"
					: "%s (pid %d) has it open, too",
			     h->owner.command, h->owner.pid);
		last = h->owner.pid;
		n++;
	}
}

static int find_holder(void *context, const struct pci_device *dev,
		       struct owner *holder, struct error *err)
{
	struct invocation *inv = context;
	int r = inv->owners_asked ? 0 : owner_look(0, &inv->owners);

	if (r == 0 && !inv->owners_asked)
		note_given_up(inv->owners);
	inv->owners_asked = true;
	if (inv->owners) {
		bool found = owner_scan_find(inv->owners, dev, holder);

		if (found || inv->settings.verbose)
			note_others(inv, dev, holder);
	}
	return r ? error_system(err, -r, "cannot look for the devices' owners")
		 : 0;
}

int invocation_open_source(struct invocation *inv, struct error *err)
{
	int r;

	if (inv->source)
		return 0;
	if (inv->settings.from) {
		/* A dump comes from anybody. */
		if (!inv->settings.file)
			confine_to_reading();
		return source_dump_open(inv->settings.from, &inv->source, err);
	}
	r = source_machine_open(&inv->source, err);
	if (r == 0)
		source_machine_set_holders(inv->source, find_holder, inv);
	return r;
}

/* The CPUs of this machine say nothing of devices that it does not have. */
const struct topology *invocation_topology(struct invocation *inv,
					   struct error *err)
{
	err->kind = ERR_NONE;
	if (inv->source && !pci_source_is_live(inv->source))
		return NULL;
	if (!inv->topology && topology_load(&inv->topology, err))
		return NULL;
	if (inv->settings.allowed)
		topology_keep_allowed(inv->topology);
	return inv->topology;
}

/* Told once. */
static void cpus_not_known(struct invocation *inv, const struct error *err)
{
	message_note(NULL, "the CPUs are not known: %s", err->message);
	inv->no_topology = true;
}

const struct topology *invocation_try_topology(struct invocation *inv)
{
	const struct topology *topology;
	struct error err;

	if (inv->no_topology)
		return NULL;
	topology = invocation_topology(inv, &err);
	if (!topology && err.kind != ERR_NONE)
		cpus_not_known(inv, &err);
	return topology;
}

void invocation_node_cpus(struct invocation *inv, const struct pci_device *pci,
			  struct cpulist *cpus)
{
	struct error err;

	*cpus = (struct cpulist){ 0 };
	if (!inv->no_topology && pci_device_node_cpus(pci, cpus, &err))
		cpus_not_known(inv, &err);
}

int open_target(struct invocation *inv, struct target *target,
		const struct target_access *access, struct error *err)
{
	int r = target_open(target, &inv->vfio, access, err);

	if (r == 0 && target->borrowed && inv->settings.verbose)
		message_note(target->pci.address,
			     "this is the device of %s (pid %d)",
			     target->owner.command, target->owner.pid);
	if (r == 0 && target->vfio.table && access->iommu.pasid &&
	    target->vfio.table->pasid_width == 0)
		message_note(target->pci.address,
			     "its IOMMU reports no PASID width for it: its "
			     "page table is without PASIDs");
	return r;
}

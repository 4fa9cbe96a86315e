/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "core/base/cleanup.h"
#include "core/doctor/doctor.h"
#include "core/base/interrupt.h"
#include "core/tph/explain.h"
#include "core/owner/scan.h"
#include "core/pci/record.h"
#include "core/base/text.h"
#include "ui/message.h"

/*
 * Where doctor finds the cause of an error of this kind, its command: of a
 * device of this machine, or of one of the dump that is read.
 */
static void point_to_doctor(const struct invocation *inv, const char *device,
			    struct error *err)
{
	const char *dump = inv->settings.from;

	err->doctor[0] = '\0';
	if (!device || inv->command == &cmd_doctor ||
	    !doctor_explains(err->kind))
		return;
	if (!dump)
		snprintf(err->doctor, sizeof(err->doctor), "vfio-tph doctor %s",
			 device);
	else if (strcmp(dump, "-") != 0) /* which is read by now */
		snprintf(err->doctor, sizeof(err->doctor),
			 "vfio-tph doctor --offline %.200s %s", dump, device);
	text_keep_one_line(err->doctor);
}

void invocation_fail(struct invocation *inv, const char *device,
		     const struct error *err)
{
	struct error told = *err;
	char shown[128];

	if (device) {
		/* It may be a path that a user typed. */
		snprintf(shown, sizeof(shown), "%s", device);
		text_keep_one_line(shown);
		device = shown;
	}
	point_to_doctor(inv, device, &told);
	message_error(device, &told);
	report_error(inv->report, device, &told);
	inv->output_failed |= err->kind == ERR_OUTPUT;
	if (inv->failed++ == 0)
		inv->first_failure = error_status(err);
}

int invocation_begin_device(const struct invocation *inv, struct error *err)
{
	int number;

	if (!inv->command->changes || inv->settings.dry_run)
		return 0;
	interrupt_hold();
	number = interrupt_pending();
	/* --hold waits for just that signal. */
	if (!number || inv->settings.hold)
		return 0;
	return error_set(err, ERR_INTERRUPTED, EINTR,
			 "interrupted by SIG%s: nothing was done to it",
			 sigabbrev_np(number));
}

const struct topology *invocation_topology(struct invocation *inv,
					   struct error *err)
{
	if (!inv->topology && topology_load(&inv->topology, err))
		return NULL;
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
	if (!topology)
		cpus_not_known(inv, &err);
	return topology;
}

void invocation_node_cpus(struct invocation *inv, int node,
			  struct cpulist *cpus)
{
	struct error err;
	int r;

	if (node < 0 || inv->no_topology)
		return;
	r = topology_read_node((unsigned int)node, cpus, &err);
	if (r && r != -ENOENT) /* a node that is offline has none */
		cpus_not_known(inv, &err);
}

int invocation_find_owner(struct invocation *inv, struct target *target,
			  struct error *err)
{
	const struct pci_fact *fact = pci_device_fact(&target->pci);
	int r = 0;

	if (fact)
		target->owner = fact->owner;
	if (pci_bus_is_dump(inv->bus) || !target->pci.driver[0] ||
	    target->pci.iommu_group < 0)
		return 0;
	if (!inv->owners_asked)
		r = owner_scan_load(&inv->owners, err);
	inv->owners_asked = true;
	if (inv->owners)
		owner_scan_find(inv->owners, &target->pci, &target->owner);
	return r;
}

int look_at_device(struct invocation *inv, const struct bdf *bdf, bool named,
		   unsigned int what, struct target *target, struct error *err)
{
	int r = target_glance(inv->bus, bdf, target, err);

	if (r)
		return r;
	if (!named && target->cap_known && !target->cap.offset)
		r = DEVICE_SKIPPED;
	else
		r = target_fill(target, what, err);
	if (r)
		target_close(target);
	return r;
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

int close_target(struct target *target, int r, struct error *err)
{
	if (r < 0)
		steering_explain_state(target, err);
	target_close(target);
	return r;
}

/* Devices in the order of the words, each once. */
struct selection {
	struct bdf *bdfs;
	bool *named;
	size_t n;
};

static int select_one(struct selection *s, const struct bdf *bdf, bool named)
{
	struct bdf *bdfs;
	bool *flags;

	for (size_t i = 0; i < s->n; i++)
		if (bdf_equal(&s->bdfs[i], bdf)) {
			s->named[i] |= named;
			return 0;
		}
	bdfs = reallocarray(s->bdfs, s->n + 1, sizeof(*bdfs));
	if (bdfs)
		s->bdfs = bdfs;
	flags = reallocarray(s->named, s->n + 1, sizeof(*flags));
	if (flags)
		s->named = flags;
	if (!bdfs || !flags)
		return -ENOMEM;
	s->bdfs[s->n] = *bdf;
	s->named[s->n++] = named;
	return 0;
}

static int select_all(struct selection *s, struct bdf *found, size_t n,
		      struct error *err)
{
	s->bdfs = found;
	s->named = calloc(n, sizeof(*s->named));
	if (!s->named)
		return error_system(err, ENOMEM, "cannot list the devices");
	s->n = n;
	return 0;
}

static int select_word(struct invocation *inv, const struct selector *sel,
		       struct selection *s, struct error *err)
{
	_cleanup_free_ struct bdf *found = NULL;
	size_t n;

	if (pci_bus_find(inv->bus, sel, &found, &n, err)) {
		/* The caller ends where it could not list the words. */
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
		invocation_fail(inv, sel->text, err);
		return 0;
	}
	if (s->n == 0 && selector_is_plural(sel))
		/* Many, perhaps, but each once: nothing to compare with. */
		return select_all(s, take_ptr(found), n, err);
	for (size_t i = 0; i < n; i++)
		if (select_one(s, &found[i], !selector_is_plural(sel)))
			return error_system(err, ENOMEM,
					    "cannot list the devices");
	return 0;
}

static int parse_words(struct selector *sels, char **words, int n, bool plural,
		       struct error *err)
{
	if (n == 0)
		return error_set(err, ERR_USAGE, EINVAL, "no device was named");
	for (int i = 0; i < n; i++) {
		if (selector_parse(words[i], &sels[i], err))
			return -EINVAL;
		if (!plural && selector_is_plural(&sels[i]))
			return error_set(err, ERR_USAGE, EINVAL,
					 "'%.64s' may name several devices; "
					 "a command that acts on a device "
					 "takes its address",
					 words[i]);
	}
	return 0;
}

static void do_one(struct invocation *inv, const struct bdf *bdf, bool named,
		   device_fn *fn)
{
	char address[BDF_LENGTH];
	struct error err;
	int r;

	plan_forget(inv);
	r = invocation_begin_device(inv, &err);
	if (r == 0)
		r = fn(inv, bdf, named, &err);
	/* Unplugged since it was found: "all" does not mean it any more. */
	if (r < 0 && !named && err.kind == ERR_NOT_FOUND)
		r = DEVICE_SKIPPED;
	if (r < 0)
		invocation_fail(inv, bdf_format(bdf, address), &err);
	else if (r == DEVICE_SKIPPED)
		inv->skipped++;
	else if (r == DEVICE_UNSEEN)
		inv->unseen++;
	else
		inv->succeeded++;
}

/* Functions were there of which nobody can tell whether they have TPH. */
static int conclude_unseen(const struct invocation *inv, struct error *err)
{
	bool from_dump = inv->settings.from;

	if (inv->succeeded) {
		message_note(NULL,
			     from_dump ? "the dump does not have the extended "
					 "config space of %d functions"
				       : "no permission to read the extended "
					 "config space of %d functions",
			     inv->unseen);
		return 0;
	}
	if (from_dump) {
		error_set(err, ERR_USAGE, ENODATA,
			  "the dump has no extended config space: which "
			  "functions have a TPH capability is not known");
		error_hint(err, "lspci -xxxx prints it, as root");
		return -ENODATA;
	}
	error_set(err, ERR_PERMISSION, EPERM,
		  "no permission to read extended config space: which "
		  "functions have a TPH capability is not known");
	error_hint(err, "run it as root (CAP_SYS_ADMIN)");
	return -EPERM;
}

/* What there is to say of all of them. of_all: "all" was asked for. */
static int conclude(const struct invocation *inv, bool of_all,
		    struct error *err)
{
	if (inv->unseen)
		return conclude_unseen(inv, err);
	if (!inv->skipped || inv->succeeded || inv->failed)
		return 0;
	if (!of_all)
		return error_set(err, ERR_NO_TPH, EOPNOTSUPP,
				 "none of %d devices has a TPH capability",
				 inv->skipped);
	message_note(NULL, "no function has a TPH capability");
	return 0;
}

int for_each_device(struct invocation *inv, char **words, int n, bool plural,
		    device_fn *fn, struct error *err)
{
	_cleanup_free_ struct selector *sels =
		calloc((size_t)n + 1, sizeof(*sels));
	struct selection s = { 0 };
	bool of_all = false;
	int r;

	if (!sels)
		return error_system(err, ENOMEM, "cannot list the devices");
	r = parse_words(sels, words, n, plural, err);
	if (r == 0)
		r = inv->settings.from ? pci_bus_open_dump(inv->settings.from,
							   &inv->bus, err)
				       : pci_bus_open(&inv->bus, err);
	for (int i = 0; r == 0 && i < n; i++) {
		of_all |= sels[i].kind == SELECT_ALL;
		r = select_word(inv, &sels[i], &s, err);
	}
	for (size_t i = 0; r == 0 && i < s.n; i++)
		do_one(inv, &s.bdfs[i], s.named[i], fn);
	free(s.bdfs);
	free(s.named);
	return r ? r : conclude(inv, of_all, err);
}

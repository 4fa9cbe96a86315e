/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply and undo: bring devices to what a profile says. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/profile/write.h"
#include "core/base/state_directory.h"
#include "core/base/sysfs.h"
#include "cli/command.h"
#include "cli/describe.h"
#include "cli/hold.h"
#include "cli/plan.h"
#include "cli/profile_device.h"
#include "cli/targets.h"
#include "ui/message.h"

static const struct option_def *const apply_options[] = {
	&option_owner,	    &option_pid, &option_fd,
	&option_hold,	    &option_try, &option_via,
	&option_hold_iommu, &option_abi, NULL
};

static const struct option_def *const undo_options[] = { &option_abi, NULL };

/* What undo is to put back; written before each change. */
struct record {
	struct json_writer profile;
	bool complained;
};

static int read_boot(char boot[64], struct error *err)
{
	long n = sysfs_read("/proc/sys/kernel/random/boot_id", boot, 64);

	return n < 0 ? error_system(err, (int)-n, "cannot read the boot id")
		     : 0;
}

/*
 * Only what outlives the command can be undone: a change on the device of a
 * process that goes on. Without the right to keep a record, apply goes on.
 */
static void keep_record(const struct target *t, const struct snapshot *before,
			const struct cpulist *lost, struct record *record)
{
	_cleanup_free_ char *list = NULL;
	struct error err;
	int r;

	if (!record || !t->borrowed)
		return;
	if (lost->count) {
		list = cpulist_format(lost);
		message_note(t->pci.address,
			     "undo will not be able to restore entries %s: the "
			     "CPUs of their tags are not known",
			     list ?: "?");
	}
	r = profile_add(&record->profile, &t->pci, before, lost);
	if (r)
		error_system(&err, -r, "cannot write down what was set");
	else
		r = profile_store(&record->profile, UNDO_NAME, &err);
	if (r == 0)
		return;
	if (!record->complained)
		message_note(NULL, "undo will not be possible: %s",
			     err.message);
	record->complained = true;
}

/* Entries that will be overwritten, and that nobody could put back. */
static int find_lost(const struct apply_plan *plan,
		     const struct snapshot *before, struct cpulist *lost,
		     struct error *err)
{
	const struct cpulist *unexplained = &before->unexplained;

	for (size_t i = 0; i < plan->n_differences; i++) {
		const struct difference *d = &plan->differences[i];

		for (size_t k = 0;
		     d->kind == DIFFERENT_ENTRY && k < unexplained->count; k++)
			if (unexplained->items[k] == d->entry.index &&
			    cpulist_append(lost, d->entry.index, 1, 1))
				return error_system(err, ENOMEM,
						    "cannot write down what "
						    "was set");
	}
	return 0;
}

static void tell(struct invocation *inv, const struct target *t,
		 const struct apply_plan *plan)
{
	bool changed = plan->n_differences > 0;

	describe_device(inv->report, t);
	report_bool(inv->report, "changed", changed);
	hold_tell(inv, t);
	if (!changed)
		report_heading(inv->report, "%s: unchanged", t->pci.address);
	else if (!inv->settings.dry_run)
		report_heading(inv->report, "%s: changed, TPH is %s%s",
			       t->pci.address, plan->off ? "off" : "on, mode ",
			       plan->off ? "" : tph_mode_name(plan->mode));
	hold_note(inv, t);
}

static int execute(struct invocation *inv, struct target *t,
		   const struct topology *topology,
		   const struct apply_plan *plan, struct record *record,
		   struct error *err)
{
	_cleanup_(snapshot_free) struct snapshot before = { 0 };
	_cleanup_(cpulist_free) struct cpulist lost = { 0 };

	if (plan->n_differences && !inv->settings.dry_run) {
		int r = snapshot_take(t, topology, &before, err);

		if (r == 0)
			r = find_lost(plan, &before, &lost, err);
		if (r)
			return r;
		keep_record(t, &before, &lost, record);
	}
	if (inv->settings.dry_run)
		plan_forget(inv); /* what was asked to make the plan */
	return apply_execute(t, plan, &before, err);
}

static int bring(struct invocation *inv, const struct visit *visit,
		 struct apply_plan *plan, struct error *err)
{
	const struct profile_device *wanted = visit->selected->wanted;
	const struct topology *topology = invocation_topology(inv, err);
	struct target *t = visit->target;
	const struct tph_control is = t->control;
	int r = topology ? apply_check_identity(t, wanted, err) : -EIO;

	if (r == 0)
		r = target_check_tph(t, err);
	/* Off and to be off: nothing to open it for. */
	if (r == 0 && (!wanted->off || is.enabled || inv->settings.hold))
		r = wanted->off
			    ? open_target(inv, t, &inv->settings.access, err)
			    : hold_open(inv, t, err);
	if (r == 0)
		r = apply_compare(t, topology, wanted, plan, err);
	if (r == 0)
		r = execute(inv, t, topology, plan, visit->state, err);
	if (r == 0)
		r = hold_rehearse(inv, t, err);
	if (r)
		return r;
	tell(inv, t, plan);
	if (inv->settings.dry_run) {
		t->control = is;
		tell_differences(inv, t, plan);
		plan_tell(inv);
	}
	return 0;
}

/* What undo could not put back is no success, and its record is kept. */
static int tell_lost(const struct profile_device *wanted, struct error *err)
{
	_cleanup_free_ char *list = cpulist_format(&wanted->lost);

	return error_set(err, ERR_PARTIAL, ENODATA,
			 "entries %s could not be restored: the CPUs of their "
			 "tags were not known when they were overwritten",
			 list ?: "?");
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	_cleanup_(apply_plan_free) struct apply_plan plan = { 0 };
	int r = bring(inv, visit, &plan, err);

	if (r || inv->settings.dry_run)
		return r;
	if (inv->settings.hold)
		return hold_keep(inv, visit->target, err);
	return visit->selected->wanted->lost.count
		       ? tell_lost(visit->selected->wanted, err)
		       : 0;
}

static int apply_profile(struct invocation *inv, const char *path,
			 const struct profile *profile, struct error *err)
{
	struct record record = { 0 };
	char boot[64];
	int r = 0;

	if (profile->boot || path) {
		r = read_boot(boot, err);
		if (r)
			return r;
	}
	if (profile->boot && strcmp(profile->boot, boot) != 0)
		return error_set(err, ERR_REFUSED, ESTALE,
				 "the profile was written before the machine "
				 "was started last");
	if (path) {
		json_write_object(&record.profile, NULL);
		profile_begin(&record.profile, boot);
	}
	r = act_on_profile(inv, profile, path ? &record : NULL, err);
	json_writer_free(&record.profile);
	return r;
}

static int read_and_apply(struct invocation *inv, const char *path, bool undo,
			  struct error *err)
{
	_cleanup_(profile_free) struct profile profile = { 0 };
	_cleanup_(problems_free) struct problems problems = { 0 };

	/* What it says is done with root's rights: by whom was it written? */
	if (profile_read(path, geteuid() ? PROFILE_ANYBODYS : PROFILE_TRUSTED,
			 &profile, &problems))
		return report_problems(inv, &problems, err);
	return apply_profile(inv, undo ? NULL : path, &profile, err);
}

static int run_apply(struct invocation *inv, struct error *err)
{
	if (inv->n_words != 1)
		return error_set(err, ERR_USAGE, EINVAL,
				 "apply takes one file");
	return read_and_apply(inv, inv->words[0], false, err);
}

static int run_undo(struct invocation *inv, struct error *err)
{
	static const char path[] = STATE_DIRECTORY "/" UNDO_NAME;
	int r;

	if (inv->n_words)
		return error_set(err, ERR_USAGE, EINVAL,
				 "undo takes no argument");
	if (access(path, F_OK) && errno == ENOENT)
		return error_set(err, ERR_REFUSED, ENOENT,
				 "there is nothing to undo");
	inv->settings.access.owner = true;
	r = read_and_apply(inv, path, true, err);
	if (r == 0 && inv->failed == 0 && !inv->settings.dry_run)
		unlink(path);
	return r;
}

const struct command cmd_apply = {
	.name = "apply",
	.examples = "  vfio-tph apply --owner profile.json\n"
		    "  vfio-tph apply --dry-run --owner profile.json\n",
	.words = "FILE",
	.summary = "Bring devices to what a profile says",
	.options = apply_options,
	.takes = TAKES_PROFILE,
	.changes = true,
	.lasts = true,
	.look = PCI_DEVICE_CDEV,
	.act = act,
	.run = run_apply,
};

const struct command cmd_undo = {
	.name = "undo",
	.examples = "  vfio-tph undo\n"
		    "  vfio-tph undo --dry-run\n",
	.words = "",
	.summary = "Put back what the last apply replaced",
	.options = undo_options,
	.changes = true,
	.lasts = true,
	.look = PCI_DEVICE_CDEV,
	.act = act,
	.run = run_undo,
};

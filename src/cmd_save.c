/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save: print a profile of what is. */
#include <errno.h>

#include "core/base/cleanup.h"
#include "core/profile/write.h"
#include "cli/command.h"
#include "cli/describe.h"
#include "cli/profile_device.h"
#include "cli/targets.h"
#include "core/tph/map.h"
#include "core/tph/steering.h"
#include "ui/message.h"

static const struct option_def *const options[] = {
	&option_owner, &option_pid,	   &option_fd, &option_abi,
	&option_cpus,  &option_follow_irq, NULL
};

static void note_unexplained(const struct target *t,
			     const struct snapshot *snapshot)
{
	_cleanup_free_ char *list = NULL, *cpus = NULL;

	if (snapshot->unexplained.count == 0)
		return;
	list = cpulist_format(&snapshot->unexplained);
	cpus = snapshot->unasked.count ? cpulist_format(&snapshot->unasked)
				       : NULL;
	if (snapshot->unasked.count == 0)
		message_note(t->pci.address,
			     "left out, since their tags are of no CPU: "
			     "entries %s",
			     list ?: "?");
	else
		message_note(t->pci.address,
			     "left out, because the CPUs of their tags are not "
			     "known: entries %s (CPUs %s could not be asked "
			     "for)",
			     list ?: "?", cpus ?: "?");
}

static int save(struct invocation *inv, struct target *t,
		struct json_writer *profile, struct error *err)
{
	const struct topology *topology = invocation_topology(inv, err);
	_cleanup_(snapshot_free) struct snapshot snapshot = { 0 };
	int r = topology ? open_for_reading(inv, t, err) : -EIO;

	if (r == 0)
		r = snapshot_take(t, topology, &snapshot, err);
	if (r)
		return r;
	note_unexplained(t, &snapshot);
	if (!snapshot.enabled)
		message_note(t->pci.address,
			     "TPH is off, and so it is in the profile: "
			     "--follow-irq or --cpus makes one that steers");
	if (profile_add(profile, &t->pci, &snapshot, NULL))
		r = error_system(err, ENOMEM, "cannot write the profile");
	return r;
}

/* A profile that steers every entry, of a device as yet unused. */
static int draft(struct invocation *inv, struct target *t,
		 struct json_writer *profile, struct error *err)
{
	const char *cpus =
		inv->settings.follow_irq ? "irq" : inv->settings.cpus;
	unsigned int mode;
	int r = target_check_tph(t, err);

	if (r == 0)
		r = steering_check_set(t, STEERING_MODE_AUTO, &mode, err);
	if (r == 0 && profile_add_all(profile, &t->pci, mode, cpus))
		r = error_system(err, ENOMEM, "cannot write the profile");
	return r;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	bool drafts = inv->settings.cpus || inv->settings.follow_irq;
	int r = (drafts ? draft : save)(inv, visit->target, visit->state, err);

	if (r)
		return r;
	describe_device(inv->report, visit->target);
	if (inv->settings.json)
		describe_state(inv->report, visit->target);
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	_cleanup_(json_writer_free) struct json_writer profile = { 0 };
	_cleanup_(st_maps_free) struct st_maps maps = { 0 };
	int r = inv->settings.cpus
			? st_maps_add_all(&maps, inv->settings.cpus, err)
			: 0;

	if (r)
		return r;
	report_document_begin(inv->report, "profile", &profile);
	profile_begin(&profile, NULL);
	r = act_on_words(inv, inv->n_words, &profile, err);
	json_write_end(&profile); /* its devices */
	if (r == 0)
		report_document(inv->report, &profile);
	return r;
}

const struct command cmd_save = {
	.name = "save",
	.examples = "  vfio-tph save --owner 3b:00.0 >profile.json\n"
		    "  vfio-tph save all >profile.json\n",
	.without = COMMON_DRY_RUN,
	.words = "DEVICE...",
	.summary = "Print a profile of the devices as they are",
	.options = options,
	.takes = TAKES_VFIO | TAKES_PLURAL,
	.look = PCI_DEVICE_CDEV,
	.act = act,
	.run = run,
};

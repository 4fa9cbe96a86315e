/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save: print a profile of what is. */
#include <errno.h>

#include "core/base/cleanup.h"
#include "core/profile/write.h"
#include "cli/command.h"
#include "cli/describe.h"
#include "cli/profile_device.h"
#include "cli/targets.h"
#include "ui/message.h"

static const struct option_def *const options[] = { &option_owner, &option_pid,
						    &option_fd, &option_abi,
						    NULL };

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
	if (profile_add(profile, &t->pci, &snapshot, NULL))
		r = error_system(err, ENOMEM, "cannot write the profile");
	return r;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	int r = save(inv, visit->target, visit->state, err);

	if (r)
		return r;
	describe_device(inv->report, visit->target);
	if (inv->settings.json)
		describe_state(inv->report, visit->target);
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	_cleanup_(json_writer_free) struct json_writer profile;
	int r;

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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save: print a profile of what is. */
#include <errno.h>

#include "core/base/cleanup.h"
#include "core/profile/write.h"
#include "cli/profile_device.h"
#include "ui/message.h"

static const struct option_def *const options[] = { &option_owner, &option_pid,
						    &option_fd, &option_abi,
						    NULL };

static void note_unexplained(const struct target *t,
			     const struct snapshot *snapshot)
{
	_cleanup_free_ char *list = NULL;

	if (snapshot->unexplained.count == 0)
		return;
	list = cpulist_format(&snapshot->unexplained);
	message_note(t->pci.address,
		     "left out, since their tags are of no CPU: entries %s",
		     list ? list : "?");
}

static int save_one(struct invocation *inv, struct target *t, struct error *err)
{
	const struct topology *topology = invocation_topology(inv, err);
	struct json_writer *profile = (struct json_writer *)inv->data;
	struct snapshot snapshot;
	int r = topology ? open_for_reading(inv, t, err) : -EIO;

	if (r == 0)
		r = snapshot_take(t, topology, &snapshot, err);
	if (r)
		return r;
	note_unexplained(t, &snapshot);
	if (profile_add(profile, &t->pci, &snapshot))
		r = error_system(err, ENOMEM, "cannot write the profile");
	snapshot_free(&snapshot);
	return r;
}

static int save_device(struct invocation *inv, const struct bdf *bdf,
		       bool named, struct error *err)
{
	struct target t;
	int r = look_at_device(inv, bdf, named, PCI_DEVICE_CDEV, &t, err);

	if (r)
		return r;
	r = save_one(inv, &t, err);
	if (r == 0) {
		describe_device(inv->report, &t);
		if (inv->settings.json)
			describe_state(inv->report, &t);
	}
	target_close(&t);
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	struct json_writer profile;
	int r;

	report_document_begin(inv->report, "profile", &profile);
	profile_begin(&profile, NULL);
	inv->data = &profile;
	r = for_each_device(inv, inv->words, inv->n_words, true, save_device,
			    err);
	json_write_end(&profile); /* its devices */
	if (r == 0)
		report_document(inv->report, &profile);
	json_writer_free(&profile);
	return r;
}

const struct command cmd_save = {
	.name = "save",
	.words = "DEVICE...",
	.summary = "Print a profile of the devices as they are",
	.options = options,
	.takes = TAKES_VFIO | TAKES_PLURAL,
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disable: switch TPH off. */
#include <errno.h>

#include "cli/command.h"
#include "core/tph/steering.h"

static const struct option_def *const options[] = { &option_owner, &option_pid,
						    &option_fd,	   &option_via,
						    &option_abi,   NULL };

static int open_and_disable(struct invocation *inv, struct target *t,
			    bool *changed, struct error *err)
{
	int r = t->cap_known ? target_check_tph(t, err) : 0;

	*changed = false;
	if (r == 0)
		r = vfio_device_check_bound(&t->pci, err);
	if (r || (t->cap_known && !t->control.enabled))
		return r;
	r = open_target(inv, t, &inv->settings.access, err);
	if (r == 0)
		r = target_check_tph(t, err);
	if (r == 0)
		r = steering_disable(t, changed, err);
	return r;
}

static int disable_device(struct invocation *inv, const struct bdf *bdf,
			  bool named, struct error *err)
{
	struct target t;
	bool changed;
	int r = target_look(inv->bus, bdf, false, &t, err);

	(void)named;
	if (r)
		return r;
	r = open_and_disable(inv, &t, &changed, err);
	if (r == 0) {
		describe_device(inv->report, &t);
		report_heading(inv->report, "%s: TPH %s off", t.pci.address,
			       inv->settings.dry_run && changed ? "would be"
			       : changed			? "is"
								: "is already");
		plan_tell(inv);
		report_bool(inv->report, "changed", changed);
		if (inv->settings.json)
			describe_state(inv->report, &t);
	}
	return close_target(&t, r, err);
}

static int run(struct invocation *inv, struct error *err)
{
	return for_each_device(inv, inv->words, inv->n_words, false,
			       disable_device, err);
}

const struct command cmd_disable = {
	.name = "disable",
	.words = "DEVICE...",
	.summary = "Switch TPH off",
	.options = options,
	.takes = TAKES_VFIO,
	.changes = true,
	.lasts = true,
	.run = run,
};

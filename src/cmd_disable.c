/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disable: switch TPH off. */
#include <errno.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "core/owner/find.h"
#include "core/tph/steering.h"

static const struct option_def *const options[] = { &option_owner, &option_pid,
						    &option_fd,	   &option_via,
						    &option_abi,   NULL };

/* No process that could have it on, and its register is off. */
static bool is_off_unheld(const struct invocation *inv, const struct target *t,
			  const struct error *err)
{
	return (err->kind == ERR_NO_OWNER || err->kind == ERR_NODE_OPEN) &&
	       !inv->settings.access.pid && t->cap_known &&
	       !t->control.enabled && !owner_is_hidden(&t->pci);
}

static int open_and_disable(struct invocation *inv, struct target *t,
			    bool *changed, struct error *err)
{
	int r = t->cap_known ? target_check_tph(t, err) : 0;

	*changed = false;
	if (r == 0)
		r = vfio_device_check_bound(&t->pci, err);
	if (r || (t->cap_known && !t->control.enabled &&
		  !inv->settings.access.owner && !inv->settings.access.pid))
		return r;
	r = open_target(inv, t, &inv->settings.access, err);
	if (r && is_off_unheld(inv, t, err))
		return 0;
	if (r == 0)
		r = target_check_tph(t, err);
	if (r == 0)
		r = steering_disable(t, changed, err);
	return r;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct target *t = visit->target;
	bool changed;
	int r = open_and_disable(inv, t, &changed, err);

	if (r)
		return r;
	describe_device(inv->report, t);
	report_heading(inv->report, "%s: TPH %s off", t->pci.address,
		       inv->settings.dry_run && changed ? "would be"
		       : changed			? "is"
							: "is already");
	plan_tell(inv);
	report_bool(inv->report, "changed", changed);
	if (inv->settings.json)
		describe_state(inv->report, t);
	return 0;
}

const struct command cmd_disable = {
	.name = "disable",
	.examples = "  vfio-tph disable --owner 3b:00.0\n"
		    "  vfio-tph disable --pid 4711 3b:00.0\n",
	.words = "DEVICE...",
	.summary = "Switch TPH off",
	.options = options,
	.takes = TAKES_VFIO,
	.changes = true,
	.lasts = true,
	.tells_state = true,
	.look = PCI_DEVICE_CDEV,
	.act = act,
};

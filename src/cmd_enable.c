/* SPDX-License-Identifier: GPL-2.0-or-later */
/* enable: switch TPH on. */
#include <errno.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/hold.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "core/tph/steering.h"
#include "ui/message.h"

/* clang-format off */
static const struct option_def *const options[] = {
	&option_mode, &option_switch, &option_hold, &option_try, &option_owner,
	&option_pid,  &option_fd,     &option_via,  &option_hold_iommu, &option_abi, NULL
};
/* clang-format on */

static int check(struct invocation *inv, struct target *t, unsigned int *mode,
		 struct error *err)
{
	int r = target_check_tph(t, err);

	if (r == 0)
		r = steering_choose_mode(t, inv->settings.mode, mode, err);
	return r;
}

static int open_and_enable(struct invocation *inv, struct target *t,
			   bool *changed, struct error *err)
{
	const struct target_access *access = &inv->settings.access;
	struct owner owner;
	bool so_already;
	unsigned int mode = 0;
	/* Without the right to read config space, ask the open device. */
	int r = t->cap_known ? check(inv, t, &mode, err) : 0;

	*changed = false;
	if (r)
		return r;
	so_already = t->cap_known && t->control.enabled &&
		     t->control.mode == mode && !inv->settings.hold &&
		     !access->owner && !access->pid;
	/* Who has it open is not asked without --owner: the register is. */
	if (so_already && owner_find(&t->pci, &owner) > 0)
		return 0;
	r = hold_open(inv, t, err);
	if (r && so_already && err->kind == ERR_BUSY)
		return 0;
	if (r == 0)
		r = check(inv, t, &mode, err);
	if (r == 0)
		r = steering_enable(t, mode, inv->settings.switch_mode, changed,
				    err);
	return r;
}

static void tell(struct invocation *inv, struct target *t, bool changed)
{
	struct error ignored; /* a rehearsal cannot fail */

	describe_device(inv->report, t);
	report_heading(inv->report, "%s: TPH %s on%s, mode %s, %s",
		       t->pci.address,
		       changed && inv->settings.dry_run ? "would be"
		       : changed			? "is"
							: "is already",
		       changed || t->confirmed ? "" : " in the register",
		       tph_mode_name(t->control.mode),
		       describe_requester(t->control.requester));
	report_bool(inv->report, "changed", changed);
	hold_tell(inv, t);
	if (inv->settings.json)
		describe_state(inv->report, t);
	hold_rehearse(inv, t, &ignored);
	plan_tell(inv);
	hold_note(inv, t);
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct target *t = visit->target;
	bool changed;
	int r = open_and_enable(inv, t, &changed, err);

	if (r)
		return r;
	tell(inv, t, changed);
	if (inv->settings.dry_run)
		return 0;
	return inv->settings.hold ? hold_keep(inv, t, err) : 0;
}

const struct command cmd_enable = {
	.name = "enable",
	.examples = "  vfio-tph enable --owner 3b:00.0\n"
		    "  vfio-tph enable --hold --mode iv 3b:00.0\n",
	.words = "DEVICE...",
	.summary = "Switch TPH on",
	.options = options,
	.takes = TAKES_VFIO,
	.changes = true,
	.lasts = true,
	.tells_state = true,
	.look = PCI_DEVICE_CDEV,
	.act = act,
};

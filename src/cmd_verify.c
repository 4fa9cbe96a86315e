/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify: does what is agree with a profile? */
#include <errno.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/profile_device.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"

static const struct option_def *const options[] = { &option_owner, &option_pid,
						    &option_fd, &option_abi,
						    NULL };

static int compare(struct invocation *inv, struct target *t,
		   const struct profile_device *wanted, struct apply_plan *plan,
		   struct error *err)
{
	const struct topology *topology = invocation_topology(inv, err);
	int r = topology ? apply_check_identity(t, wanted, err) : -EIO;

	if (r == 0)
		r = open_for_reading(inv, t, err);
	if (r == 0)
		r = apply_verify(t, topology, wanted, plan, err);
	return r;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	_cleanup_(apply_plan_free) struct apply_plan plan = { 0 };
	struct target *t = visit->target;
	int r = compare(inv, t, visit->selected->wanted, &plan, err);

	if (r)
		return r;
	describe_device(inv->report, t);
	report_bool(inv->report, "drift", plan.n_differences > 0);
	tell_differences(inv, t, &plan);
	if (plan.n_differences == 0)
		report_heading(inv->report, "%s: as wanted", t->pci.address);
	else
		inv->end_status = STATUS_DRIFT;
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	_cleanup_(profile_free) struct profile profile = { 0 };
	_cleanup_(problems_free) struct problems problems = { 0 };

	if (inv->n_words != 1)
		return error_set(err, ERR_USAGE, EINVAL,
				 "verify takes one file");
	if (profile_read(inv->words[0], PROFILE_ANYBODYS, &profile, &problems))
		return report_problems(inv, &problems, err);
	return act_on_profile(inv, &profile, NULL, err);
}

const struct command cmd_verify = {
	.name = "verify",
	.examples = "  vfio-tph verify profile.json\n"
		    "  vfio-tph verify --json profile.json\n",
	.without = COMMON_DRY_RUN,
	.words = "FILE",
	.summary = "Compare devices with a profile",
	.options = options,
	.takes = TAKES_PROFILE,
	.look = PCI_DEVICE_CDEV,
	.act = act,
	.run = run,
};

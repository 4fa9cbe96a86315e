/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verify: does what is agree with a profile? */
#include <errno.h>

#include "cli/profile_device.h"

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

static int verify_device(struct invocation *inv, const struct bdf *bdf,
			 const struct profile_device *wanted, struct error *err)
{
	struct apply_plan plan = { 0 };
	struct target t;
	int r = target_look(inv->bus, bdf, false, &t, err);

	if (r)
		return r;
	r = compare(inv, &t, wanted, &plan, err);
	if (r == 0) {
		describe_device(inv->report, &t);
		report_bool(inv->report, "drift", plan.n_differences > 0);
		tell_differences(inv, &t, &plan);
		if (plan.n_differences == 0)
			report_heading(inv->report, "%s: as wanted",
				       t.pci.address);
		if (plan.n_differences)
			inv->end_status = STATUS_DRIFT;
	}
	apply_plan_free(&plan);
	target_close(&t);
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	struct problems problems;
	struct profile profile;
	int r;

	if (inv->n_words != 1)
		return error_set(err, ERR_USAGE, EINVAL,
				 "verify takes one file");
	if (profile_read(inv->words[0], false, &profile, &problems)) {
		r = report_problems(inv, &problems, err);
		problems_free(&problems);
		return r;
	}
	r = for_each_in_profile(inv, &profile, verify_device, err);
	profile_free(&profile);
	return r;
}

const struct command cmd_verify = {
	.name = "verify",
	.words = "FILE",
	.summary = "Compare devices with a profile",
	.options = options,
	.takes = TAKES_PROFILE,
	.run = run,
};

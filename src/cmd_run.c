/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: a program under a setting, with the open device handed down to it. */
#include <errno.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/base/spawn.h"
#include "cli/program_device.h"
#include "ui/message.h"

static const struct option_def *const options[] = {
	&option_cpus, &option_allowed, &option_mem, &option_mode,
	&option_via,  &option_iommu,   &option_abi, NULL
};

static int enable(struct invocation *inv, struct target *t, struct error *err)
{
	unsigned int mode;
	bool changed;
	int r = t->cap_known ? target_check_tph(t, err) : 0;

	if (r == 0 && t->cap_known)
		r = steering_choose_mode(t, inv->settings.mode, &mode, err);
	if (r == 0)
		r = open_target(inv, t, &inv->settings.access, err);
	if (r == 0)
		r = target_check_tph(t, err);
	if (r == 0)
		r = steering_choose_mode(t, inv->settings.mode, &mode, err);
	if (r == 0)
		r = steering_enable(t, mode, false, &changed, err);
	return r;
}

static int set_up(struct invocation *inv, struct target *t,
		  const struct st_maps *maps, struct error *err)
{
	_cleanup_(steering_result_free) struct steering_result result = { 0 };

	return maps->n ? program_device(inv, t, maps, &result, err)
		       : enable(inv, t, err);
}

/* The group that the device came from, or -1. */
static int group_fd(const struct invocation *inv, const struct target *t)
{
	return t->vfio.via == VFIO_VIA_GROUP
		       ? vfio_context_group_fd(&inv->vfio, &t->pci)
		       : -1;
}

/* An id in the iommufd as spawn takes it. */
static long long id_or_none(uint32_t id)
{
	return id ? (long long)id : -1;
}

static int run_program(struct invocation *inv, struct target *t,
		       struct error *err)
{
	static const struct iommu_table unattached = { .fault_fd = -1 };
	const struct iommu_table *table =
		t->vfio.table ? t->vfio.table : &unattached;
	const struct spawn_variable variables[] = {
		{ "VFIO_TPH_DEVICE_FD", t->vfio.fd, true },
		{ "VFIO_TPH_GROUP_FD", group_fd(inv, t), true },
		{ "VFIO_TPH_CONTAINER_FD", inv->vfio.container, true },
		{ "VFIO_TPH_IOMMUFD_FD", inv->vfio.iommufd.fd, true },
		{ "VFIO_TPH_FAULT_FD", table->fault_fd, true },
		{ "VFIO_TPH_DEV_ID", id_or_none(t->vfio.dev_id), false },
		{ "VFIO_TPH_IOAS_ID", id_or_none(table->ioas), false },
		{ "VFIO_TPH_HWPT_ID", id_or_none(table->hwpt), false },
		{ "VFIO_TPH_FAULT_ID", id_or_none(table->fault_id), false },
	};
	int r;

	fflush(stdout);
	r = spawn_and_wait(inv->program, variables,
			   sizeof(variables) / sizeof(*variables), err);
	if (r < 0)
		return r;
	inv->end_status = r;
	if (err->kind != ERR_NONE)
		message_error(NULL, err, NULL);
	return 0;
}

/* The program may have disabled TPH itself: what is now, counts. */
static int take_down(struct target *t, struct error *err)
{
	bool changed;
	int r = t->tph.io->dry_run ? 0 : target_read_control(t, err);

	if (r == 0)
		r = steering_disable(t, &changed, err);
	return r ? r : vfio_device_detach(&t->vfio, err);
}

/* It takes no --owner: who holds it has to end, or is steered as it runs. */
static void hint_at_holder(const struct target *t, struct error *err)
{
	error_hint(err,
		   "end that process first, or steer the device in it: "
		   "vfio-tph set-st --owner %s INDEXES=CPUS",
		   t->pci.address);
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct target *t = visit->target;
	int r = set_up(inv, t, visit->state, err);

	if (r && err->kind == ERR_BUSY)
		hint_at_holder(t, err);
	if (r)
		return r;
	/* The program is no change of ours. */
	invocation_unlock(inv);
	if (!inv->settings.dry_run)
		r = run_program(inv, t, err);
	if (r)
		return r;
	invocation_lock(inv, &t->pci.bdf, err);
	r = take_down(t, err);
	if (inv->settings.dry_run) {
		report_heading(inv->report, "%s:", t->pci.address);
		plan_tell(inv);
	}
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	_cleanup_(st_maps_free) struct st_maps maps = { 0 };
	int n_devices;
	int r = maps_take(inv, &maps, &n_devices, err);

	if (r == 0 && inv->settings.json)
		r = error_set(err, ERR_USAGE, EINVAL,
			      "--json and run cannot go together: stdout is "
			      "the program's");
	if (r == 0 && (!inv->program || !inv->program[0])) {
		r = error_set(err, ERR_USAGE, EINVAL,
			      "no program was given (-- COMMAND [ARGS])");
		if (n_devices > 1)
			error_hint(err,
				   "put -- before it: vfio-tph run %.64s "
				   "-- %.64s",
				   inv->words[0], inv->words[1]);
	}
	if (r == 0 && n_devices > 1)
		r = error_set(err, ERR_USAGE, EINVAL, "run takes one device");
	return r ? r : act_on_words(inv, n_devices, &maps, err);
}

const struct command cmd_run = {
	.name = "run",
	.examples =
		"  vfio-tph run 3b:00.0 all=local -- ./program\n"
		"  vfio-tph run --mode ds 3b:00.0 -- ./program --its-option\n",
	.without = COMMON_JSON,
	.words = "DEVICE [MAP...] -- COMMAND [ARGS]",
	.summary = "Run a program under a setting, with the open device",
	.options = options,
	.takes = TAKES_VFIO | TAKES_MAPS,
	.executes = true,
	.takes_program = true,
	.changes = true,
	.look = PCI_DEVICE_CDEV,
	.act = act,
	.run = run,
};

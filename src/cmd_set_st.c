/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set-st: program the ST table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/hold.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "cli/program_device.h"
#include "core/base/cleanup.h"

/* clang-format off */
static const struct option_def *const options[] = {
	&option_cpus,
	&option_allowed,  &option_follow_irq, &option_mem, &option_mode,
	&option_hold,  &option_try,	   &option_owner,	   &option_pid, &option_fd,
	&option_via,   &option_hold_iommu, &option_abi, TABLE_OPTIONS, NULL
};
/* clang-format on */

/* clang-format off */
static const struct report_column columns[] = {
	{ .name = "DEVICE", .help = "address of the device", .heading = true },
	{ .key = "index", .name = "INDEX", .help = "entry of the ST table",
	  .right = true },
	{ .key = "cpu", .name = "CPU", .help = "CPU that was asked for; none: to be cleared",
	  .right = true },
	{ .key = "tag", .name = "TAG", .help = "steering tag in the entry",
	  .right = true, .hex = true },
};
/* clang-format on */

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static struct report_cell tag_cell(bool known, uint16_t tag)
{
	return known ? CELL_OF_NUMBER(tag) : CELL_OF_NONE;
}

static void tell(struct invocation *inv, struct target *t,
		 const struct steering_result *result)
{
	struct error ignored; /* a rehearsal cannot fail */

	describe_device(inv->report, t);
	report_string(inv->report, "mem", tph_mem_name(inv->settings.mem));
	hold_tell(inv, t);
	if (inv->settings.dry_run)
		report_heading(inv->report, "%s:", t->pci.address);
	else
		report_heading(inv->report, "%s: TPH is %s%s%s", t->pci.address,
			       t->control.enabled ? "on, mode " : "off",
			       t->control.enabled
				       ? tph_mode_name(t->control.mode)
				       : "",
			       result->switched_on && t->control.enabled
				       ? " (switched on)"
				       : "");
	if (inv->settings.json)
		describe_state(inv->report, t);
	hold_rehearse(inv, t, &ignored);
	plan_tell(inv);
	if (inv->settings.dry_run)
		return;
	report_table(inv->report, "entries", columns, N_COLUMNS);
	for (size_t i = 0; i < result->n; i++) {
		const struct steering_entry *e = &result->entries[i];
		const struct report_cell cells[] = {
			CELL_OF_TEXT(t->pci.address),
			CELL_OF_NUMBER((long)e->index),
			e->cpu == TPH_CPU_NONE ? CELL_OF_NONE
					       : CELL_OF_NUMBER((long)e->cpu),
			tag_cell(result->tag_known, e->tag),
		};

		report_row(inv->report, cells);
	}
	report_table_end(inv->report);
	hold_note(inv, t);
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	_cleanup_(steering_result_free) struct steering_result result = { 0 };
	struct target *t = visit->target;
	int r = program_device(inv, t, visit->state, &result, err);

	/* After a failure midway, what stands is part of the result. */
	if (r == 0 || err->kind == ERR_PARTIAL || err->kind == ERR_READ_BACK)
		tell(inv, t, &result);
	if (r || inv->settings.dry_run || !inv->settings.hold)
		return r;
	return hold_keep(inv, t, err);
}

static int run(struct invocation *inv, struct error *err)
{
	_cleanup_(st_maps_free) struct st_maps maps = { 0 };
	int n_devices;
	int r = maps_take(inv, &maps, &n_devices, err);

	/* One with a slip in it is among the words for devices. */
	if (r == 0 && maps.n == 0 && n_devices > 1) {
		_cleanup_free_ struct selector *devices =
			selection_parse(inv->words, n_devices, false, err);

		r = devices ? 0 : -EINVAL;
	}
	if (r == 0 && maps.n == 0)
		r = error_set(err, ERR_USAGE, EINVAL,
			      "no map was given (INDEXES=CPUS, --cpus or "
			      "--follow-irq)");
	return r ? r : act_on_words(inv, n_devices, &maps, err);
}

const struct command cmd_set_st = {
	.name = "set-st",
	.examples = "  vfio-tph set-st --owner 3b:00.0 0-7=8-15\n"
		    "  vfio-tph set-st --hold 3b:00.0 all=local\n",
	.words = "DEVICE... [MAP...]",
	.summary = "Program entries of the ST table with the tags of CPUs",
	.options = options,
	.takes = TAKES_VFIO | TAKES_MAPS,
	.columns = columns,
	.n_columns = N_COLUMNS,
	.changes = true,
	.lasts = true,
	.tells_state = true,
	.look = PCI_DEVICE_CDEV,
	.act = act,
	.run = run,
};

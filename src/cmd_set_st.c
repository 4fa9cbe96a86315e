/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set-st: program the ST table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "core/cleanup.h"
#include "core/msix.h"
#include "core/st_map.h"
#include "core/steering.h"
#include "ui/message.h"

static const struct option_def *const options[] = {
	&option_cpus, &option_mem, &option_mode, &option_hold, &option_owner,
	&option_pid,  &option_fd,  &option_via,	 &option_abi,  NULL
};

/* The maps of the command line; --cpus LIST is all=LIST. */
struct maps {
	const char **list;
	size_t n;
	char *from_cpus;
};

/*
 * A vector that is not allocated cannot be programmed, and a device that was
 * just opened has none.
 */
static int find_vectors(const struct target *t, struct st_indexes *indexes,
			unsigned int **usable, struct error *err)
{
	_cleanup_free_ struct msix_vector *vectors = NULL;
	size_t n = 0;
	int r = t->borrowed ? msix_vectors(&t->pci, &vectors, &n, err) : 0;

	if (r)
		return r;
	if (n == 0 && !t->borrowed) {
		error_set(err, ERR_NO_VECTORS, ENXIO,
			  "its ST table is in the MSI-X table, and a device "
			  "that was just opened has no MSI-X vector "
			  "allocated");
		error_hint(err, "start what drives the device, then act on "
				"that process: --owner");
		return -ENXIO;
	}
	if (n == 0)
		return error_set(err, ERR_NO_VECTORS, ENXIO,
				 "its ST table is in the MSI-X table, and %s "
				 "(pid %d) has no MSI-X vector allocated",
				 t->owner.command, t->owner.pid);
	*usable = calloc(n, sizeof(**usable));
	if (!*usable)
		return error_system(err, ENOMEM, "cannot list the vectors");
	for (size_t i = 0; i < n; i++)
		(*usable)[i] = vectors[i].index;
	indexes->usable = *usable;
	indexes->n_usable = n;
	return 0;
}

static int make_plan(struct invocation *inv, const struct target *t,
		     struct st_plan *plan, struct error *err)
{
	const struct topology *topology = invocation_topology(inv, err);
	_cleanup_free_ unsigned int *usable = NULL;
	struct st_indexes indexes = { .table_size = t->cap.table_size };
	const struct maps *maps = inv->data;
	int r = topology ? 0 : -EIO;

	if (r == 0 && t->cap.location == TPH_TABLE_MSIX && t->open)
		r = find_vectors(t, &indexes, &usable, err);
	if (r)
		return r;
	return st_plan_make(maps->list, maps->n, &indexes, topology,
			    t->pci.numa_node, plan, err);
}

static int open_and_set(struct invocation *inv, struct target *t,
			struct steering_result *result, struct error *err)
{
	struct st_plan plan = { 0 };
	unsigned int mode;
	int r = 0;

	/* What can be found wrong without opening the device, is. */
	if (t->cap_known) {
		r = target_check_tph(t, err);
		if (r == 0 && t->cap.table_size)
			r = make_plan(inv, t, &plan, err);
		st_plan_free(&plan);
	}
	if (r == 0)
		r = target_open(t, &inv->vfio, &inv->settings.access, err);
	if (r == 0)
		r = steering_check_set(t, inv->settings.mode, &mode, err);
	if (r == 0)
		r = make_plan(inv, t, &plan, err);
	if (r == 0)
		r = steering_set(t, &plan, inv->settings.mem, mode, result,
				 err);
	st_plan_free(&plan);
	return r;
}

static struct report_cell tag_cell(bool known, uint16_t tag)
{
	return known ? CELL_OF_NUMBER(tag) : CELL_OF_NONE;
}

static void tell(struct invocation *inv, const struct target *t,
		 const struct steering_result *result)
{
	static const struct report_column columns[] = {
		{ "index", "INDEX", true, false },
		{ "cpu", "CPU", true, false },
		{ "tag", "TAG", true, true },
	};

	describe_device(inv->report, t);
	report_string(inv->report, "mem",
		      inv->settings.mem == TPH_MEM_PERSISTENT ? "persistent"
							      : "volatile");
	if (inv->settings.dry_run)
		report_heading(inv->report, "%s:", t->pci.address);
	else
		report_heading(inv->report, "%s: TPH is %s%s%s",
			       t->pci.address,
			       t->control.enabled ? "on, mode " : "off",
			       t->control.enabled
				       ? tph_mode_name(t->control.mode)
				       : "",
			       result->switched_on && t->control.enabled
				       ? " (switched on)"
				       : "");
	plan_tell(inv);
	if (inv->settings.json)
		describe_state(inv->report, t);
	if (inv->settings.dry_run)
		return;
	report_table(inv->report, "entries", columns, 3);
	for (size_t i = 0; i < result->n; i++) {
		const struct steering_entry *e = &result->entries[i];
		const struct report_cell cells[] = {
			CELL_OF_NUMBER((long)e->index),
			CELL_OF_NUMBER((long)e->cpu),
			tag_cell(result->tag_known, e->tag),
		};

		report_row(inv->report, cells);
	}
	report_table_end(inv->report);
}

static int set_st_device(struct invocation *inv, const struct bdf *bdf,
			 bool named, struct error *err)
{
	struct steering_result result = { 0 };
	struct target t;
	int r = target_look(inv->bus, bdf, false, &t, err);

	(void)named;
	if (r)
		return r;
	r = open_and_set(inv, &t, &result, err);
	/* After a failure midway, what stands is part of the result. */
	if (r == 0 || err->kind == ERR_PARTIAL || err->kind == ERR_READ_BACK)
		tell(inv, &t, &result);
	if (r == 0 && inv->settings.hold && !inv->settings.dry_run)
		r = hold_keep(inv, &t, err);
	else if (r == 0 && !inv->settings.dry_run)
		describe_end(&t);
	steering_result_free(&result);
	target_close(&t);
	return r;
}

/* Words with "=" are maps, the others devices, which come first. */
static int sort_words(const struct invocation *inv, struct maps *maps,
		      int *n_devices, struct error *err)
{
	*n_devices = 0;
	while (*n_devices < inv->n_words &&
	       !st_map_looks_like(inv->words[*n_devices]))
		(*n_devices)++;
	maps->list = (const char **)(inv->words + *n_devices);
	maps->n = (size_t)(inv->n_words - *n_devices);
	if (inv->settings.cpus && maps->n)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--cpus and a map cannot go together");
	if (inv->settings.cpus) {
		if (asprintf(&maps->from_cpus, "all=%s",
			     inv->settings.cpus) < 0)
			return error_system(err, ENOMEM, "cannot start");
		maps->list = (const char **)&maps->from_cpus;
		maps->n = 1;
	}
	if (maps->n == 0)
		return error_set(err, ERR_USAGE, EINVAL,
				 "no map was given (INDEXES=CPUS, or --cpus)");
	for (size_t i = 0; i < maps->n; i++)
		if (st_map_check(maps->list[i], err))
			return -EINVAL;
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	struct maps maps = { 0 };
	int n_devices;
	int r = sort_words(inv, &maps, &n_devices, err);

	inv->data = &maps;
	if (r == 0)
		r = for_each_device(inv, inv->words, n_devices, false,
				    set_st_device, err);
	free(maps.from_cpus);
	return r;
}

const struct command cmd_set_st = {
	.name = "set-st",
	.words = "DEVICE... [MAP...]",
	.summary = "Program entries of the ST table with the tags of CPUs",
	.options = options,
	.run = run,
};

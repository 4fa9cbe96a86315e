/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/program_device.h"

#include <errno.h>

#include "cli/hold.h"
#include "cli/invocation.h"
#include "core/base/cleanup.h"
#include "core/tph/msix_vectors.h"
#include "ui/message.h"

static int parse_words(const struct invocation *inv, int first,
		       struct st_maps *maps, struct error *err)
{
	int r = 0;

	for (int i = first; r == 0 && i < inv->n_words; i++) {
		struct st_map map;

		if (!st_map_split(inv->words[i]))
			return error_set(err, ERR_USAGE, EINVAL,
					 "'%.64s' is no map: devices come "
					 "before maps",
					 inv->words[i]);
		r = st_map_parse(inv->words[i], &map, err);
		if (r == 0 && st_maps_add(maps, &map))
			r = error_system(err, ENOMEM, "cannot start");
	}
	return r;
}

int maps_take(const struct invocation *inv, struct st_maps *maps,
	      int *n_devices, struct error *err)
{
	const struct settings *s = &inv->settings;
	int n = 0, r;

	while (n < inv->n_words && !st_map_split(inv->words[n]))
		n++;
	*n_devices = n;
	if (s->cpus && n < inv->n_words)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--cpus and a map cannot go together");
	if (s->follow_irq && n < inv->n_words)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--follow-irq and a map cannot go together "
				 "(for a part of the table: INDEXES=irq)");
	if (s->cpus || s->follow_irq)
		return st_maps_add_all(maps, s->follow_irq ? "irq" : s->cpus,
				       err);
	r = parse_words(inv, n, maps, err);
	return r ? r : st_maps_check(maps, err);
}

/*
 * A vector that is not allocated cannot be programmed, and a device that was
 * just opened has none.
 */
static int find_vectors(const struct target *t, struct st_indexes *indexes,
			struct msix_vector **vectors, struct error *err)
{
	int r;

	if (!t->borrowed) {
		error_set(err, ERR_NO_VECTORS, ENXIO,
			  "a device that was just opened has no MSI-X vector "
			  "allocated%s",
			  indexes->only_vectors
				  ? ", and its ST table is in the MSI-X table"
				  : "");
		error_hint(err, "start what drives the device, then act on "
				"that process: --owner");
		return -ENXIO;
	}
	r = msix_vectors(&t->pci, vectors, &indexes->n_vectors, err);
	indexes->vectors = *vectors;
	if (r == 0 && indexes->n_vectors == 0)
		r = error_set(err, ERR_NO_VECTORS, ENXIO,
			      "%s (pid %d) has no MSI-X vector allocated",
			      t->owner.command, t->owner.pid);
	return r;
}

static int make_plan(struct invocation *inv, const struct target *t,
		     const struct st_maps *maps, struct st_plan *plan,
		     struct error *err)
{
	const struct topology *topology = invocation_topology(inv, err);
	_cleanup_free_ struct msix_vector *vectors = NULL;
	struct st_indexes indexes = {
		.table_size = t->cap.table_size,
		.only_vectors = t->cap.location == TPH_TABLE_MSIX,
	};
	int r = topology ? 0 : -EIO;

	if (r == 0 && (indexes.only_vectors || st_maps_follow_irq(maps)))
		r = find_vectors(t, &indexes, &vectors, err);
	if (r)
		return r;
	return st_plan_make(maps, &indexes, topology, t->pci.numa_node, plan,
			    err);
}

static void tell_left_alone(const struct target *t, const struct st_plan *plan)
{
	_cleanup_free_ char *text = NULL;

	if (plan->left_alone.count == 0)
		return;
	text = cpulist_format(&plan->left_alone);
	message_note(t->pci.address,
		     "left alone, since the interrupt goes to more than one "
		     "CPU or to none: %s",
		     text ? text : "?");
}

int program_device(struct invocation *inv, struct target *t,
		   const struct st_maps *maps, struct steering_result *result,
		   struct error *err)
{
	struct st_plan plan = { 0 };
	unsigned int mode;
	int r = 0;

	/*
	 * What can be found wrong without opening the device, is: opening
	 * resets it. Its vectors show only once it is open.
	 */
	if (t->cap_known) {
		r = steering_check_set(t, inv->settings.mode, &mode, err);
		if (r == 0 && t->cap.location == TPH_TABLE_CAPABILITY &&
		    !st_maps_follow_irq(maps))
			r = make_plan(inv, t, maps, &plan, err);
		st_plan_free(&plan);
	}
	if (r == 0)
		r = hold_open(inv, t, err);
	if (r == 0)
		r = steering_check_set(t, inv->settings.mode, &mode, err);
	if (r == 0)
		r = target_check_agreement(t, err);
	if (r == 0)
		r = make_plan(inv, t, maps, &plan, err);
	if (r == 0) {
		tell_left_alone(t, &plan);
		r = steering_set(t, &plan, inv->settings.mem, mode, result,
				 err);
	}
	st_plan_free(&plan);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/apply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/tph/msix_vectors.h"
#include "core/tph/steering.h"
#include "core/tph/explain.h"

void apply_plan_free(struct apply_plan *plan)
{
	st_plan_free(&plan->entries);
	free(plan->differences);
	*plan = (struct apply_plan){ 0 };
}

int apply_check_identity(const struct target *target,
			 const struct profile_device *wanted, struct error *err)
{
	if (!wanted->has_id || (wanted->vendor == target->pci.vendor_id &&
				wanted->model == target->pci.device_id))
		return 0;
	return error_set(err, ERR_REFUSED, ENODEV,
			 "another device is there: %04x:%04x, not %04x:%04x",
			 target->pci.vendor_id, target->pci.device_id,
			 wanted->vendor, wanted->model);
}

static int differ(struct apply_plan *plan, const struct difference *d,
		  struct error *err)
{
	struct difference *larger =
		reallocarray(plan->differences, plan->n_differences + 1,
			     sizeof(*plan->differences));

	if (!larger)
		return error_system(err, ENOMEM, "cannot compare");
	plan->differences = larger;
	plan->differences[plan->n_differences++] = *d;
	return 0;
}

/* missing: indexes whose vector is not allocated; NULL: there must be none. */
static int make_entries(struct target *target, const struct topology *topology,
			const struct profile_device *wanted,
			struct apply_plan *plan, struct cpulist *missing,
			struct error *err)
{
	_cleanup_free_ struct msix_vector *vectors = NULL;
	struct st_indexes indexes = {
		.table_size = target->cap.table_size,
		.only_vectors = target->cap.location == TPH_TABLE_MSIX,
		.missing = missing,
	};
	bool needs_vectors =
		indexes.only_vectors || st_maps_follow_irq(&wanted->maps);
	int r = 0;

	if (needs_vectors)
		r = msix_vectors(&target->pci, &vectors, &indexes.n_vectors,
				 err);
	if (r)
		return r;
	indexes.vectors = vectors;
	if (needs_vectors && indexes.n_vectors == 0 && !missing)
		return error_set(err, ERR_NO_VECTORS, ENXIO,
				 "it has no MSI-X vector allocated");
	return st_plan_make(&wanted->maps, &indexes, topology,
			    target->pci.numa_node, &plan->entries, err);
}

static int plan_entries(struct target *target, const struct topology *topology,
			const struct profile_device *wanted,
			struct apply_plan *plan, struct cpulist *missing,
			struct error *err)
{
	if (plan->off || wanted->maps.n == 0)
		return 0;
	if (target->cap.location == TPH_TABLE_NONE)
		return error_set(err, ERR_NO_TABLE, EOPNOTSUPP,
				 "it has no ST table that could be "
				 "programmed");
	return make_entries(target, topology, wanted, plan, missing, err);
}

/*
 * The tags of the whole table as it is, and of the plan's entries as they are
 * wanted.
 */
static int read_both(struct target *target, const struct apply_plan *plan,
		     uint16_t *is, uint16_t *wanted, struct error *err)
{
	size_t n = plan->entries.n, n_cpus = 0;
	_cleanup_free_ unsigned int *cpus = calloc(n + 1, sizeof(*cpus));
	int r;

	if (!cpus)
		return error_system(err, ENOMEM, "cannot compare");
	for (size_t i = 0; i < n; i++)
		if (plan->entries.entries[i].cpu != TPH_CPU_NONE)
			cpus[n_cpus++] = plan->entries.entries[i].cpu;
	r = target_read_tags(target, 0, target->cap.table_size, is, err);
	if (r || n_cpus == 0 || !target->control.enabled)
		return r;
	r = steering_get_tags(target, cpus, n_cpus, plan->mem, wanted, err);
	/* Spread them to where their entries are, from behind. */
	for (size_t i = n; r == 0 && i-- > 0;)
		wanted[i] = plan->entries.entries[i].cpu == TPH_CPU_NONE
				    ? 0
				    : wanted[--n_cpus];
	return r;
}

static int compare_entry(struct apply_plan *plan, const struct difference *d,
			 struct error *err)
{
	if (d->known && d->wanted == 0 && d->entry.cpu != TPH_CPU_NONE)
		return error_set(err, ERR_NO_TAG, ENXIO,
				 "the platform has no tag for CPU %u",
				 d->entry.cpu);
	return d->known && d->is == d->wanted ? 0 : differ(plan, d, err);
}

/*
 * Where no tag can be told, as while TPH is off, every entry is to be written.
 * Whether one is clear can be read from config space in any state.
 */
static int compare_entries(struct target *target, struct apply_plan *plan,
			   struct error *err)
{
	bool known = target->control.enabled, readable = known;
	size_t n = plan->entries.n;
	_cleanup_free_ uint16_t *is =
		calloc(target->cap.table_size + 1u, sizeof(*is));
	_cleanup_free_ uint16_t *wanted = calloc(n + 1, sizeof(*wanted));
	int r = 0;

	if (!is || !wanted)
		return error_system(err, ENOMEM, "cannot compare");
	if (!known && target->cap.location == TPH_TABLE_CAPABILITY)
		readable = st_plan_clears(&plan->entries);
	if (readable && n)
		r = read_both(target, plan, is, wanted, err);
	/* A driver may keep the tags to itself. */
	if (r && err->kind == ERR_GATED) {
		known = false;
		r = 0;
	}
	for (size_t i = 0; r == 0 && i < n; i++) {
		const struct tph_entry *e = &plan->entries.entries[i];
		bool clears = e->cpu == TPH_CPU_NONE;

		r = compare_entry(plan,
				  &(struct difference){
					  .kind = DIFFERENT_ENTRY,
					  .entry = *e,
					  .is = is[e->index],
					  .wanted = wanted[i],
					  .known = clears ? readable : known,
				  },
				  err);
	}
	return r;
}

/* Maps of "all" that found no vector have no entry that could differ. */
static int compare_vectors(const struct profile_device *wanted,
			   struct apply_plan *plan,
			   const struct cpulist *missing, struct error *err)
{
	const struct difference none = { .kind = DIFFERENT_VECTORS };
	int r = 0;

	if (!plan->off && wanted->maps.n && plan->entries.n == 0 &&
	    plan->entries.left_alone.count == 0 && missing->count == 0)
		return differ(plan, &none, err);
	for (size_t i = 0; r == 0 && i < missing->count; i++) {
		const struct difference d = {
			.kind = DIFFERENT_VECTOR,
			.entry.index = missing->items[i],
		};

		r = differ(plan, &d, err);
	}
	return r;
}

static int compare(struct target *target, const struct topology *topology,
		   const struct profile_device *wanted, struct apply_plan *plan,
		   struct cpulist *missing, struct error *err)
{
	const struct difference state = { .kind = DIFFERENT_STATE };
	int r = target_check_tph(target, err);

	*plan = (struct apply_plan){ .off = wanted->off, .mem = wanted->mem };
	if (r == 0 && !plan->off)
		r = steering_choose_mode(target, wanted->mode, &plan->mode,
					 err);
	if (r == 0)
		r = plan_entries(target, topology, wanted, plan, missing, err);
	if (r == 0 && (target->control.enabled == plan->off ||
		       (!plan->off && target->control.mode != plan->mode)))
		r = differ(plan, &state, err);
	if (r == 0)
		r = compare_entries(target, plan, err);
	if (r == 0 && missing)
		r = compare_vectors(wanted, plan, missing, err);
	if (r)
		apply_plan_free(plan);
	return r;
}

int apply_compare(struct target *target, const struct topology *topology,
		  const struct profile_device *wanted, struct apply_plan *plan,
		  struct error *err)
{
	return compare(target, topology, wanted, plan, NULL, err);
}

int apply_verify(struct target *target, const struct topology *topology,
		 const struct profile_device *wanted, struct apply_plan *plan,
		 struct error *err)
{
	_cleanup_(cpulist_free) struct cpulist missing = { 0 };

	return compare(target, topology, wanted, plan, &missing, err);
}

/* The entries that differ, as a plan of their own. */
static int changed_entries(const struct apply_plan *plan,
			   struct st_plan *changed, struct error *err)
{
	*changed = (struct st_plan){ 0 };
	changed->entries =
		calloc(plan->n_differences + 1, sizeof(*changed->entries));
	if (!changed->entries)
		return error_system(err, ENOMEM, "cannot make the plan");
	for (size_t i = 0; i < plan->n_differences; i++)
		if (plan->differences[i].kind == DIFFERENT_ENTRY)
			changed->entries[changed->n++] =
				plan->differences[i].entry;
	return 0;
}

static int bring(struct target *target, const struct apply_plan *plan,
		 struct error *err)
{
	_cleanup_(steering_result_free) struct steering_result result = { 0 };
	_cleanup_(st_plan_free) struct st_plan changed = { 0 };
	bool done;
	int r;

	if (plan->off)
		return steering_disable(target, &done, err);
	r = changed_entries(plan, &changed, err);
	if (r == 0)
		r = steering_enable(target, plan->mode, true, &done, err);
	if (r == 0 && changed.n)
		r = steering_set(target, &changed, plan->mem, plan->mode,
				 &result, err);
	return r;
}

/* Entries that cannot be cleared: found before anything is written. */
static int check_clear(struct target *target, const struct apply_plan *plan,
		       struct error *err)
{
	_cleanup_(st_plan_free) struct st_plan changed = { 0 };
	int r = changed_entries(plan, &changed, err);

	return r ? r : steering_check_clear(target, &changed, err);
}

static bool is_as_before(struct target *target, const struct snapshot *before)
{
	unsigned int size = target->cap.table_size;
	_cleanup_free_ uint16_t *tags = calloc(size + 1u, sizeof(*tags));
	struct error ignored;

	if (target_read_control(target, &ignored) ||
	    target->control.enabled != before->enabled)
		return false;
	if (!before->enabled)
		return true;
	if (target->control.mode != before->mode)
		return false;
	return !before->tags ||
	       (tags &&
		target_read_tags(target, 0, size, tags, &ignored) == 0 &&
		memcmp(tags, before->tags, size * sizeof(*tags)) == 0);
}

/*
 * Put back the mode and the entries as they were. An entry whose tag no CPU
 * has cannot be brought back, since the kernel takes CPUs.
 */
static void put_back(struct target *target, const struct snapshot *before)
{
	_cleanup_(steering_result_free) struct steering_result result = { 0 };
	struct error ignored;
	bool done;

	if (target_read_control(target, &ignored))
		return;
	if (!before->enabled) {
		steering_disable(target, &done, &ignored);
		return;
	}
	if (steering_enable(target, before->mode, true, &done, &ignored) == 0 &&
	    before->plan.n)
		steering_set(target, &before->plan, before->mem, before->mode,
			     &result, &ignored);
}

/* Append to the message what stands now. */
static void say_what_stands(struct target *target,
			    const struct snapshot *before, struct error *err)
{
	if (is_as_before(target, before)) {
		error_append(err, "; put back as it was before (%s%s)",
			     before->enabled ? "on, mode " : "off",
			     before->enabled ? tph_mode_name(before->mode)
					     : "");
		if (err->kind == ERR_PARTIAL)
			err->kind = ERR_REFUSED;
		return;
	}
	error_append(err, "; could not be put back: TPH is %s%s now",
		     target->control.enabled ? "on, mode " : "off",
		     target->control.enabled
			     ? tph_mode_name(target->control.mode)
			     : "");
	err->kind = ERR_PARTIAL;
}

int apply_execute(struct target *target, const struct apply_plan *plan,
		  const struct snapshot *before, struct error *err)
{
	int r;

	if (plan->n_differences == 0)
		return 0;
	r = check_clear(target, plan, err);
	if (r)
		return r;
	r = bring(target, plan, err);
	if (r == 0 || target->tph.io->dry_run)
		return r;
	/* What was before ends with this process, too. */
	if (err->kind == ERR_OWNER_ENDED)
		return r;
	put_back(target, before);
	say_what_stands(target, before, err);
	return r;
}

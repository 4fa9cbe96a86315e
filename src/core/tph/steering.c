/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/steering.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/tph/abi_layouts.h"
#include "core/tph/explain.h"
#include "uapi/vfio_pci_tph.h"

static bool has_table(const struct target *target)
{
	return target->cap.location != TPH_TABLE_NONE;
}

static unsigned int automatic_mode(const struct target *target)
{
	unsigned int modes = target->cap.modes;

	if ((modes & VFIO_PCI_TPH_MODE_IV) && has_table(target))
		return VFIO_PCI_TPH_MODE_IV;
	if (modes & VFIO_PCI_TPH_MODE_DS)
		return VFIO_PCI_TPH_MODE_DS;
	return VFIO_PCI_TPH_MODE_NS;
}

int steering_choose_mode(const struct target *target, unsigned int wanted,
			 unsigned int *mode, struct error *err)
{
	*mode = wanted == STEERING_MODE_AUTO ? automatic_mode(target) : wanted;
	if (!(target->cap.modes & *mode)) {
		char modes[16];

		return error_set(err, ERR_NO_MODE, EOPNOTSUPP,
				 "it has no mode %s (it has: %s)",
				 tph_mode_name(*mode),
				 steering_modes(target->cap.modes, modes));
	}
	/* From 7.1 on the kernel takes one as its own Root Port. */
	if (target->express.integrated)
		return 0;
	if (!target->has_port)
		return error_set(err, ERR_NO_COMPLETER, ENODEV,
				 "there is no Root Port above it to complete "
				 "TPH");
	if (target->completer_known &&
	    target->completer == TPH_COMPLETER_NONE) {
		char address[BDF_LENGTH];

		return error_set(err, ERR_NO_COMPLETER, EOPNOTSUPP,
				 "its Root Port %s does not complete TPH",
				 bdf_format(&target->pci.port, address));
	}
	return 0;
}

unsigned int steering_query_mode(const struct target *target,
				 unsigned int wanted)
{
	const struct tph_layout *layout = target->tph.layout;

	if (wanted == STEERING_MODE_AUTO && layout && layout->tags_in_ds &&
	    (target->cap.modes & VFIO_PCI_TPH_MODE_DS))
		return VFIO_PCI_TPH_MODE_DS;
	return wanted;
}

/*
 * After a change the register must be as asked for. Which requester it shows
 * is not compared: 6.13 leaves a reserved value there.
 */
static int check_register(const struct target *target, bool enabled,
			  unsigned int mode, struct error *err)
{
	const struct tph_control *is = &target->control;

	if (is->enabled == enabled && (!enabled || is->mode == mode))
		return 0;
	return error_set(err, ERR_MISMATCH, EIO,
			 "the kernel reported success, but the control "
			 "register shows TPH %s%s, not %s%s",
			 is->enabled ? "on, mode " : "off",
			 is->enabled ? tph_mode_name(is->mode) : "",
			 enabled ? "on, mode " : "off",
			 enabled ? tph_mode_name(mode) : "");
}

static int switch_off(struct target *target, struct error *err)
{
	int r = target->tph.abi->disable(&target->tph);

	if (r)
		return error_system(err, -r, "cannot disable TPH");
	target->confirmed = false;
	r = target_read_control(target, err);
	return r ? r : check_register(target, false, 0, err);
}

/*
 * The kernel has TPH on by its own account. Where the register is off, a reset
 * that the kernel does not save for has cleared it: by DISABLE the kernel
 * gives up what is lost anyway. Returns as ENABLE does.
 */
static int renew(struct target *target, unsigned int mode)
{
	struct error ignored;
	int r;

	/* Of a device that was just opened the kernel believes nothing. */
	if (!target->borrowed || target_read_control(target, &ignored) ||
	    target->control.enabled)
		return -EBUSY;
	r = target->tph.abi->disable(&target->tph);
	if (r == 0)
		r = target->tph.abi->enable(&target->tph, mode);
	target->tph.io->renewed = r == 0;
	return r;
}

/* Nothing is built on a setting that is not as asked for. */
static void give_up(struct target *target, struct error *err)
{
	struct error ignored;

	target->tph.abi->disable(&target->tph);
	if (target_read_control(target, &ignored) || target->control.enabled)
		error_append(err, "; it could not be switched off again");
	else
		error_append(err, "; TPH was switched off again");
	err->tells_state = true;
}

/* Can the driver's interface order the mode, and is it known how? */
static int check_layout(struct target *target, unsigned int mode,
			struct error *err)
{
	int r = 0;

	if (!target->tph.layout)
		r = target_check_agreement(target, err);
	if (r == 0 && target->tph.layout &&
	    !tph_layout_bits(target->tph.layout, mode))
		r = error_set(err, ERR_NO_MODE, EOPNOTSUPP,
			      "layout %s of the driver's interface has no "
			      "mode %s",
			      target->tph.layout->name, tph_mode_name(mode));
	return r;
}

static int not_verified(const struct target *target, struct error *err)
{
	return error_set(err, ERR_NOT_VERIFIED, ENODEV,
			 "the descriptor of %s (pid %d) is another device's: "
			 "its ENABLE does not show on this one",
			 target->owner.command, target->owner.pid);
}

/*
 * A descriptor that was chosen by excluding others: the register, as sysfs
 * shows it, was off before ENABLE, so that being on is the proof.
 */
static int prove(struct target *target, struct error *err)
{
	if (target->control.enabled && !target->through_vfio) {
		target->proved = true;
		return 0;
	}
	target->tph.abi->disable(&target->tph);
	return not_verified(target, err);
}

/*
 * Is what the register shows known to be so, or all there is to go by? By an
 * ENABLE on a descriptor that is not proved another device could be changed.
 */
static bool trusts_register(const struct target *target)
{
	return target->confirmed || (target->borrowed && !target->proved) ||
	       (target->tph.io && target->tph.io->dry_run);
}

/* The kernel has TPH on, and so has the register, in whichever mode. */
static bool agrees(struct target *target, bool was_enabled)
{
	struct error ignored;

	if (was_enabled && target_read_control(target, &ignored) == 0)
		target->confirmed = target->control.enabled;
	return target->confirmed;
}

/* Returns 0, 1 where the kernel has TPH on already, or -errno with *err. */
static int switch_on(struct target *target, unsigned int mode,
		     struct error *err)
{
	bool proved = !target->borrowed || target->proved;
	const struct tph_control was = target->control;
	int r = check_layout(target, mode, err);

	if (r)
		return r;
	r = target->tph.abi->enable(&target->tph, mode);
	if (r == -EBUSY && !proved)
		return not_verified(target, err);
	if (r == -EBUSY && agrees(target, was.enabled))
		return 1;
	if (r == -EBUSY)
		r = renew(target, mode);
	if (r) {
		steering_explain_enable(target, mode, r, err);
		if (r == -EPROTO) /* it may have done so all the same */
			give_up(target, err);
		return r;
	}
	if (was.enabled)
		target->tph.io->taken_from = tph_mode_name(was.mode);
	r = target_read_control(target, err);
	if (r == 0 && !proved && !target->tph.pretended.control) {
		r = prove(target, err);
		if (r)
			return r;
	}
	if (r == 0)
		r = check_register(target, true, mode, err);
	if (r)
		give_up(target, err);
	target->confirmed = r == 0;
	return r;
}

static int enable(struct target *target, unsigned int mode, bool may_switch,
		  bool *changed, struct error *err)
{
	int r = 1;

	*changed = false;
	if (target->control.enabled && !trusts_register(target))
		r = switch_on(target, mode, err);
	if (r == 1 && target->control.enabled && target->control.mode == mode)
		return 0;
	if (r == 1 && target->control.enabled && !may_switch)
		return steering_explain_other_mode(target, mode, err);
	if (r == 1) {
		r = check_layout(target, mode, err);
		if (r == 0 && target->control.enabled)
			r = switch_off(target, err);
		if (r == 0)
			r = switch_on(target, mode, err);
	}
	*changed = r == 0;
	return r;
}

int steering_enable(struct target *target, unsigned int mode, bool may_switch,
		    bool *changed, struct error *err)
{
	int r = enable(target, mode, may_switch, changed, err);

	return target_check_holder(target, r, err);
}

int steering_disable(struct target *target, bool *changed, struct error *err)
{
	int r;

	bool enabled = target->control.enabled;

	*changed = false;
	/* The kernel may believe it on, while the register is off. */
	if (!enabled && !target->borrowed)
		return 0;
	r = switch_off(target, err);
	*changed = r == 0 && enabled;
	return r;
}

static bool has_zero(const uint16_t *tags, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tags[i] == 0)
			return true;
	return false;
}

int steering_get_tags(struct target *target, const unsigned int *cpus, size_t n,
		      enum tph_mem mem, uint16_t *tags, struct error *err)
{
	int r = target->tph.abi->get_st(&target->tph, cpus, n, mem, tags);
	struct tph_control before = target->control;

	if (r)
		return steering_explain_get_tags(target, r, err);
	if (!before.enabled || !has_zero(tags, n))
		return 0;
	/* While TPH is off every tag is 0: is it still on? */
	r = target_read_control(target, err);
	if (r == 0 && !target->control.enabled)
		r = error_set(err, ERR_TPH_OFF, EAGAIN,
			      "TPH was switched off meanwhile");
	return r;
}

static bool uses_table(unsigned int mode)
{
	return mode == VFIO_PCI_TPH_MODE_IV || mode == VFIO_PCI_TPH_MODE_DS;
}

static int check_uses_table(const struct target *target, unsigned int mode,
			    struct error *err)
{
	if (mode != VFIO_PCI_TPH_MODE_NS)
		return 0;
	error_set(err, ERR_NO_MODE, EINVAL,
		  "in mode ns the entries of the ST table are not used");
	if (target->control.enabled)
		err->advice = (struct advice){ ADVICE_USE_TABLE,
					       .borrowed = target->borrowed };
	return -EINVAL;
}

/* TPH is on: in a mode that will do? */
static int check_is_on(const struct target *target, unsigned int wanted_mode,
		       struct error *err)
{
	if (wanted_mode != STEERING_MODE_AUTO &&
	    wanted_mode != target->control.mode)
		return steering_explain_other_mode(target, wanted_mode, err);
	return check_uses_table(target, target->control.mode, err);
}

int steering_check_set(const struct target *target, unsigned int wanted_mode,
		       unsigned int *mode, struct error *err)
{
	int r = target_check_tph(target, err);

	if (r)
		return r;
	if (!has_table(target)) {
		error_set(err, ERR_NO_TABLE, EOPNOTSUPP,
			  "it has no ST table that could be programmed");
		error_advise(err, ADVICE_SHOW_TAGS);
		return -EOPNOTSUPP;
	}
	if (target->control.enabled && trusts_register(target)) {
		*mode = target->control.mode;
		return check_is_on(target, wanted_mode, err);
	}
	if (target->control.enabled && wanted_mode == STEERING_MODE_AUTO &&
	    uses_table(target->control.mode))
		*mode = target->control.mode;
	else
		r = steering_choose_mode(target, wanted_mode, mode, err);
	return r ? r : check_uses_table(target, *mode, err);
}

int steering_check_clear(struct target *target, const struct st_plan *plan,
			 struct error *err)
{
	const struct tph_layout *layout;
	int r = 0;

	if (!st_plan_clears(plan))
		return 0;
	if (!target->tph.layout)
		r = target_check_agreement(target, err);
	layout = target->tph.layout ? target->tph.layout : target->tph.named;
	if (r || !layout || layout->clears)
		return r;
	error_set(err, ERR_NO_MODE, EOPNOTSUPP,
		  "layout %s of the driver's interface cannot clear an entry; "
		  "nothing was written",
		  layout->name);
	err->advice = (struct advice){ ADVICE_STOP_STEERING,
				       .borrowed = target->borrowed };
	return -EOPNOTSUPP;
}

static int result_init(struct steering_result *result,
		       const struct st_plan *plan, struct error *err)
{
	*result = (struct steering_result){ 0 };
	result->entries =
		calloc(plan->n ? plan->n : 1, sizeof(*result->entries));
	if (!result->entries)
		return error_system(err, ENOMEM, "cannot program the table");
	result->n = plan->n;
	for (size_t i = 0; i < plan->n; i++) {
		result->entries[i].index = plan->entries[i].index;
		result->entries[i].cpu = plan->entries[i].cpu;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a;
	unsigned int y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

/*
 * Ask for the tag of each CPU of the plan, once. A kernel that gives no tags
 * for devices with a table (the gate of later revisions) leaves them
 * unknown; a CPU without a tag is refused, since an entry of 0 steers
 * nowhere.
 */
static int get_wanted(struct target *target, enum tph_mem mem,
		      struct steering_result *result, struct error *err)
{
	_cleanup_free_ uint16_t *tags = NULL;
	struct cpulist cpus = { 0 };
	_cleanup_free_ unsigned int *to_free = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && i < result->n; i++)
		if (result->entries[i].cpu != TPH_CPU_NONE)
			r = cpulist_append(&cpus, result->entries[i].cpu, 1, 1);
	to_free = cpus.items;
	tags = calloc(result->n ? result->n : 1, sizeof(*tags));
	if (r || !tags)
		return error_system(err, ENOMEM, "cannot ask for the tags");
	cpulist_normalize(&cpus);
	r = cpus.count == 0 ? 0
			    : steering_get_tags(target, cpus.items, cpus.count,
						mem, tags, err);
	if (r && err->kind == ERR_GATED)
		return 0;
	if (r || (cpus.count && !target->tph.has_tags))
		return r;
	for (size_t i = 0; i < result->n; i++) {
		struct steering_entry *e = &result->entries[i];
		const unsigned int *at;

		if (e->cpu == TPH_CPU_NONE)
			continue;
		at = bsearch(&e->cpu, cpus.items, cpus.count,
			     sizeof(*cpus.items), compare);

		e->wanted = tags[at - cpus.items];
		if (e->wanted == 0)
			return error_set(err, ERR_NO_TAG, ENXIO,
					 "the platform has no tag for CPU %u; "
					 "nothing was written",
					 e->cpu);
	}
	result->wanted_known = true;
	return 0;
}

/* Read the stretch of the table from the first to the last entry wanted. */
static int read_back(struct target *target, struct steering_result *result,
		     struct error *err)
{
	unsigned int first, n;
	_cleanup_free_ uint16_t *tags = NULL;
	int r;

	if (result->n == 0 || target->tph.pretended.entries)
		return 0;
	first = result->entries[0].index;
	n = result->entries[result->n - 1].index - first + 1;
	tags = calloc(n, sizeof(*tags));
	if (!tags)
		return error_system(err, ENOMEM, "cannot read the ST table");
	r = target_read_tags(target, first, n, tags, err);
	for (size_t i = 0; r == 0 && i < result->n; i++)
		result->entries[i].tag = tags[result->entries[i].index - first];
	result->tag_known = r == 0;
	return r;
}

static int compare_back(const struct steering_result *result, struct error *err)
{
	if (!result->tag_known)
		return 0;
	for (size_t i = 0; i < result->n; i++) {
		const struct steering_entry *e = &result->entries[i];

		if (e->cpu == TPH_CPU_NONE && e->tag)
			return error_set(err, ERR_READ_BACK, EIO,
					 "the kernel reported success, but "
					 "entry %u holds tag 0x%x, and was to "
					 "be cleared",
					 e->index, e->tag);
		if (result->wanted_known && e->tag != e->wanted)
			return error_set(err, ERR_READ_BACK, EIO,
					 "the kernel reported success, but "
					 "entry %u holds tag 0x%x, not 0x%x "
					 "of CPU %u",
					 e->index, e->tag, e->wanted, e->cpu);
	}
	return 0;
}

/* Undo what was switched on for a write that did not come to anything. */
static bool put_back(struct target *target, struct steering_result *result)
{
	struct error ignored;

	if (!result->switched_on || !target->control.enabled ||
	    switch_off(target, &ignored))
		return false;
	result->switched_on = false;
	return true;
}

static int write_failed(struct target *target, struct steering_result *result,
			size_t done, int number, struct error *err)
{
	struct error ignored;
	bool undone = false;

	target_read_control(target, &ignored);
	read_back(target, result, &ignored);
	steering_explain_set(result, done, target->tph.layout, number, err);
	if (err->kind != ERR_PARTIAL)
		undone = put_back(target, result);
	steering_explain_end(target, undone, err);
	err->tells_state = true;
	return number;
}

/* After SET_ST: is TPH still on, and what is in the entries? */
static int check_set(struct target *target, unsigned int mode,
		     struct steering_result *result, struct error *err)
{
	int r = target_read_control(target, err);

	if (r == 0) {
		r = check_register(target, true, mode, err);
		if (r) {
			give_up(target, err);
			return r;
		}
		r = read_back(target, result, err);
	}
	if (r)
		error_append(err, "; the entries were written");
	return r ? r : compare_back(result, err);
}

static int set(struct target *target, const struct st_plan *plan,
	       enum tph_mem mem, unsigned int mode,
	       struct steering_result *result, struct error *err)
{
	size_t done = 0;
	int r = steering_check_clear(target, plan, err);

	if (r == 0)
		r = result_init(result, plan, err);
	if (r)
		return r;
	if (!target->control.enabled || !trusts_register(target)) {
		r = switch_on(target, mode, err);
		result->switched_on = r == 0;
		if (r == 1)
			r = check_is_on(target,
					uses_table(target->control.mode)
						? mode
						: STEERING_MODE_AUTO,
					err);
		if (r)
			return r;
	}
	r = get_wanted(target, mem, result, err);
	if (r) {
		put_back(target, result);
		return r;
	}
	r = target->tph.abi->set_st(&target->tph, plan->entries, plan->n, mem,
				    &done);
	if (r)
		return write_failed(target, result, done, r, err);
	return check_set(target, mode, result, err);
}

int steering_set(struct target *target, const struct st_plan *plan,
		 enum tph_mem mem, unsigned int mode,
		 struct steering_result *result, struct error *err)
{
	int r = set(target, plan, mem, mode, result, err);

	return target_check_holder(target, r, err);
}

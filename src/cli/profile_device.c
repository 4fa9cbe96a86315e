/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/profile_device.h"

#include <errno.h>

#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "ui/message.h"

int report_problems(struct invocation *inv, const struct problems *problems,
		    struct error *err)
{
	if (problems->n == 0)
		return error_system(err, ENOMEM, "cannot read the profile");
	for (size_t i = 0; i + 1 < problems->n; i++)
		invocation_fail(inv, NULL, &problems->list[i]);
	*err = problems->list[problems->n - 1];
	return -EINVAL;
}

/* Two entries that name one device, in different ways perhaps. */
static int check_once(const struct selection *selection, struct error *err)
{
	for (size_t i = 0; i < selection->n; i++)
		for (size_t k = 0; k < i; k++)
			if (bdf_equal(&selection->list[i].bdf,
				      &selection->list[k].bdf))
				return error_set(
					err, ERR_INPUT, EINVAL,
					"the profile has one device twice: "
					"'%.64s' and '%.64s'",
					selection->list[k].wanted->name,
					selection->list[i].wanted->name);
	return 0;
}

int act_on_profile(struct invocation *inv, const struct profile *profile,
		   void *state, struct error *err)
{
	_cleanup_(selection_free) struct selection selection = { 0 };
	int r = invocation_open_source(inv, err);

	for (size_t i = 0; r == 0 && i < profile->n; i++) {
		const struct profile_device *wanted = &profile->devices[i];
		struct error why;

		if (selection_add_wanted(&selection, inv->source, wanted, &why))
			invocation_fail(inv, wanted->name, &why);
	}
	if (r == 0)
		r = check_once(&selection, err);
	return r ? r : for_each_target(inv, &selection, state, err);
}

int open_for_reading(struct invocation *inv, struct target *target,
		     struct error *err)
{
	struct target_access access = inv->settings.access;
	int r = target_check_tph(target, err);

	if (r)
		return r;
	if (!access.pid) {
		if (!target->control.enabled)
			return 0;
		access.owner = true;
	}
	return open_target(inv, target, &access, err);
}

static const char *state_word(bool enabled, unsigned int mode)
{
	return enabled ? tph_mode_name(mode) : "off";
}

static void tell_state(struct report *r, const struct target *t,
		       const struct apply_plan *plan)
{
	const char *is = state_word(t->control.enabled, t->control.mode);
	const char *wanted = state_word(!plan->off, plan->mode);

	report_string(r, "what", "mode");
	report_string(r, "is", is);
	report_string(r, "wanted", wanted);
	report_heading(r, "%s: mode: is %s, wanted %s", t->pci.address, is,
		       wanted);
}

/* An entry that is to be cleared. */
static void tell_to_clear(struct report *r, const struct target *t,
			  const struct difference *d)
{
	report_null(r, "cpu");
	if (d->known)
		report_number(r, "is", d->is);
	else
		report_null(r, "is");
	report_number(r, "wanted", 0);
	if (d->known)
		report_heading(r, "%s: entry %u: is 0x%x, wanted none",
			       t->pci.address, d->entry.index, d->is);
	else
		report_heading(r, "%s: entry %u: wanted none", t->pci.address,
			       d->entry.index);
}

static void tell_entry(struct report *r, const struct target *t,
		       const struct difference *d)
{
	report_string(r, "what", "entry");
	report_number(r, "index", (long)d->entry.index);
	if (d->entry.cpu == TPH_CPU_NONE) {
		tell_to_clear(r, t, d);
		return;
	}
	report_number(r, "cpu", (long)d->entry.cpu);
	if (d->known) {
		report_number(r, "is", d->is);
		report_number(r, "wanted", d->wanted);
		report_heading(r, "%s: entry %u: is 0x%x, wanted 0x%x (CPU %u)",
			       t->pci.address, d->entry.index, d->is, d->wanted,
			       d->entry.cpu);
		return;
	}
	report_null(r, "is");
	report_null(r, "wanted");
	report_heading(r, "%s: entry %u: wanted the tag of CPU %u",
		       t->pci.address, d->entry.index, d->entry.cpu);
}

static void tell_vector(struct report *r, const struct target *t,
			const struct difference *d)
{
	report_string(r, "what", "entry");
	report_number(r, "index", (long)d->entry.index);
	report_null(r, "cpu");
	report_null(r, "is");
	report_null(r, "wanted");
	report_heading(r, "%s: entry %u: its MSI-X vector is not allocated",
		       t->pci.address, d->entry.index);
}

static void tell_no_vectors(struct report *r, const struct target *t)
{
	report_string(r, "what", "vectors");
	report_string(r, "is", "none");
	report_string(r, "wanted", "allocated");
	report_heading(r, "%s: no MSI-X vector is allocated", t->pci.address);
}

static void tell_difference(struct report *r, const struct target *t,
			    const struct apply_plan *plan,
			    const struct difference *d)
{
	switch (d->kind) {
	case DIFFERENT_STATE:
		tell_state(r, t, plan);
		break;
	case DIFFERENT_ENTRY:
		tell_entry(r, t, d);
		break;
	case DIFFERENT_VECTOR:
		tell_vector(r, t, d);
		break;
	case DIFFERENT_VECTORS:
		tell_no_vectors(r, t);
		break;
	}
}

void tell_differences(struct invocation *inv, const struct target *target,
		      const struct apply_plan *plan)
{
	struct report *r = inv->report;

	report_enter_array(r, "differences");
	for (size_t i = 0; i < plan->n_differences; i++) {
		report_enter(r, NULL);
		tell_difference(r, target, plan, &plan->differences[i]);
		report_leave(r);
	}
	report_leave(r);
}

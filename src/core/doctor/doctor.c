/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/doctor/doctor.h"

#include <stdlib.h>

#include "core/doctor/evidence.h"

static size_t index_of(doctor_check_fn *run)
{
	size_t i = 0;

	while (doctor_checks[i].run != run)
		i++; /* a unit test sees that the table names what it has */
	return i;
}

static bool is_lost(const struct doctor *d, size_t check)
{
	return d->states[check] == DOCTOR_FAILED ||
	       d->states[check] == DOCTOR_BLOCKED;
}

/* The check that failed, however far up, so that this one makes no sense. */
static const struct doctor_check *culprit(const struct doctor *d,
					  const struct doctor_check *check)
{
	for (size_t i = 0; i < DOCTOR_NEEDS_MAX && check->needs[i]; i++) {
		size_t at = index_of(check->needs[i]);

		if (d->states[at] == DOCTOR_FAILED)
			return &doctor_checks[at];
		if (is_lost(d, at))
			return culprit(d, &doctor_checks[at]);
	}
	return NULL;
}

static void run_one(struct doctor *d, size_t at, struct finding *f)
{
	const struct doctor_check *check = &doctor_checks[at];
	const struct doctor_check *failed = culprit(d, check);

	if (failed) {
		finding_not_needed(f, "pointless: %s failed", failed->code);
		d->states[at] = DOCTOR_BLOCKED;
		return;
	}
	if (pci_source_is_live(d->source))
		check->run(d, f);
	else if (check->recorded)
		check->recorded(d, f);
	else
		check_skip_unseen(d, f);
	d->states[at] =
		f->verdict == VERDICT_FAILURE ? DOCTOR_FAILED : DOCTOR_FINE;
}

void doctor_run(struct doctor *d, enum doctor_scope scope, doctor_tell_fn *tell,
		void *context)
{
	for (size_t i = 0; i < doctor_n_checks; i++) {
		struct finding f = { .verdict = VERDICT_OK };

		if (d->target)
			f.device = d->target->pci.address;

		if (doctor_checks[i].scope != scope)
			continue;
		run_one(d, i, &f);
		tell(context, &doctor_checks[i], &f);
	}
}

static bool may_be_opened(const struct doctor *d)
{
	const struct target *t = d->target;

	if (d->vfio->io->dry_run)
		return false;
	if (t->cap_known && !t->cap.offset)
		return false; /* there is nothing to be asked */
	if (d->access.owner)
		return t->owner.pid != 0;
	return d->access.pid || (d->may_open && !t->owner.pid);
}

int doctor_admit(struct doctor *d, struct target *target, struct error *err)
{
	struct owner owner;
	int r = pci_device_holder(&target->pci, &owner, err);

	if (r)
		return r;
	d->target = target;
	d->opened = (struct error){ .kind = ERR_NONE };
	target->owner = owner;
	d->asked = may_be_opened(d);
	if (!d->asked)
		return 0;
	if (target_open(target, d->vfio, &d->access, &d->opened) == 0)
		d->opened.kind = ERR_NONE;
	if (!target->borrowed) /* not one that was named and does not */
		target->owner = owner;
	return 0;
}

void doctor_discharge(struct doctor *d)
{
	cpulist_free(&d->cpus);
	free(d->tags);
	d->tags = NULL;
	d->target = NULL;
}

const char *doctor_explains(enum error_kind kind)
{
	for (size_t i = 0; i < doctor_n_checks; i++)
		for (size_t k = 0; k < DOCTOR_KINDS_MAX; k++)
			if (kind != ERR_NONE &&
			    doctor_checks[i].explains[k] == kind)
				return doctor_checks[i].code;
	return NULL;
}

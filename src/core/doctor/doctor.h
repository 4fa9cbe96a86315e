/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor: everything that must hold for tags to be steered, one check after
 * the other, each told with what it was seen by.
 *
 * The checks are data (table.c). A check's code is a promise, as an error's
 * word is; docs/doctor.md has what each looks at, what its failure means, and
 * what to do then.
 */
#ifndef CORE_DOCTOR_DOCTOR_H
#define CORE_DOCTOR_DOCTOR_H

#include "core/doctor/check.h"

typedef void doctor_tell_fn(void *context, const struct doctor_check *check,
			    struct finding *finding);

/* Run the checks of a scope, in order, and tell each; its finding is tell's. */
void doctor_run(struct doctor *d, enum doctor_scope scope, doctor_tell_fn *tell,
		void *context);

/*
 * Before the checks of a device: see who holds it, and open or borrow it
 * where that was asked for and disturbs nobody. A device that somebody holds
 * is never opened, only borrowed. Returns 0, or -errno with *err filled: who
 * holds it could not be looked for.
 */
int doctor_admit(struct doctor *d, struct target *target, struct error *err);

/* After them; the target is the caller's to close. */
void doctor_discharge(struct doctor *d);

/* The code of a check that explains errors of a kind, or NULL. */
const char *doctor_explains(enum error_kind kind);

#endif

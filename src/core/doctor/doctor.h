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

#include <stdbool.h>

#include "core/doctor/finding.h"
#include "core/owner/scan.h"
#include "core/tph/target.h"
#include "core/cpu/topology.h"

enum doctor_scope {
	DOCTOR_MACHINE,
	DOCTOR_DEVICE,
};

#define DOCTOR_CHECKS_MAX 40
#define DOCTOR_NEEDS_MAX  6
#define DOCTOR_KINDS_MAX  5

/* What has become of a check, for those that need it. */
enum doctor_state {
	DOCTOR_NOT_RUN,
	DOCTOR_FINE, /* or skipped for want of something to look at */
	DOCTOR_FAILED,
	DOCTOR_BLOCKED, /* not looked at since one that it needs failed */
};

struct doctor {
	/* Of the run. */
	bool dump;     /* there is no machine, only a file */
	bool may_open; /* a device that nobody holds */
	struct target_access access;
	struct vfio_context *vfio;
	const struct topology *topology; /* or NULL, as of a dump */
	struct error no_topology;	 /* why it is NULL where it is none */
	const struct owner_scan *owners; /* or NULL */

	/* Of the device that is looked at. */
	struct target *target;
	bool asked;	     /* it was tried to open or to borrow it */
	struct error opened; /* why that failed; ERR_NONE: it did not */
	struct cpulist cpus; /* whose tags were asked for */
	uint16_t *tags;	     /* of each; NULL: they were not */

	enum doctor_state states[DOCTOR_CHECKS_MAX];
};

struct doctor_check {
	enum doctor_scope scope;
	const char *code;  /* as --json prints it */
	const char *title; /* what it asks, as a noun phrase */
	/* Codes of checks above it: where one failed, this is skipped. */
	const char *needs[DOCTOR_NEEDS_MAX];
	/* Kinds of error, wherever they occur, that it finds the cause of. */
	enum error_kind explains[DOCTOR_KINDS_MAX];
	void (*run)(struct doctor *d, struct finding *f);
};

extern const struct doctor_check doctor_checks[];
extern const size_t doctor_n_checks;

typedef void doctor_tell_fn(void *context, const struct doctor_check *check,
			    const struct finding *finding);

/* Run the checks of a scope, in order, and tell each. */
void doctor_run(struct doctor *d, enum doctor_scope scope, doctor_tell_fn *tell,
		void *context);

/*
 * Before the checks of a device: see who holds it, and open or borrow it
 * where that was asked for and disturbs nobody. A device that somebody holds
 * is never opened, only borrowed.
 */
void doctor_admit(struct doctor *d, struct target *target);

/* After them; the target is the caller's to close. */
void doctor_discharge(struct doctor *d);

/* The code of a check that explains errors of a kind, or NULL. */
const char *doctor_explains(enum error_kind kind);

#endif

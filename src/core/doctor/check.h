/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a check of doctor is, and what it is given. */
#ifndef CORE_DOCTOR_CHECK_H
#define CORE_DOCTOR_CHECK_H

#include <stdbool.h>

#include "core/cpu/topology.h"
#include "core/doctor/finding.h"
#include "core/owner/scan.h"
#include "core/tph/target.h"

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
	const struct pci_source *source; /* of facts */
	bool may_open;			 /* a device that nobody holds */
	struct target_access access;
	const char *abi_named_by; /* where access.abi is from, if it is named */
	struct vfio_context *vfio;
	const struct topology *topology; /* or NULL */
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

typedef void doctor_check_fn(struct doctor *d, struct finding *f);

struct doctor_check {
	enum doctor_scope scope;
	const char *code;  /* as --json prints it */
	const char *title; /* what it asks, as a noun phrase */
	/* Checks above it, by their run: where one failed, this is skipped. */
	doctor_check_fn *needs[DOCTOR_NEEDS_MAX];
	/* Kinds of error, wherever they occur, that it finds the cause of. */
	enum error_kind explains[DOCTOR_KINDS_MAX];
	doctor_check_fn *run;
	/* The same of what a dump has recorded; NULL: it has nothing of it. */
	doctor_check_fn *recorded;
};

extern const struct doctor_check doctor_checks[];
extern const size_t doctor_n_checks;

#endif

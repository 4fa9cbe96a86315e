/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What doctor found, as text: a verdict for each device, then the problems
 * with their next steps, then how many checks were fine.
 */
#ifndef CLI_DIAGNOSIS_H
#define CLI_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/doctor/check.h"
#include "core/doctor/finding.h"
#include "ui/report.h"

/* The machine, or a device. */
struct patient {
	char name[32];	/* "machine", or an address */
	char *obstacle; /* the first failure, or NULL */
	size_t n_warnings;
	size_t n_closed;  /* checks that need the open device */
	size_t n_unknown; /* checks whose answer could not be found out */
};

/* A failure or a warning. */
struct problem {
	size_t patient; /* index */
	const char *code;
	enum verdict verdict;
	char *says;
	char *next; /* or "" */
};

struct diagnosis {
	struct report *report;
	bool details; /* print each check as it comes, with its evidence */
	struct patient *patients;
	size_t n_patients;
	struct problem *problems;
	size_t n_problems;
	size_t n_ok, n_skipped;
	bool incomplete; /* memory ran out */
};

void diagnosis_free(struct diagnosis *diagnosis);

/* The findings that follow are of this one. */
void diagnosis_begin(struct diagnosis *diagnosis, const char *name);

void diagnosis_add(struct diagnosis *diagnosis,
		   const struct doctor_check *check, const struct finding *f);

/*
 * Print it. Returns 0, or -ENOMEM with *err filled: something was left out.
 */
int diagnosis_print(const struct diagnosis *diagnosis, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "ui/colour.h"

void diagnosis_free(struct diagnosis *d)
{
	for (size_t i = 0; i < d->n_patients; i++)
		free(d->patients[i].obstacle);
	for (size_t i = 0; i < d->n_problems; i++) {
		free(d->problems[i].says);
		free(d->problems[i].next);
	}
	free(d->patients);
	free(d->problems);
}

void diagnosis_begin(struct diagnosis *d, const char *name)
{
	struct patient *larger =
		reallocarray(d->patients, d->n_patients + 1, sizeof(*larger));

	if (!larger) {
		d->incomplete = true;
		return;
	}
	d->patients = larger;
	d->patients[d->n_patients] = (struct patient){ 0 };
	snprintf(d->patients[d->n_patients].name, sizeof(d->patients->name),
		 "%s", name);
	d->n_patients++;
}

static void add_problem(struct diagnosis *d, const struct doctor_check *check,
			const struct finding *f)
{
	struct problem p = { .patient = d->n_patients - 1,
			     .code = check->code,
			     .verdict = f->verdict,
			     .says = strdup(f->says),
			     .next = strdup(f->next) };
	struct problem *larger =
		reallocarray(d->problems, d->n_problems + 1, sizeof(*larger));

	if (larger)
		d->problems = larger;
	if (!larger || !p.says || !p.next) {
		d->incomplete = true;
		free(p.says);
		free(p.next);
		return;
	}
	d->problems[d->n_problems++] = p;
}

/* "failure  completer  it does not (FILE: VALUE); next: do this" */
static void print_details(const struct diagnosis *d,
			  const struct doctor_check *check,
			  const struct finding *f)
{
	char evidence[FINDING_EVIDENCE_MAX * sizeof(struct evidence) + 64] = "";
	size_t used = 0;

	for (size_t i = 0; i < f->n_evidence; i++)
		used += (size_t)snprintf(evidence + used,
					 sizeof(evidence) - used, "%s%s: %s",
					 i ? "; " : " (", f->evidence[i].source,
					 f->evidence[i].value);
	report_heading(d->report, "    %-7s  %-14s  %s%s%s%s%s",
		       verdict_name(f->verdict), check->code, f->says, evidence,
		       used ? ")" : "", f->next[0] ? "; next: " : "", f->next);
}

void diagnosis_add(struct diagnosis *d, const struct doctor_check *check,
		   const struct finding *f)
{
	struct patient *patient;

	if (d->details)
		print_details(d, check, f);
	if (!d->n_patients)
		return; /* memory ran out */
	patient = &d->patients[d->n_patients - 1];
	d->n_ok += f->verdict == VERDICT_OK;
	d->n_skipped += f->verdict == VERDICT_SKIPPED;
	if (f->verdict == VERDICT_SKIPPED) {
		patient->n_closed += f->reason == SKIPPED_CLOSED;
		patient->n_unknown += f->reason == SKIPPED_UNKNOWN;
	}
	patient->n_warnings += f->verdict == VERDICT_WARNING;
	if (f->verdict == VERDICT_FAILURE && !patient->obstacle) {
		patient->obstacle = strdup(f->says);
		d->incomplete |= !patient->obstacle;
	}
	if (f->verdict == VERDICT_FAILURE || f->verdict == VERDICT_WARNING)
		add_problem(d, check, f);
}

/*
 * One line. Whether a device can steer is known only if the kernel was asked
 * through the open device.
 */
static void print_verdict(const struct diagnosis *d, const struct patient *p)
{
	bool machine = p == d->patients;
	char warnings[48] = "";

	if (machine && !p->obstacle)
		return;
	if (p->n_warnings)
		snprintf(warnings, sizeof(warnings), " (%zu warning%s)",
			 p->n_warnings, p->n_warnings > 1 ? "s" : "");
	if (p->obstacle)
		report_heading(d->report, "%s: %s%s%s: %s", p->name,
			       colour_on(COLOUR_FAILURE), "cannot steer",
			       colour_off(), p->obstacle);
	else if (!machine && d->patients->obstacle)
		report_heading(
			d->report, "%s: %scannot steer%s: the machine cannot",
			p->name, colour_on(COLOUR_FAILURE), colour_off());
	else if (p->n_closed)
		report_heading(d->report,
			       "%s: no obstacle found%s; %zu checks need the "
			       "open device",
			       p->name, warnings, p->n_closed);
	else if (p->n_unknown)
		report_heading(d->report,
			       "%s: no obstacle found%s; %zu checks were not "
			       "possible",
			       p->name, warnings, p->n_unknown);
	else
		report_heading(d->report, "%s: %scan steer%s%s", p->name,
			       colour_on(COLOUR_OK), colour_off(), warnings);
}

static void print_problem(const struct diagnosis *d, const struct problem *p)
{
	report_heading(d->report, "%s%s%s  %s  %s: %s",
		       colour_on(p->verdict == VERDICT_FAILURE
					 ? COLOUR_FAILURE
					 : COLOUR_WARNING),
		       verdict_name(p->verdict), colour_off(),
		       d->patients[p->patient].name, p->code, p->says);
	if (p->next[0])
		report_heading(d->report, "         next: %s", p->next);
}

int diagnosis_print(const struct diagnosis *d, struct error *err)
{
	for (size_t i = 0; i < d->n_patients; i++)
		print_verdict(d, &d->patients[i]);
	for (size_t i = 0; !d->details && i < d->n_problems; i++)
		print_problem(d, &d->problems[i]);
	report_heading(d->report, "%zu ok, %zu not checked%s", d->n_ok,
		       d->n_skipped,
		       d->details ? "" : " (-v shows every check)");
	return d->incomplete ? error_system(err, ENOMEM,
					    "the diagnosis is not complete")
			     : 0;
}

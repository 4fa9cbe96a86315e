/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor: can this machine steer, and what is in the way? Prints what the
 * checks of core/doctor find, one line each.
 *
 * Nothing is opened, unless that was asked for: opening a device resets it.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/hints.h"
#include "cli/invocation.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/doctor/doctor.h"

static const struct option_def *const options[] = {
	&option_open, &option_owner,   &option_pid, &option_fd,
	&option_abi,  &option_offline, NULL
};

static void tell_evidence(struct report *r, const struct finding *f)
{
	report_enter_array(r, "evidence");
	for (size_t i = 0; i < f->n_evidence; i++) {
		report_enter(r, NULL);
		report_string(r, "source", f->evidence[i].source);
		report_string(r, "value", f->evidence[i].value);
		report_leave(r);
	}
	report_leave(r);
}

static void tell_json(struct report *r, const struct doctor_check *check,
		      const struct finding *f)
{
	struct error as_error = { .kind = f->kind };
	bool failed = f->verdict == VERDICT_FAILURE;

	report_enter(r, NULL);
	report_string(r, "code", check->code);
	report_string(r, "title", check->title);
	report_string(r, "result", verdict_name(f->verdict));
	report_string(r, "finding", f->says);
	tell_evidence(r, f);
	report_string(r, "next", f->next[0] ? f->next : NULL);
	report_string(r, "error", failed ? error_word(&as_error) : NULL);
	report_number(r, "exit", failed ? (long)error_status(&as_error) : 0);
	report_leave(r);
}

/* "failure  completer  it does not (FILE: VALUE); next: do this" */
static void tell_line(struct report *r, const struct doctor_check *check,
		      const struct finding *f)
{
	char evidence[FINDING_EVIDENCE_MAX * sizeof(struct evidence) + 64] = "";
	size_t used = 0;

	for (size_t i = 0; i < f->n_evidence; i++)
		used += (size_t)snprintf(evidence + used,
					 sizeof(evidence) - used, "%s%s: %s",
					 i ? "; " : " (", f->evidence[i].source,
					 f->evidence[i].value);
	report_heading(r, "    %-7s  %-14s  %s%s%s%s%s",
		       verdict_name(f->verdict), check->code, f->says, evidence,
		       used ? ")" : "", f->next[0] ? "; next: " : "", f->next);
}

static void tell(void *context, const struct doctor_check *check,
		 struct finding *f)
{
	struct invocation *inv = context;
	struct error as_error = { .kind = f->kind };

	hints_finding(f);
	tell_json(inv->report, check, f);
	tell_line(inv->report, check, f);
	if (f->verdict == VERDICT_FAILURE && !inv->failed && !inv->end_status)
		inv->end_status = (int)error_status(&as_error);
}

static void look_at_machine(struct invocation *inv, struct doctor *doctor)
{
	report_heading(inv->report, "machine%s",
		       inv->settings.from ? " (not known: a dump)" : "");
	report_enter(inv->report, "machine");
	report_enter_array(inv->report, "checks");
	doctor_run(doctor, DOCTOR_MACHINE, tell, inv);
	report_leave(inv->report);
	report_leave(inv->report);
}

/* Of many, those that have TPH; those of VFIO where that cannot be seen. */
static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct doctor *doctor = visit->state;
	struct target *t = visit->target;

	(void)err; /* what goes wrong is a finding */
	if (!visit->selected->named && !t->cap_known && !t->pci.cdev[0])
		return DEVICE_UNSEEN;
	doctor_admit(doctor, t);
	describe_device(inv->report, t);
	describe_heading(inv->report, t);
	report_enter_array(inv->report, "checks");
	doctor_run(doctor, DOCTOR_DEVICE, tell, inv);
	report_leave(inv->report);
	doctor_discharge(doctor);
	return 0;
}

static void prepare(struct invocation *inv, struct doctor *d)
{
	d->dump = inv->settings.from != NULL;
	d->may_open = inv->settings.open;
	d->access = inv->settings.access;
	d->abi_named_by = "--abi";
	d->vfio = &inv->vfio;
	if (d->dump)
		return;
	d->topology = invocation_topology(inv, &d->no_topology);
}

static int look_at_devices(struct invocation *inv, struct doctor *doctor,
			   struct error *err)
{
	_cleanup_(selection_free) struct selection selection;
	int r = select_words(inv, inv->words, inv->n_words, &selection, err);

	if (r && err->kind == ERR_USAGE)
		return r;
	look_at_machine(inv, doctor);
	if (r == 0)
		r = for_each_target(inv, &selection, doctor, err);
	if (r == 0 && !inv->succeeded && !inv->failed)
		r = error_set(err, ERR_NO_TPH, EOPNOTSUPP,
			      "there is no function that could steer");
	if (r)
		invocation_fail(inv, NULL, err);
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	struct doctor doctor = { 0 };
	int r = 0;

	prepare(inv, &doctor);
	if (!doctor.dump)
		r = owner_scan_load(&inv->owners, err);
	if (r)
		return r;
	doctor.owners = inv->owners;
	r = look_at_devices(inv, &doctor, err);
	if (r)
		return r;
	/* Not "done in part": what matters is the first that failed. */
	if (inv->failed)
		inv->succeeded = 0;
	if (inv->failed && inv->end_status)
		inv->first_failure = (enum status)inv->end_status;
	return 0;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.words = "[DEVICE...]",
	.summary = "Say whether steering works, and what is in the way",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL | TAKES_NONE,
	.look = PCI_DEVICE_NAME | PCI_DEVICE_CDEV,
	.act = act,
	.run = run,
};

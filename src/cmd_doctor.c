/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor: can these devices steer, and what is in the way? Prints what the
 * checks of core/doctor find: the answer first, with -v every check.
 *
 * Nothing is opened, unless that was asked for: opening a device resets it.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/diagnosis.h"
#include "cli/hints.h"
#include "cli/invocation.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/doctor/doctor.h"

#define CLASS_BRIDGE 0x0604

static const struct option_def *const options[] = { &option_open, &option_owner,
						    &option_pid,  &option_fd,
						    &option_abi,  &option_from,
						    NULL };

/* What the checks are given, and what becomes of their findings. */
struct examination {
	struct invocation *inv;
	struct doctor doctor;
	struct diagnosis diagnosis;
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

static void tell(void *context, const struct doctor_check *check,
		 struct finding *f)
{
	struct examination *e = context;
	struct invocation *inv = e->inv;
	struct error as_error = { .kind = f->kind };

	hints_finding(f);
	tell_json(inv->report, check, f);
	diagnosis_add(&e->diagnosis, check, f);
	if (f->verdict == VERDICT_FAILURE && !inv->failed && !inv->end_status)
		inv->end_status = (int)error_status(&as_error);
}

static void look_at_machine(struct invocation *inv, struct examination *e)
{
	e->doctor.source = inv->source;
	e->doctor.topology = invocation_topology(inv, &e->doctor.no_topology);
	if (e->diagnosis.details)
		report_heading(inv->report, "%s",
			       pci_source_title(inv->source));
	diagnosis_begin(&e->diagnosis, "machine");
	report_enter(inv->report, "machine");
	report_enter_array(inv->report, "checks");
	doctor_run(&e->doctor, DOCTOR_MACHINE, tell, e);
	report_leave(inv->report);
	report_leave(inv->report);
}

/* Of many, those that have TPH; those of VFIO where that cannot be seen. */
static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct examination *e = visit->state;
	struct target *t = visit->target;
	int r;

	if (!visit->selected->named && t->pci.class_id == CLASS_BRIDGE)
		return DEVICE_SKIPPED; /* a requester, but nobody steers it */
	if (!visit->selected->named && !t->cap_known && !t->pci.cdev[0])
		return t->silent ? DEVICE_SILENT : DEVICE_UNSEEN;
	r = doctor_admit(&e->doctor, t, err);
	if (r)
		return r;
	e->doctor.owners = inv->owners;
	describe_device(inv->report, t);
	if (e->diagnosis.details)
		describe_heading(inv->report, t);
	diagnosis_begin(&e->diagnosis, t->pci.address);
	report_enter_array(inv->report, "checks");
	doctor_run(&e->doctor, DOCTOR_DEVICE, tell, e);
	report_leave(inv->report);
	doctor_discharge(&e->doctor);
	return 0;
}

static void prepare(struct invocation *inv, struct doctor *d)
{
	d->may_open = inv->settings.open;
	d->access = inv->settings.access;
	d->abi_named_by = "--abi";
	d->vfio = &inv->vfio;
}

static int look_at_devices(struct invocation *inv, struct examination *e,
			   struct error *err)
{
	_cleanup_(selection_free) struct selection selection;
	int r = select_words(inv, inv->words, inv->n_words, &selection, err);

	if (!inv->source)
		return r;
	look_at_machine(inv, e);
	if (r == 0)
		r = for_each_target(inv, &selection, e, err);
	if (r == 0 && !inv->succeeded && !inv->failed)
		r = error_set(err, ERR_NO_TPH, EOPNOTSUPP,
			      "there is no function that could steer");
	if (r)
		invocation_fail(inv, NULL, err);
	return 0;
}

static void examination_free(struct examination *e)
{
	diagnosis_free(&e->diagnosis);
}

static int run(struct invocation *inv, struct error *err)
{
	_cleanup_(examination_free) struct examination e = {
		.inv = inv,
		.diagnosis = { .report = inv->report,
			       .details = inv->settings.verbose },
	};
	int r;

	prepare(inv, &e.doctor);
	r = look_at_devices(inv, &e, err);
	if (r == 0)
		r = diagnosis_print(&e.diagnosis, err);
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
	.examples = "  vfio-tph doctor\n"
		    "  vfio-tph doctor -v 3b:00.0\n",
	.words = "[DEVICE...]",
	.summary = "Diagnose why steering does not work",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL | TAKES_NONE,
	.look = PCI_DEVICE_NAME | PCI_DEVICE_CDEV,
	.act = act,
	.run = run,
};

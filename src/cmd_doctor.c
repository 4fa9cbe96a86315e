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
#include "core/doctor/doctor.h"
#include "ui/message.h"

static const struct option_def *const options[] = {
	&option_open, &option_owner,   &option_pid, &option_fd,
	&option_abi,  &option_offline, NULL
};

struct round {
	struct doctor doctor;
	bool machine_told;
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
		 const struct finding *f)
{
	struct invocation *inv = context;
	struct error as_error = { .kind = f->kind };

	tell_json(inv->report, check, f);
	tell_line(inv->report, check, f);
	if (f->verdict == VERDICT_FAILURE && !inv->failed && !inv->end_status)
		inv->end_status = (int)error_status(&as_error);
}

/* Once, and not before the command line was understood. */
static void look_at_machine(struct invocation *inv)
{
	struct round *round = inv->data;

	if (round->machine_told)
		return;
	round->machine_told = true;
	report_heading(inv->report, "machine%s",
		       inv->settings.from ? " (not known: a dump)" : "");
	report_enter(inv->report, "machine");
	report_enter_array(inv->report, "checks");
	doctor_run(&round->doctor, DOCTOR_MACHINE, tell, inv);
	report_leave(inv->report);
	report_leave(inv->report);
}

static void look_at_target(struct invocation *inv, struct target *t)
{
	struct doctor *d = &((struct round *)inv->data)->doctor;

	doctor_admit(d, t);
	describe_device(inv->report, t);
	report_heading(inv->report, "%s %04x:%04x%s%s", t->pci.address,
		       t->pci.vendor_id, t->pci.device_id,
		       t->pci.name[0] ? " " : "", t->pci.name);
	report_enter_array(inv->report, "checks");
	doctor_run(d, DOCTOR_DEVICE, tell, inv);
	report_leave(inv->report);
	doctor_discharge(d);
}

/* Of many, those that have TPH; those of VFIO where that cannot be seen. */
static int is_meant(const struct target *t)
{
	if (t->cap_known)
		return t->cap.offset ? 0 : DEVICE_SKIPPED;
	return t->pci.cdev[0] ? 0 : DEVICE_UNSEEN;
}

static int doctor_device(struct invocation *inv, const struct bdf *bdf,
			 bool named, struct error *err)
{
	struct target t;
	int r = target_look(inv->bus, bdf, true, &t, err);

	look_at_machine(inv);
	if (r)
		return r;
	if (!named)
		r = is_meant(&t);
	if (r == 0)
		look_at_target(inv, &t);
	target_close(&t);
	return r;
}

static void prepare(struct invocation *inv, struct doctor *d)
{
	d->dump = inv->settings.from != NULL;
	d->may_open = inv->settings.open;
	d->access = inv->settings.access;
	d->vfio = &inv->vfio;
	if (d->dump)
		return;
	d->topology = invocation_topology(inv, &d->no_topology);
}

static int look_at_devices(struct invocation *inv, struct error *err)
{
	static char every[] = "all";
	char *words[] = { every };
	bool named = inv->n_words > 0;
	int r = for_each_device(inv, named ? inv->words : words,
				named ? inv->n_words : 1, true, doctor_device,
				err);

	if (r == 0 && !inv->succeeded && !inv->failed)
		return error_set(err, ERR_NO_TPH, EOPNOTSUPP,
				 "there is no function that could steer");
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	struct round round = { 0 };
	struct owner_scan *owners = NULL;
	int r = 0;

	prepare(inv, &round.doctor);
	if (!round.doctor.dump)
		r = owner_scan_load(&owners, err);
	if (r)
		return r;
	round.doctor.owners = owners;
	inv->data = &round;
	r = look_at_devices(inv, err);
	if (r == 0 || err->kind != ERR_USAGE)
		look_at_machine(inv);
	inv->data = NULL;
	owner_scan_free(owners);
	if (r && err->kind == ERR_USAGE)
		return r;
	if (r)
		invocation_fail(inv, NULL, err);
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
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL,
	.run = run,
};

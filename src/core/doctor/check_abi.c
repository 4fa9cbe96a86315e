/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver's TPH interface: is there one, of which family, is it gated? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/tph/abi_evidence.h"
#include "core/tph/abi_layouts.h"
#include "core/tph/explain.h"
#include "core/base/compat.h"
#include "core/tph/steering.h"
#include "core/base/sysfs.h"

/* What module parameters tell, without a look at the device. */
static void look_at_parameters(struct doctor *d, struct finding *f)
{
	struct tph_evidence e;
	int r = tph_evidence_look(&d->target->pci, &e);

	if (r < 0 && e.kind == TPH_ABI_SILENT) {
		finding_unread(f, e.path, -r);
		return;
	}
	finding_see(f, e.path, "%s",
		    e.kind == TPH_ABI_SILENT ? "no parameter of TPH" : e.value);
	switch (e.kind) {
	case TPH_ABI_NAMED:
	case TPH_ABI_OFFERED:
		finding_ok(f,
			   "the driver offers the family '%s', its "
			   "parameter says",
			   tph_abi_ioctl.name);
		break;
	case TPH_ABI_FEATURE:
	case TPH_ABI_TPH_POLICY:
		finding_fail(f, ERR_UNKNOWN_ABI,
			     "the driver %s has a TPH interface of a later "
			     "revision (%s%s)",
			     d->target->pci.driver, strrchr(e.path, '/') + 1,
			     e.kind == TPH_ABI_TPH_POLICY
				     ? ", as of now; a bound device keeps the "
				       "value of its binding"
				     : "");
		finding_more(f, ADVICE_ON_UNKNOWN);
		finding_advise(f, ADVICE_BIND_OUR_DRIVER);
		break;
	case TPH_ABI_SILENT:
		finding_warn(f,
			     "nothing says that the driver %s has the TPH "
			     "interface",
			     d->target->pci.driver);
		finding_advise(f, ADVICE_TRY_OUR_DRIVER);
		break;
	}
}

void check_abi(struct doctor *d, struct finding *f)
{
	const struct target *t = d->target;

	if (!t->open && d->access.abi) {
		finding_see(f, d->abi_named_by, "%s", d->access.abi);
		finding_ok(f, "taken to be there, as was said");
		return;
	}
	if (!t->open) {
		look_at_parameters(d, f);
		return;
	}
	if (d->opened.kind != ERR_NONE) {
		finding_see(f, "VFIO_DEVICE_PCI_TPH", "%s",
			    errno_name(d->opened.number) ?: "no answer");
		finding_fail_as(f, &d->opened);
		if (!finding_advises(f))
			finding_advise(f, ADVICE_BIND_OUR_DRIVER);
		return;
	}
	finding_see(f, "VFIO_DEVICE_PCI_TPH", "%s",
		    d->access.abi ? "taken as said" : "answers the probe");
	if (t->tph.layout)
		finding_ok(f, "the driver offers the family '%s', layout %s",
			   t->tph.abi->name, t->tph.layout->name);
	else
		finding_ok(f, "the driver offers the family '%s'",
			   t->tph.abi->name);
}

/*
 * There are tags only while the kernel has TPH on: if it gives one and the
 * register is off, a reset has cleared that behind its back. A driver that
 * compares the two itself answers EIO. Returns the answer that shows it, or
 * NULL.
 */
static const char *believes_it_on(const struct doctor *d)
{
	_cleanup_(cpulist_free) struct cpulist cpus = { 0 };
	_cleanup_free_ uint16_t *tags = NULL;
	struct error ignored;
	int r;

	if (!d->target->borrowed || d->target->control.enabled ||
	    !d->topology || topology_usable_cpus(d->topology, &cpus))
		return NULL;
	tags = calloc(cpus.count + 1, sizeof(*tags));
	if (!tags)
		return NULL;
	r = steering_get_tags(d->target, cpus.items, cpus.count,
			      TPH_MEM_VOLATILE, tags, &ignored);
	if (r)
		return r == -EIO ? "EIO" : NULL;
	for (size_t i = 0; i < cpus.count; i++)
		if (tags[i])
			return "gives tags";
	return NULL;
}

void check_agreement(struct doctor *d, struct finding *f)
{
	const char *belief;
	struct error err;

	if (!d->target->open) {
		check_skip_closed(d, f);
		return;
	}
	if (target_check_agreement(d->target, &err)) {
		finding_see(f, "VFIO_DEVICE_PCI_TPH GET_CAP", "%s",
			    errno_name(err.number) ?: "refused");
		check_see_register(d, f, d->target->cap.offset + 4);
		finding_fail_as(f, &err);
		if (!f->next[0])
			finding_next(f, "do not steer with it, and report it: "
					"the driver or the device is wrong");
		return;
	}
	belief = believes_it_on(d);
	if (belief) {
		finding_see(f, "VFIO_DEVICE_PCI_TPH GET_ST", "%s", belief);
		check_see_register(d, f, d->target->cap.offset + 8);
		finding_fail(f, ERR_DISAGREE,
			     "its register shows TPH off, and the kernel "
			     "believes it on: a reset has cleared it");
		finding_advise(f, ADVICE_ENABLE_AGAIN);
		return;
	}
	finding_see(f, "VFIO_DEVICE_PCI_TPH GET_CAP", "modes 0x%x, table %s",
		    d->target->tph.cap.modes,
		    d->target->tph.cap.table ? "present" : "none");
	finding_ok(f, "the kernel says of it what config space does");
}

void check_gate(struct doctor *d, struct finding *f)
{
	bool table = d->target->cap.location != TPH_TABLE_NONE;
	char path[160], value[32] = "";
	struct error err = { .kind = ERR_GATED };
	int gate;
	long n;

	gate = tph_evidence_gate(&d->target->pci, path, sizeof(path));
	if (gate < 0) {
		finding_unread(f, path, -gate);
		return;
	}
	if (!gate) {
		finding_see(f, path, "no gate");
		finding_not_needed(f, "the driver has no gate");
		return;
	}
	n = check_see_file(f, path, value, sizeof(value));
	if (table) {
		finding_ok(f, "of no concern: it has an ST table");
	} else if (n < 0) {
		finding_unread(f, path, (int)-n);
	} else if (value[0] == 'Y' || value[0] == '1') {
		finding_ok(f, "device-specific mode without an ST table is "
			      "allowed");
	} else {
		steering_hint_gate(d->target, &err);
		finding_fail(f, ERR_GATED,
			     "the driver does not allow device-specific mode "
			     "without an ST table");
		finding_next(f, "%s", err.hint);
	}
}

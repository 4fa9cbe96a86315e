/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TPH capability: is it there, what can it do, where is its table? */
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/tph/explain.h"
#include "uapi/vfio_pci_tph.h"

/* Of the capability (PCIe 6.0, 7.9.13): its head, and its register. */
#define CAPABILITY_REGISTER 4
#define MSIX_TABLE_REGISTER 4

void check_capability(struct doctor *d, struct finding *f)
{
	struct error err;

	if (target_check_tph(d->target, &err)) {
		finding_see(f, "config space",
			    d->target->cap_known ? "no capability 0x0017"
						 : "64 or 256 bytes");
		finding_fail_as(f, &err);
		if (!finding_advises(f))
			finding_advise(f, ADVICE_OTHER_FUNCTION);
		return;
	}
	check_see_register(d, f, d->target->cap.offset);
	if (d->target->control.requester == TPH_REQUESTER_RESERVED) {
		check_see_register(d, f, d->target->cap.offset + 8);
		finding_warn(f, "it has a TPH capability, and TPH is on with "
				"the reserved requester");
		finding_next(f, "kernel 6.13 leaves that behind: have what "
				"drives it switch TPH off and on again");
		return;
	}
	finding_ok(f, "it has a TPH capability, and TPH is %s",
		   d->target->control.enabled ? "on" : "off");
}

void check_modes(struct doctor *d, struct finding *f)
{
	const struct tph_cap *cap = &d->target->cap;
	char modes[16];

	check_see_register(d, f, cap->offset + CAPABILITY_REGISTER);
	steering_modes(cap->modes, modes);
	if (cap->modes & (VFIO_PCI_TPH_MODE_IV | VFIO_PCI_TPH_MODE_DS)) {
		finding_ok(f, "modes %s, %s tags", modes,
			   cap->extended ? "8-bit and extended (16-bit)"
					 : "8-bit");
		return;
	}
	finding_fail(f, ERR_NO_MODE, "it has no mode that sends tags (%s)",
		     modes);
	finding_next(f, "see its data sheet and firmware: modes iv and ds "
			"send tags, ns only hints");
}

static void no_table(struct finding *f, const char *says)
{
	finding_fail(f, ERR_NO_TABLE, "%s", says);
	finding_next(f, "see whether its firmware can be updated");
}

void check_table(struct doctor *d, struct finding *f)
{
	const struct tph_cap *cap = &d->target->cap;

	check_see_register(d, f, cap->offset + CAPABILITY_REGISTER);
	if (cap->msix.offset)
		check_see_register(d, f,
				   cap->msix.offset + MSIX_TABLE_REGISTER);
	if (cap->location == TPH_TABLE_MSIX && cap->msix.bar > 5)
		no_table(f, "its MSI-X table, where the ST table is, is in a "
			    "BAR that does not exist");
	else if (cap->location != TPH_TABLE_NONE)
		finding_ok(f, "%u entries, in the %s", cap->table_size,
			   cap->location == TPH_TABLE_MSIX ? "MSI-X table"
							   : "capability");
	else if (!(cap->modes & VFIO_PCI_TPH_MODE_DS))
		no_table(f, "no ST table, and no mode in which it takes tags "
			    "otherwise");
	else {
		finding_ok(f, "no ST table: what drives it gives it the tags");
		finding_more(f, ADVICE_ON_TAGS);
	}
}

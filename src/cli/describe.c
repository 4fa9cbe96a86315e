/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about a device that several commands tell. */
#include "cli/describe.h"

#include "core/tph/explain.h"
#include "uapi/vfio_pci_tph.h"

static void number_or_null(struct report *r, const char *key, int value)
{
	if (value < 0)
		report_null(r, key);
	else
		report_number(r, key, value);
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

void describe_device(struct report *r, const struct target *t)
{
	const struct pci_device *pci = &t->pci;

	report_device(r, pci->address);
	if (pci->unknown & PCI_FACT_IDS) {
		report_null(r, "vendor");
		report_null(r, "device");
	} else {
		report_hex(r, "vendor", pci->vendor_id, 4);
		report_hex(r, "device", pci->device_id, 4);
	}
	report_string(r, "name", or_null(pci->name));
	report_hex(r, "class", pci->class_id, 4);
	report_string(r, "driver", or_null(pci->driver));
	number_or_null(r, "iommu_group", pci->iommu_group);
	report_string(r, "cdev", or_null(pci->cdev));
	number_or_null(r, "numa_node", pci->numa_node);
}

void describe_heading(struct report *r, const struct target *t)
{
	if (t->pci.unknown & PCI_FACT_IDS)
		report_heading(r, "%s, ids not known", t->pci.address);
	else
		report_heading(r, "%s %04x:%04x%s%s", t->pci.address,
			       t->pci.vendor_id, t->pci.device_id,
			       t->pci.name[0] ? " " : "", t->pci.name);
}

static void describe_modes(struct report *r, const struct tph_cap *cap)
{
	char text[16];

	report_enter_array(r, "modes");
	for (unsigned int mode = 1; mode <= VFIO_PCI_TPH_MODE_DS; mode <<= 1)
		if (cap->modes & mode)
			report_string(r, NULL, tph_mode_name(mode));
	report_leave(r);
	report_line(r, "Modes", "%s", steering_modes(cap->modes, text));
}

static void describe_table(struct report *r, const struct tph_cap *cap)
{
	report_enter(r, "table");
	report_string(r, "location", tph_location_name(cap->location));
	report_number(r, "size", cap->table_size);
	report_leave(r);
	if (cap->location == TPH_TABLE_NONE)
		report_line(r, "ST table", "none");
	else
		report_line(r, "ST table", "%u entries, in the %s",
			    cap->table_size,
			    cap->location == TPH_TABLE_MSIX ? "MSI-X table"
							    : "capability");
}

void describe_fact(struct report *r, const struct target *t, const char *label,
		   unsigned int fact, const char *text)
{
	const bool unknown = t->pci.unknown & fact;

	if (text[0])
		report_line(r, label, "%s", text);
	else if (unknown)
		report_line(r, label, "not known (%s)",
			    pci_source_unseen(t->pci.source)->why);
	else
		report_line(r, label, "none");
}

static const char *completer_name(enum tph_completer completer)
{
	switch (completer) {
	case TPH_COMPLETER_TPH:
		return "completes TPH";
	case TPH_COMPLETER_EXTENDED:
		return "completes TPH and extended TPH";
	default:
		return "does not complete TPH";
	}
}

static void describe_completer(struct report *r, const struct target *t)
{
	char address[BDF_LENGTH];

	if (!t->has_port) {
		report_null(r, "completer");
		describe_fact(r, t, "Root Port", PCI_FACT_PORT, "");
		return;
	}
	bdf_format(&t->pci.port, address);
	report_enter(r, "completer");
	report_string(r, "bdf", address);
	if (t->completer_known) {
		report_bool(r, "tph", t->completer != TPH_COMPLETER_NONE);
		report_bool(r, "extended",
			    t->completer == TPH_COMPLETER_EXTENDED);
	} else {
		report_null(r, "tph");
		report_null(r, "extended");
	}
	report_leave(r);
	if (t->completer_known)
		report_line(r, "Root Port", "%s, %s", address,
			    completer_name(t->completer));
	else
		report_line(r, "Root Port", "%s, completer not known (%s)",
			    address, pci_source_unseen(t->pci.source)->why);
}

/* What it takes from its peers, not what its Root Port takes from it. */
static void describe_own_completer(struct report *r, const struct target *t)
{
	if (!t->express_known) {
		report_null(r, "own_completer");
		return;
	}
	report_string(r, "own_completer",
		      tph_completer_name(t->express.completer));
	if (t->express.completer != TPH_COMPLETER_NONE)
		report_line(r, "Completer", "itself %s, of its peers",
			    completer_name(t->express.completer));
}

void describe_capability(struct report *r, const struct target *t)
{
	char why[TARGET_WHY_SIZE];

	if (!t->cap_known || !t->cap.offset) {
		report_null(r, "tph");
		if (t->cap_known)
			report_line(r, "TPH", "no capability");
		else
			report_line(r, "TPH", "not known (%s)",
				    target_why_unseen(t, why));
		return;
	}
	report_enter(r, "tph");
	describe_modes(r, &t->cap);
	report_bool(r, "extended", t->cap.extended);
	report_line(r, "Tags", "%s",
		    t->cap.extended ? "8-bit and extended (16-bit)" : "8-bit");
	describe_table(r, &t->cap);
	describe_completer(r, t);
	describe_own_completer(r, t);
	report_leave(r);
}

const char *describe_requester(enum tph_requester requester)
{
	switch (requester) {
	case TPH_REQUESTER_TPH:
		return "8-bit tags";
	case TPH_REQUESTER_EXTENDED:
		return "extended tags";
	default:
		return "reserved requester";
	}
}

void describe_state(struct report *r, const struct target *t)
{
	if (!t->cap_known || !t->cap.offset) {
		report_null(r, "state");
		return;
	}
	report_enter(r, "state");
	report_bool(r, "enabled", t->control.enabled);
	report_string(r, "mode",
		      t->control.enabled ? tph_mode_name(t->control.mode)
					 : NULL);
	report_string(r, "requester", tph_requester_name(t->control.requester));
	report_leave(r);
	if (t->control.enabled)
		report_line(r, "State", "on%s, mode %s, %s",
			    t->borrowed || t->confirmed ? ""
							: " in the register",
			    tph_mode_name(t->control.mode),
			    describe_requester(t->control.requester));
	else
		report_line(r, "State", "off");
}

void describe_owner(struct report *r, const struct owner *owner)
{
	if (!owner->pid) {
		report_null(r, "owner");
		return;
	}
	report_enter(r, "owner");
	report_number(r, "pid", owner->pid);
	report_string(r, "command", owner->command);
	report_leave(r);
	report_line(r, "Owner", "%s (pid %d)", owner->command, owner->pid);
}

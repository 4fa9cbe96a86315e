/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cap: what the device, its Root Port and the kernel can do. */
#include <errno.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/tph/abi_layouts.h"
#include "ui/message.h"

static const struct option_def *const options[] = { &option_via, &option_owner,
						    &option_pid, &option_fd,
						    &option_abi, &option_from,
						    NULL };

/* The CPUs of the device's node, as a list; NULL where there is none. */
static char *node_cpus(struct invocation *inv, const struct target *t)
{
	_cleanup_(cpulist_free) struct cpulist cpus = { 0 };
	char *text = NULL;

	invocation_node_cpus(inv, &t->pci, &cpus);
	if (cpus.count) {
		text = cpulist_format(&cpus);
		if (!text)
			report_incomplete(inv->report);
	}
	return text;
}

static void describe_node(struct invocation *inv, const struct target *t)
{
	_cleanup_free_ char *cpus = node_cpus(inv, t);

	report_string(inv->report, "cpus", cpus);
	if (t->pci.numa_node < 0)
		describe_fact(inv->report, t, "NUMA node", PCI_FACT_NODE, "");
	else
		report_line(inv->report, "NUMA node", "%d, CPUs %s",
			    t->pci.numa_node, cpus ? cpus : "not known");
}

static void describe_place(struct report *r, const struct target *t)
{
	describe_fact(r, t, "Driver", PCI_FACT_DRIVER, t->pci.driver);
	if (t->pci.iommu_group >= 0)
		report_line(r, "IOMMU group", "%d", t->pci.iommu_group);
	else
		describe_fact(r, t, "IOMMU group", PCI_FACT_GROUP, "");
	if (t->pci.cdev[0])
		report_line(r, "Device node", "%s", t->pci.cdev);
}

/* Ask the kernel too, where it can be asked. */
static void ask_kernel(struct invocation *inv, struct target *t,
		       struct error *why_not)
{
	*why_not = (struct error){ .kind = ERR_NONE };
	if ((t->cap_known && !t->cap.offset) ||
	    !pci_source_is_live(inv->source))
		return; /* there is nothing, or nobody, to ask */
	open_target(inv, t, &inv->settings.access, why_not);
}

static void describe_kernel(struct invocation *inv, const struct target *t,
			    const struct error *why_not)
{
	bool asked =
		t->open && !inv->settings.dry_run && why_not->kind == ERR_NONE;

	const struct tph_layout *layout = asked ? t->tph.layout : NULL;

	report_string(inv->report, "abi", asked ? t->tph.abi->name : NULL);
	report_string(inv->report, "abi_revision",
		      layout ? layout->name : NULL);
	if (layout)
		report_line(inv->report, "Kernel",
			    "TPH interface '%s', layout %s", t->tph.abi->name,
			    layout->name);
	else if (asked)
		report_line(inv->report, "Kernel", "TPH interface '%s'",
			    t->tph.abi->name);
	else if (why_not->kind != ERR_NONE)
		report_line(inv->report, "Kernel", "not asked");
}

/* Reading is no reason to fail when the kernel cannot be asked: a note. */
static int finish(struct target *t, const struct error *why_not,
		  struct error *err)
{
	int r = target_check_tph(t, err);

	if (r)
		return r;
	if (why_not->kind != ERR_NONE) {
		message_note(t->pci.address,
			     "from config space alone; the kernel was not "
			     "asked: %s",
			     why_not->message);
		return 0;
	}
	return t->open ? target_check_agreement(t, err) : 0;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct target *t = visit->target;
	struct error why_not;
	int r;

	ask_kernel(inv, t, &why_not);
	target_read_express(t);
	describe_device(inv->report, t);
	describe_heading(inv->report, t);
	describe_place(inv->report, t);
	describe_node(inv, t);
	describe_capability(inv->report, t);
	describe_state(inv->report, t);
	describe_kernel(inv, t, &why_not);
	r = finish(t, &why_not, err);
	plan_tell(inv);
	return r;
}

const struct command cmd_cap = {
	.name = "cap",
	.examples = "  vfio-tph cap 3b:00.0\n"
		    "  vfio-tph cap --json 8086:0b25\n",
	.words = "DEVICE...",
	.summary = "Show what a device, its Root Port and the kernel can do",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL,
	.look = PCI_DEVICE_NAME | PCI_DEVICE_CDEV,
	.act = act,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iommu: what the IOMMU of a device is, and which page tables it has. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "core/pci/ats_cap.h"
#include "core/vfio/iommu_probe.h"
#include "uapi/iommufd.h"
#include "core/base/compat.h"

/* It needs iommufd; the ABI of TPH it does not. */
static const struct target_access access_iommufd = { .via = VFIO_VIA_IOMMUFD,
						     .fd = -1 };

static const struct option_def *const options[] = { NULL };

static void describe_type(struct report *r, uint32_t type)
{
	const char *name = iommufd_type_name(type);

	report_number(r, "type", type);
	report_string(r, "name", name);
	if (name)
		report_line(r, "IOMMU", "%s", name);
	else
		report_line(r, "IOMMU", "type %u", type);
}

/* The word of a capability bit; one that is not known is "bit-N". */
static void capability_word(unsigned int bit, char word[16])
{
	static const char *const words[] = { "dirty-tracking", "pasid-exec",
					     "pasid-priv", "no-ats" };

	if (bit < sizeof(words) / sizeof(*words))
		snprintf(word, 16, "%s", words[bit]);
	else
		snprintf(word, 16, "bit-%u", bit);
}

static void describe_capabilities(struct report *r, uint64_t capabilities)
{
	char text[64 * 16] = "none", word[16];
	size_t used = 0;

	report_enter_array(r, "capabilities");
	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(capabilities >> bit & 1))
			continue;
		capability_word(bit, word);
		report_string(r, NULL, word);
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", used ? " " : "", word);
	}
	report_leave(r);
	report_line(r, "Capabilities", "%s", text);
}

static void describe_info(struct report *r, const struct iommufd_hw_info *info)
{
	bool dirty = info->capabilities & IOMMU_HW_CAP_DIRTY_TRACKING;

	describe_type(r, info->type);
	describe_capabilities(r, info->capabilities);
	report_bool(r, "dirty_tracking", dirty);
	report_line(r, "Dirty pages", "%s", dirty ? "tracked" : "not tracked");
	report_number(r, "pasid_width", info->pasid_width);
	if (info->pasid_width)
		report_line(r, "PASID width", "%u bits", info->pasid_width);
	else
		report_line(r, "PASID width", "none");
}

/* ATS has two sides: the device's capability, and what the IOMMU makes of it.
 */
static int describe_ats(struct report *r, struct target *t,
			const struct iommufd_hw_info *info, struct error *err)
{
	bool ruled_out =
		info->capabilities & IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED;
	/* Sysfs shows root alone what the open device shows everybody. */
	struct config_reader config = t->cap_known
					      ? pci_device_config(&t->pci)
					      : vfio_device_config(&t->vfio);
	struct ats_cap ats;
	int result = ats_cap_read(&config, &ats);

	if (result)
		return error_system(err, -result, "cannot read config space");
	report_enter(r, "ats");
	report_bool(r, "capability", ats.offset);
	report_bool(r, "enabled", ats.enabled);
	report_bool(r, "ruled_out", ruled_out);
	report_leave(r);
	report_line(r, "ATS", "%s, %s",
		    !ats.offset	  ? "no capability"
		    : ats.enabled ? "on"
				  : "off",
		    ruled_out ? "the kernel says it cannot be used"
			      : "not ruled out by the kernel");
	return 0;
}

/* A trial that failed for another reason than that there is no such thing. */
static int describe_trial(struct report *r, const char *key, const char *label,
			  const struct iommu_trial *trial, struct error *err)
{
	bool known = iommu_trial_tells(trial);

	report_enter(r, key);
	if (!known)
		report_null(r, "available");
	else
		report_bool(r, "available", trial->number == 0);
	report_string(r, "error",
		      trial->number ? errno_name(trial->number) : NULL);
	report_leave(r);
	if (!trial->tried)
		report_line(r, label, "not tried, there is no PASID width");
	else if (trial->number)
		report_line(r, label, "%s (%s)", known ? "no" : "not known",
			    errno_name(trial->number));
	else
		report_line(r, label, "yes");
	if (known || !trial->tried)
		return 0;
	return error_system(err, trial->number,
			    "cannot find out whether there is one of these: "
			    "%s",
			    label);
}

static int describe_trials(struct report *r, const struct iommu_probe *probe,
			   struct error *err)
{
	const struct {
		const char *key, *label;
		const struct iommu_trial *trial;
	} trials[] = {
		{ "nesting_parent", "Nesting", &probe->nesting_parent },
		{ "nesting_parent_pasid", "PASID parent",
		  &probe->nesting_parent_pasid },
		{ "fault_queue", "Fault queue", &probe->fault_queue },
	};
	int result = 0;

	for (size_t i = 0; i < sizeof(trials) / sizeof(*trials); i++) {
		struct error later;
		int now =
			describe_trial(r, trials[i].key, trials[i].label,
				       trials[i].trial, result ? &later : err);

		result = result ?: now;
	}
	return result;
}

static int describe(struct invocation *inv, struct target *t,
		    const struct iommu_probe *probe, struct error *err)
{
	struct report *r = inv->report;
	struct error later;
	int result = 0, trials;

	describe_device(r, t);
	report_heading(r, "%s %04x:%04x", t->pci.address, t->pci.vendor_id,
		       t->pci.device_id);
	if (!inv->settings.dry_run) {
		report_enter(r, "iommu");
		describe_info(r, &probe->info);
		result = describe_ats(r, t, &probe->info, err);
		trials = describe_trials(r, probe, result ? &later : err);
		result = result ?: trials;
		report_leave(r);
	}
	plan_tell(inv);
	return result;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct target *t = visit->target;
	struct iommu_probe probe;
	int r = target_open_vfio(t, &inv->vfio, &access_iommufd, err);

	if (r == -EBUSY) { /* --owner is not for us */
		error_hint(err, "%s", "");
		error_advise(err, ADVICE_NONE);
	}
	if (r == 0)
		r = iommu_probe(&inv->vfio.iommufd, t->vfio.dev_id, &probe,
				err);
	return r ? r : describe(inv, t, &probe, err);
}

const struct command cmd_iommu = {
	.name = "iommu",
	.examples = "  vfio-tph iommu 3b:00.0\n"
		    "  vfio-tph iommu --json all\n",
	.words = "DEVICE...",
	.summary = "Show what the IOMMU of a device has beside translation",
	.options = options,
	.takes = TAKES_VFIO | TAKES_PLURAL,
	.look = PCI_DEVICE_CDEV,
	.act = act,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/metrics.h"

#include "ui/openmetrics.h"
#include "uapi/vfio_pci_tph.h"
#include "version.h"

#define PREFIX "vfio_tph_"
#define DEVICE PREFIX "device_"

#define N_LABELS(labels) (sizeof(labels) / sizeof((labels)[0]))

/* What a family has of a device: one value, or -1: nothing. */
typedef long value_fn(const struct device_metrics *d);
/* Samples of its own in place of that value. */
typedef void tell_fn(FILE *out, const char *name,
		     const struct device_metrics *d);

static bool has_tph(const struct device_metrics *d)
{
	return d->target.cap_known && d->target.cap.offset;
}

static long success(const struct device_metrics *d)
{
	return d->success;
}

static long readable(const struct device_metrics *d)
{
	return d->target.cap_known;
}

static long reserved(const struct device_metrics *d)
{
	return has_tph(d)
		       ? d->target.control.requester == TPH_REQUESTER_RESERVED
		       : -1;
}

static long seen(const struct device_metrics *d)
{
	return d->seen ? 1 : -1;
}

static long enabled(const struct device_metrics *d)
{
	return has_tph(d) ? d->target.control.enabled : -1;
}

static long extended(const struct device_metrics *d)
{
	return has_tph(d)
		       ? d->target.control.requester == TPH_REQUESTER_EXTENDED
		       : -1;
}

static long table_entries(const struct device_metrics *d)
{
	return has_tph(d) ? (long)d->target.cap.table_size : -1;
}

static long programmed(const struct device_metrics *d)
{
	return d->programmed;
}

static long vectors(const struct device_metrics *d)
{
	return d->vectors;
}

static long held(const struct device_metrics *d)
{
	const struct target *t = &d->target;

	if (!d->seen || (!t->owner.pid && t->pci.unknown & PCI_FACT_HOLDER))
		return -1;
	return t->owner.pid != 0;
}

static const char *completer(const struct target *t)
{
	return t->has_port && t->completer_known
		       ? tph_completer_name(t->completer)
		       : NULL;
}

/* Empty is none, or not known. */
static void tell_info(FILE *out, const char *name,
		      const struct device_metrics *d)
{
	const struct target *t = &d->target;
	const struct pci_device *pci = &t->pci;
	char vendor[16] = "", device[16] = "", node[16] = "", group[16] = "";
	char port[BDF_LENGTH] = "";
	const struct metric_label labels[] = {
		{ "address", pci->address },
		{ "vendor_id", vendor },
		{ "device_id", device },
		{ "name", pci->name },
		{ "driver", pci->driver },
		{ "numa_node", node },
		{ "iommu_group", group },
		{ "root_port", port },
		{ "completer", completer(t) },
		{ "table",
		  has_tph(d) ? tph_location_name(t->cap.location) : NULL },
	};

	if (!(pci->unknown & PCI_FACT_IDS)) {
		snprintf(vendor, sizeof(vendor), "0x%04x", pci->vendor_id);
		snprintf(device, sizeof(device), "0x%04x", pci->device_id);
	}
	if (pci->numa_node >= 0)
		snprintf(node, sizeof(node), "%d", pci->numa_node);
	if (pci->iommu_group >= 0)
		snprintf(group, sizeof(group), "%d", pci->iommu_group);
	if (pci->below_port)
		bdf_format(&pci->port, port);
	openmetrics_sample(out, name, labels, N_LABELS(labels), 1);
}

/* One sample a mode: whether it is among these. */
static void tell_modes(FILE *out, const char *name,
		       const struct device_metrics *d, unsigned int modes)
{
	for (unsigned int mode = 1; mode <= VFIO_PCI_TPH_MODE_DS; mode <<= 1) {
		const struct metric_label labels[] = {
			{ "address", d->target.pci.address },
			{ "mode", tph_mode_name(mode) },
		};

		openmetrics_sample(out, name, labels, N_LABELS(labels),
				   (modes & mode) != 0);
	}
}

static void tell_supported(FILE *out, const char *name,
			   const struct device_metrics *d)
{
	tell_modes(out, name, d, d->target.cap.modes);
}

static void tell_mode(FILE *out, const char *name,
		      const struct device_metrics *d)
{
	const struct tph_control *control = &d->target.control;

	tell_modes(out, name, d, control->enabled ? control->mode : 0);
}

static const struct family {
	const char *name, *help;
	value_fn *value;
	tell_fn *tell;
} families[] = {
	{ DEVICE "scrape_success",
	  "Whether everything about the device could be read.", success, NULL },
	{ DEVICE "readable",
	  "Whether the extended configuration space of the device can be read.",
	  readable, NULL },
	{ DEVICE "info", "What the device is and where; always 1.", seen,
	  tell_info },
	{ DEVICE "mode_supported", "Whether the device has this TPH mode.",
	  enabled, tell_supported },
	{ DEVICE "enabled", "Whether TPH is on.", enabled, NULL },
	{ DEVICE "mode_enabled", "Whether TPH is on in this mode.", enabled,
	  tell_mode },
	{ DEVICE "extended_tags_enabled",
	  "Whether TPH is on with tags of 16 bits.", extended, NULL },
	{ DEVICE "requester_reserved",
	  "Whether what is enabled is the reserved requester.", reserved,
	  NULL },
	{ DEVICE "table_entries", "Entries that the ST table has.",
	  table_entries, NULL },
	{ DEVICE "table_entries_programmed",
	  "Entries of the ST table that hold a steering tag. Only of a table "
	  "in the TPH capability: one in the MSI-X table cannot be seen.",
	  programmed, NULL },
	{ DEVICE "vectors_allocated",
	  "MSI-X vectors that are allocated through VFIO.", vectors, NULL },
	{ DEVICE "held", "Whether a process holds the VFIO device.", held,
	  NULL },
};

static void write_family(FILE *out, const struct family *family,
			 const struct metrics *metrics)
{
	bool begun = false;

	for (size_t i = 0; i < metrics->n; i++) {
		const struct device_metrics *d = &metrics->devices[i];
		const struct metric_label address = { "address",
						      d->target.pci.address };
		long value = family->value(d);

		/* A family without a sample is not begun. */
		if (value < 0)
			continue;
		if (!begun)
			openmetrics_gauge(out, family->name, family->help);
		begun = true;
		if (family->tell)
			family->tell(out, family->name, d);
		else
			openmetrics_sample(out, family->name, &address, 1,
					   (unsigned long)value);
	}
}

void metrics_write(FILE *out, const struct metrics *metrics)
{
	static const struct metric_label version = { "version",
						     VFIO_TPH_VERSION };

	openmetrics_gauge(out, PREFIX "build_info",
			  "The version of vfio-tph; always 1.");
	openmetrics_sample(out, PREFIX "build_info", &version, 1, 1);
	openmetrics_gauge(out, PREFIX "functions_unreadable",
			  "PCI functions whose extended configuration space "
			  "could not be read.");
	openmetrics_sample(out, PREFIX "functions_unreadable", NULL, 0,
			   metrics->unreadable);
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		write_family(out, &families[i], metrics);
	openmetrics_end(out);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way of a hint: switches, and the Root Port that must complete TPH. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/pci/path.h"

/* The way through the bridges, as the link in sysfs has it. */
static void see_bridges(const struct doctor *d, struct finding *f)
{
	_cleanup_free_ struct bdf *bridges = NULL;
	char place[PCI_PLACE_SIZE], text[PCI_BRIDGES_MAX * BDF_LENGTH] = "";
	char address[BDF_LENGTH];
	struct error err;
	size_t n, used = 0;

	pci_source_place(d->source, &d->target->pci.bdf, "", place);
	if (pci_path_bridges(&d->target->pci, &bridges, &n, &err)) {
		finding_see(f, place, "%s", err.message);
		return;
	}
	for (size_t i = 0; i < n && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i ? "/" : "",
					 bdf_format(&bridges[i], address));
	if (!n)
		snprintf(text, sizeof(text), "%s",
			 d->target->pci.unknown & PCI_FACT_PORT
				 ? "none above it"
				 : "below no bridge");
	finding_see(f, place, "%s", text);
}

void check_root_port(struct doctor *d, struct finding *f)
{
	const struct target *t = d->target;
	char address[BDF_LENGTH];

	see_bridges(d, f);
	if (t->has_port) {
		bdf_format(&t->pci.port, address);
		finding_ok(f, "it is below the Root Port %s", address);
		return;
	}
	if (t->express.integrated) {
		finding_warn(f, "it is an integrated endpoint: kernels before "
				"7.1, 7.0.y or 6.18.33 do not enable TPH, and "
				"none has steering tags of CPUs for it");
		return;
	}
	if (t->pci.unknown & PCI_FACT_PORT) {
		check_skip_unseen(d, f);
		return;
	}
	finding_fail(f, ERR_NO_COMPLETER,
		     "there is no Root Port above it to complete TPH");
	finding_advise(f, ADVICE_SHOW_TREE);
}

static void see_port(const struct doctor *d, struct finding *f,
		     const struct bdf *bdf, const struct pci_port *port)
{
	if (port->offset)
		check_see_config(d, f, bdf, port->offset, port->capabilities2);
}

void check_completer(struct doctor *d, struct finding *f)
{
	const struct target *t = d->target;
	char address[BDF_LENGTH];
	struct pci_port port;

	if (t->express.integrated) {
		finding_skip(f, "an integrated endpoint has no Root Port");
		return;
	}
	bdf_format(&t->pci.port, address);
	if (!t->has_port) {
		check_skip_unseen(d, f);
		return;
	}
	if (!t->completer_known) {
		check_skip_bridge(d, f, &t->pci.port);
		return;
	}
	if (pci_path_port(t->pci.source, &t->pci.port, &port) == 0)
		see_port(d, f, &t->pci.port, &port);
	if (t->completer == TPH_COMPLETER_NONE) {
		finding_fail(f, ERR_NO_COMPLETER,
			     "its Root Port %s does not complete TPH", address);
		finding_advise(f, ADVICE_OTHER_PORT);
	} else {
		finding_ok(f, "%s completes TPH%s: tags of %s bits", address,
			   t->completer == TPH_COMPLETER_EXTENDED
				   ? " and extended TPH"
				   : "",
			   t->completer == TPH_COMPLETER_EXTENDED &&
					   t->cap.extended
				   ? "16"
				   : "8");
	}
}

/* What is wrong with a port on the way, or NULL. */
static const char *fault_of(const struct target *t, const struct pci_port *port)
{
	if (!port->routes)
		return "is not a port of a PCI Express switch";
	if (!port->prefixes && t->cap.extended &&
	    t->completer == TPH_COMPLETER_EXTENDED)
		return "does not pass on TLP prefixes, which carry 16-bit "
		       "tags";
	return NULL;
}

/*
 * A switch routes what it gets, hints and all; but upper tag bits travel in
 * a prefix that an older one may refuse (PCIe 6.0, 2.2.10.4 and 7.5.3.15).
 * The kernel does not look.
 */
void check_switches(struct doctor *d, struct finding *f)
{
	const struct target *t = d->target;
	_cleanup_free_ struct bdf *bridges = NULL;
	char address[BDF_LENGTH];
	struct error err;
	size_t n;

	if (!t->has_port) {
		check_skip_unseen(d, f);
		return;
	}
	if (pci_path_bridges(&t->pci, &bridges, &n, &err)) {
		finding_skip(f, "%.500s", err.message);
		return;
	}
	see_bridges(d, f);
	finding_ok(f,
		   n > 1 ? "%zu ports of switches on the way pass tags on"
			 : "no switch is on the way",
		   n - 1);
	for (size_t i = 1; i < n; i++) {
		const char *fault;
		struct pci_port port;

		bdf_format(&bridges[i], address);
		if (pci_path_port(t->pci.source, &bridges[i], &port)) {
			check_skip_bridge(d, f, &bridges[i]);
			return;
		}
		see_port(d, f, &bridges[i], &port);
		fault = fault_of(t, &port);
		if (!fault)
			continue;
		finding_warn(f, "%s on the way %s", address, fault);
		finding_next(f, "put it into a slot without that switch, if "
				"data does not arrive or errors are counted");
		return;
	}
}

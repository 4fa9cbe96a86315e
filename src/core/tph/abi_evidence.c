/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/abi_evidence.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/sysfs.h"
#include "core/pci/device.h"
#include "core/tph/abi_layouts.h"

/* In the order in which they are gone by. */
static const struct parameter {
	const char *name;
	const struct tph_layout *layout;
	enum tph_abi_evidence kind;
	bool is_gate;
	bool own; /* it speaks for the drivers of its module alone */
} parameters[] = {
	{ .name = "abi", .kind = TPH_ABI_NAMED, .own = true },
	{ "enable_unsafe_tph_ds_mode", &tph_layout_v8, TPH_ABI_OFFERED,
	  .is_gate = true },
	{ "enable_unsafe_tph_ds", &tph_layout_v1, TPH_ABI_OFFERED,
	  .is_gate = true },
	{ .name = "enable_unsafe_tph", .kind = TPH_ABI_FEATURE },
	{ .name = "tph", .kind = TPH_ABI_TPH_POLICY },
};

#define N_PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

/* The driver's module, then vfio_pci. Returns how many, or -errno as well. */
static int find_modules(const struct pci_device *dev, char own[64],
			const char *modules[2])
{
	int r = pci_device_module(dev, own, 64);

	modules[0] = r ? NULL : own;
	modules[1] = r || strcmp(own, "vfio_pci") != 0 ? "vfio_pci" : NULL;
	return r == -ENOENT ? 0 : r; /* the driver is built in */
}

/* Returns 1, 0 or -errno. */
static int look(const char *module, const struct parameter *p,
		struct tph_evidence *e)
{
	long n;

	snprintf(e->path, sizeof(e->path), "/sys/module/%s/parameters/%s",
		 module, p->name);
	if (access(e->path, F_OK))
		return errno == ENOENT ? 0 : -errno;
	n = sysfs_read(e->path, e->value, sizeof(e->value));
	if (n < 0)
		e->value[0] = '\0';
	e->kind = p->kind;
	e->layout = p->layout;
	if (p->kind != TPH_ABI_NAMED)
		return 1;
	if (n < 0)
		return (int)n;
	e->layout = tph_layout_find(e->value);
	return e->layout != NULL;
}

/* Only a kernel of that family has it; others than root do not see it. */
static bool has_policy(const struct pci_device *dev, struct tph_evidence *e)
{
	const char *name = strrchr(dev->cdev, '/');

	if (!name)
		return false;
	snprintf(e->path, sizeof(e->path),
		 "/sys/kernel/debug/vfio%s/tph_policy", name);
	if (access(e->path, F_OK))
		return false;
	e->kind = TPH_ABI_TPH_POLICY;
	if (sysfs_read(e->path, e->value, sizeof(e->value)) < 0)
		e->value[0] = '\0';
	return true;
}

int tph_evidence_look(const struct pci_device *dev,
		      struct tph_evidence *evidence)
{
	const char *modules[2];
	char own[64];
	int unseen = find_modules(dev, own, modules);

	for (size_t i = 0; i < N_PARAMETERS; i++) {
		for (size_t k = 0; k < 2; k++) {
			int r;

			*evidence =
				(struct tph_evidence){ .kind = TPH_ABI_SILENT };
			if (!modules[k] || (parameters[i].own && k > 0))
				continue;
			r = look(modules[k], &parameters[i], evidence);
			if (r > 0)
				return 0;
			if (r < 0)
				unseen = r;
		}
	}
	*evidence = (struct tph_evidence){ .kind = TPH_ABI_SILENT };
	if (has_policy(dev, evidence))
		return 0;
	snprintf(evidence->path, sizeof(evidence->path),
		 "/sys/module/%s/parameters",
		 modules[0] ? modules[0] : "vfio_pci");
	return unseen;
}

int tph_evidence_gate(const struct pci_device *dev, char *path, size_t size)
{
	const char *modules[2];
	char own[64];
	int unseen = find_modules(dev, own, modules);

	for (size_t i = 0; i < N_PARAMETERS; i++) {
		for (size_t k = 0; k < 2; k++) {
			struct tph_evidence e;
			int r;

			if (!modules[k] || !parameters[i].is_gate)
				continue;
			r = look(modules[k], &parameters[i], &e);
			snprintf(path, size, "%s", e.path);
			if (r > 0)
				return 1;
			if (r < 0)
				unseen = r;
		}
	}
	snprintf(path, size, "/sys/module/%s/parameters",
		 modules[0] ? modules[0] : "vfio_pci");
	return unseen;
}

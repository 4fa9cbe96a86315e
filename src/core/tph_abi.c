/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph_abi.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/pci_device.h"
#include "core/sysfs.h"

#define X(name) &tph_abi_##name,
static const struct tph_abi *const families[] = { TPH_ABI_FAMILIES(X) };
#undef X

#define N_FAMILIES (sizeof(families) / sizeof(families[0]))

static const struct tph_abi *find(const char *name)
{
	for (size_t i = 0; i < N_FAMILIES; i++)
		if (strcmp(families[i]->name, name) == 0)
			return families[i];
	return NULL;
}

/*
 * Later proposals carry TPH through VFIO_DEVICE_FEATURE and the config
 * region. Their parameters tell them apart; their numbers are not settled,
 * so the tool can say that much and nothing more.
 */
static bool is_later_family(const char *module)
{
	static const char *const parameters[] = { "tph", "enable_unsafe_tph" };

	return sysfs_module_has(module, parameters,
				sizeof(parameters) / sizeof(*parameters));
}

static int no_abi(const struct pci_device *dev, struct error *err)
{
	error_set(err, ERR_NO_ABI, ENOTTY,
		  "this kernel's driver %s has no TPH interface", dev->driver);
	error_hint(err, "the driver tph-vfio-pci that comes with vfio-tph "
			"provides it: driverctl set-override %s tph-vfio-pci",
		   dev->address);
	return -ENOTTY;
}

static int unknown_abi(const struct pci_device *dev, const char *what,
		       struct error *err)
{
	error_set(err, ERR_UNKNOWN_ABI, EINVAL,
		  "the driver %s has a TPH interface of a revision that "
		  "vfio-tph does not know (%s)",
		  dev->driver, what);
	return -EINVAL;
}

int tph_abi_choose(const struct pci_device *dev, int fd, struct io *io,
		   const char *forced, struct tph_handle *handle,
		   struct error *err)
{
	char module[64] = "";
	bool evidence;
	int r;

	*handle = (struct tph_handle){ .abi = &tph_abi_ioctl,
				       .io = io,
				       .fd = fd };
	if (forced) {
		handle->abi = find(forced);
		return 0;
	}
	if (pci_device_module(dev, module, sizeof(module)))
		snprintf(module, sizeof(module), "vfio_pci");
	evidence = handle->abi->offered_by(module) ||
		   handle->abi->offered_by("vfio_pci");
	if (!evidence &&
	    (is_later_family(module) || is_later_family("vfio_pci")))
		return unknown_abi(dev, "a later proposal", err);
	r = handle->abi->probe(handle, evidence);
	if (r == -ENOTTY)
		return no_abi(dev, err);
	if (r == -EINVAL) {
		unknown_abi(dev, "the probe got EINVAL", err);
		error_hint(err, "if you know that it is the ioctl with an "
				"operation word, say --abi ioctl; on the "
				"proposal of 2025 that would switch TPH on");
		return -EINVAL;
	}
	if (r)
		return error_system(err, -r, "cannot probe the TPH interface");
	return 0;
}

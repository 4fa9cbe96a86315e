/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/abi.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/pci/device.h"
#include "core/base/sysfs.h"

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

int tph_abi_has_one_of(const char *module, const char *const *parameters,
		       size_t n, char *path, size_t size)
{
	int unseen = 0;

	for (size_t i = 0; i < n; i++) {
		snprintf(path, size, "/sys/module/%s/parameters/%s", module,
			 parameters[i]);
		if (access(path, F_OK) == 0)
			return 1;
		if (errno != ENOENT)
			unseen = -errno;
	}
	return unseen;
}

/*
 * Later proposals carry TPH through VFIO_DEVICE_FEATURE and the config
 * region. Their parameters tell them apart; their numbers are not settled,
 * so the tool can say that much and nothing more.
 */
static int is_later_family(const char *module, char *path, size_t size)
{
	static const char *const parameters[] = { "tph", "enable_unsafe_tph" };

	return tph_abi_has_one_of(module, parameters, 2, path, size);
}

int tph_abi_look(const struct pci_device *dev, char *path, size_t size)
{
	const struct {
		int (*offered_by)(const char *module, char *path, size_t size);
		enum tph_abi_evidence evidence;
	} looks[] = {
		{ tph_abi_ioctl.offered_by, TPH_ABI_OFFERED },
		{ is_later_family, TPH_ABI_LATER },
	};
	char module[64];
	const char *modules[] = { module, "vfio_pci" };
	int unseen = pci_device_module(dev, module, sizeof(module));

	if (unseen)
		snprintf(module, sizeof(module), "vfio_pci");
	if (unseen == -ENOENT)
		unseen = 0; /* the driver is built in */
	for (size_t i = 0; i < 4; i++) {
		int r = looks[i / 2].offered_by(modules[i % 2], path, size);

		if (r > 0)
			return (int)looks[i / 2].evidence;
		if (r < 0)
			unseen = r;
	}
	snprintf(path, size, "/sys/module/%s/parameters", module);
	return unseen ? unseen : TPH_ABI_SILENT;
}

static int no_abi(const struct pci_device *dev, struct error *err)
{
	error_set(err, ERR_NO_ABI, ENOTTY,
		  "this kernel's driver %s has no TPH interface", dev->driver);
	error_advise(err, ADVICE_BIND_OUR_DRIVER);
	return -ENOTTY;
}

static int unknown_abi(const struct pci_device *dev, const char *what,
		       struct error *err)
{
	error_set(err, ERR_UNKNOWN_ABI, EINVAL,
		  "the driver %s has a TPH interface of a revision that "
		  "%s does not know (%s)",
		  dev->driver, program_invocation_short_name, what);
	return -EINVAL;
}

int tph_abi_choose(const struct pci_device *dev, int fd, struct io *io,
		   const char *forced, struct tph_handle *handle,
		   struct error *err)
{
	char path[160];
	int evidence, r;

	*handle = (struct tph_handle){ .abi = &tph_abi_ioctl,
				       .io = io,
				       .fd = fd };
	if (forced) {
		handle->abi = find(forced);
		return 0;
	}
	evidence = tph_abi_look(dev, path, sizeof(path));
	if (evidence == TPH_ABI_LATER)
		return unknown_abi(dev, "a later proposal", err);
	r = handle->abi->probe(handle, evidence == TPH_ABI_OFFERED);
	if (r == -ENOTTY)
		return no_abi(dev, err);
	if (r == -EINVAL) {
		unknown_abi(dev, "the probe got EINVAL", err);
		error_advise(err, ADVICE_NAME_FAMILY);
		return -EINVAL;
	}
	if (r)
		return error_system(err, -r, "cannot probe the TPH interface");
	return 0;
}

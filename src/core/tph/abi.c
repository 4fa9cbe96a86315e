/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/abi.h"

#include <errno.h>

#include "core/pci/device.h"
#include "core/tph/abi_evidence.h"
#include "core/tph/abi_layouts.h"

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

/* Their numbers are not settled: of these families no more can be said. */
static int later_abi(const struct pci_device *dev,
		     const struct tph_evidence *evidence, struct error *err)
{
	unknown_abi(dev, "a later proposal", err);
	error_append(err, ": %s%s%s%s", evidence->path,
		     evidence->value[0] ? " is " : " is there", evidence->value,
		     evidence->kind == TPH_ABI_TPH_POLICY
			     ? ", as of now; a bound device keeps the value "
			       "of its binding"
			     : "");
	return -EINVAL;
}

int tph_abi_choose(const struct pci_device *dev, int fd, struct io *io,
		   const char *forced, struct tph_handle *handle,
		   struct error *err)
{
	struct tph_evidence evidence;
	bool known;
	int r;

	*handle = (struct tph_handle){
		.abi = &tph_abi_ioctl, .io = io, .fd = fd, .cut_cpu = -1
	};
	if (forced) {
		handle->named = tph_layout_find(forced);
		return 0;
	}
	tph_evidence_look(dev, &evidence);
	if (evidence.kind == TPH_ABI_FEATURE ||
	    evidence.kind == TPH_ABI_TPH_POLICY)
		return later_abi(dev, &evidence, err);
	known = evidence.kind != TPH_ABI_SILENT;
	if (evidence.kind == TPH_ABI_NAMED)
		handle->named = evidence.layout;
	else
		handle->hint = evidence.layout;
	r = handle->abi->probe(handle, known);
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

int tph_abi_settle(struct tph_handle *handle, const struct pci_device *dev,
		   unsigned int modes, bool table, struct error *err)
{
	struct tph_abi_cap *cap = &handle->cap;
	const struct tph_layout *layout;

	if (handle->abi->get_cap(handle) || !handle->has_cap)
		return 0;
	layout = tph_layout_tell(
		&(struct tph_layout_look){ .modes = modes,
					   .table = table,
					   .bits = cap->bits,
					   .byte1 = cap->byte1 },
		handle->named, handle->hint);
	if (!layout) {
		unknown_abi(dev, "its GET_CAP does not fit config space", err);
		error_append(err,
			     ": modes 0x%x, table flag %u; config space has "
			     "modes 0x%x, %s",
			     cap->bits, cap->byte1, modes,
			     table ? "a table" : "no table");
		if (handle->named)
			error_append(err, "; not of layout %s as named",
				     handle->named->name);
		return -EINVAL;
	}
	handle->layout = layout;
	cap->modes = tph_layout_modes(layout, cap->bits);
	cap->table = layout->tells_table ? cap->byte1 : cap->table_size;
	return 0;
}

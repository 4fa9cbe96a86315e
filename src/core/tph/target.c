/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/target.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/compat.h"
#include "core/owner/borrow.h"
#include "core/owner/scan.h"
#include "core/tph/abi_layouts.h"
#include "core/tph/msix.h"

struct config_reader target_config(struct target *target)
{
	return target->through_vfio ? vfio_device_config(&target->vfio)
				    : pci_device_config(&target->pci);
}

static int read_cap(struct target *target, struct error *err)
{
	struct config_reader config = target_config(target);
	int r = tph_cap_read(&config, &target->cap);

	if (r == 0 && target->cap.offset)
		r = tph_control_read(&config, &target->cap, &target->control);
	if (r == -ENODEV)
		return error_set(err, ERR_NOT_FOUND, ENODEV, "no such device");
	if (r && r != -EPERM && r != -ENXIO)
		return error_system(err, -r, "cannot read config space");
	target->cap_known = r == 0;
	target->silent = r == -ENXIO;
	return 0;
}

static void read_completer(struct target *target)
{
	int r;

	if (!target->pci.below_port)
		return;
	r = pci_source_completer(target->pci.source, &target->pci.port,
				 &target->completer);
	target->has_port = r != -ENODEV;
	target->completer_known = r == 0;
}

void target_read_express(struct target *target)
{
	struct config_reader config = target_config(target);

	if (target->express_known || !target->cap_known || !target->cap.offset)
		return;
	target->express_known =
		tph_express_read(&config, &target->cap, &target->express) == 0;
}

int target_glance(struct pci_source *source, const struct bdf *bdf,
		  struct target *target, struct error *err)
{
	int r;

	*target = (struct target){ .vfio = { .fd = -1 } };
	r = pci_device_begin(source, bdf, &target->pci, err);
	if (r == 0)
		r = read_cap(target, err);
	if (r)
		target_close(target);
	return r;
}

int target_fill(struct target *target, unsigned int what, struct error *err)
{
	int r = pci_device_fill(&target->pci, what, err);

	if (r == 0)
		read_completer(target);
	/* Is it one that needs none? */
	if (r == 0 && !target->has_port)
		target_read_express(target);
	return r;
}

int target_look(struct pci_source *source, const struct bdf *bdf,
		unsigned int what, struct target *target, struct error *err)
{
	int r = target_glance(source, bdf, target, err);

	if (r)
		return r;
	r = target_fill(target, what, err);
	if (r)
		target_close(target);
	return r;
}

static int borrow(struct target *target, struct io *io,
		  const struct target_access *access, struct error *err)
{
	int fd = owner_borrow(&target->pci, access->pid, access->fd,
			      &target->owner, &target->proved, err);

	if (fd < 0)
		return fd;
	vfio_device_borrow(&target->vfio, io, fd);
	target->borrowed = true;
	return 0;
}

/* A dry run opens nothing, but can see that the real run could not. */
static int check_not_held(const struct target *target, struct error *err)
{
	struct owner owner;

	if (owner_find(&target->pci, &owner) <= 0)
		return 0;
	error_set(err, ERR_BUSY, EBUSY, "held by %s (pid %d)", owner.command,
		  owner.pid);
	error_advise(err, ADVICE_ACT_ON_HOLDER);
	return -EBUSY;
}

int target_open_vfio(struct target *target, struct vfio_context *context,
		     const struct target_access *access, struct error *err)
{
	bool attach = access->iommu.kind != IOMMU_UNATTACHED;
	bool borrows = access->owner || access->pid;
	int r;

	context->io->device = target->pci.address;
	if (borrows)
		r = borrow(target, context->io, access, err);
	else
		r = vfio_device_open(context, &target->pci,
				     attach ? VFIO_VIA_IOMMUFD : access->via,
				     &target->vfio, err);
	if (r == 0 && !borrows && target->vfio.fd < 0)
		r = check_not_held(target, err);
	if (r == 0 && !borrows && attach)
		r = vfio_device_attach(&target->vfio, context, &target->pci,
				       &access->iommu, err);
	target->open = r == 0;
	return r;
}

int target_open(struct target *target, struct vfio_context *context,
		const struct target_access *access, struct error *err)
{
	int r = target_open_vfio(target, context, access, err);

	if (r)
		return r;
	r = tph_abi_choose(&target->pci, target->vfio.fd, context->io,
			   access->abi, &target->tph, err);
	/* Its holder has it open still, while it is being unbound. */
	if (r && err->kind == ERR_NO_ABI && !target->pci.driver[0])
		r = vfio_device_not_bound(&target->pci, err);
	if (r == 0 && !target->cap_known && target->vfio.fd >= 0) {
		target->through_vfio = true;
		r = read_cap(target, err);
		if (!target->has_port)
			target_read_express(target);
	} else if (r == 0 && target->cap_known && target->vfio.fd >= 0) {
		/* Opening may have changed what was read before it. */
		r = target_read_control(target, err);
	}
	target->before = target->control;
	if (r == 0 && target->cap_known && target->cap.offset)
		r = tph_abi_settle(&target->tph, &target->pci,
				   target->cap.modes,
				   target->cap.location != TPH_TABLE_NONE, err);
	return r;
}

void target_close(struct target *target)
{
	vfio_device_close(&target->vfio);
	target->open = false;
	pci_device_close(&target->pci);
}

/* What the register would be, had the calls been issued. */
static struct tph_control pretended_control(const struct target *target)
{
	const struct tph_pretended *pretended = &target->tph.pretended;
	bool extended = target->cap.extended &&
			target->completer == TPH_COMPLETER_EXTENDED;

	if (!pretended->enabled)
		return (struct tph_control){ .requester = TPH_REQUESTER_OFF };
	return (struct tph_control){
		.enabled = true,
		.mode = pretended->mode,
		.requester =
			extended ? TPH_REQUESTER_EXTENDED : TPH_REQUESTER_TPH,
	};
}

int target_read_control(struct target *target, struct error *err)
{
	struct config_reader config = target_config(target);
	int r = 0;

	if (target->tph.pretended.control)
		target->control = pretended_control(target);
	else if (target->cap.offset)
		r = tph_control_read(&config, &target->cap, &target->control);
	if (r)
		return error_system(err, -r,
				    "cannot read the TPH control register");
	return 0;
}

int target_read_tags(struct target *target, unsigned int first, unsigned int n,
		     uint16_t *tags, struct error *err)
{
	struct config_reader config = target_config(target);
	int r;

	if (target->cap.location == TPH_TABLE_MSIX)
		return msix_read_tags(&target->vfio, &target->cap, first, n,
				      tags, err);
	r = tph_table_read(&config, &target->cap, first, n, tags);
	if (r)
		return error_system(err, -r, "cannot read the ST table");
	return 0;
}

const char *target_why_unseen(const struct target *target,
			      char why[TARGET_WHY_SIZE])
{
	const struct pci_source *source = target->pci.source;
	char state[16];

	if (!target->silent) {
		snprintf(why, TARGET_WHY_SIZE, "%s",
			 pci_source_unseen(source)->why);
		return why;
	}
	pci_source_power_state(source, &target->pci.bdf, state, sizeof(state));
	snprintf(why, TARGET_WHY_SIZE, "the device does not answer%s%s",
		 strncmp(state, "D3", 2) == 0 ? ": " : "",
		 strncmp(state, "D3", 2) == 0 ? state : "");
	return why;
}

int target_check_tph(const struct target *target, struct error *err)
{
	const struct pci_unseen *unseen;
	char why[TARGET_WHY_SIZE];

	if (target->silent)
		return error_set(
			err, ERR_REFUSED, ENXIO,
			"whether it has a TPH capability is not known: "
			"%s",
			target_why_unseen(target, why));
	if (!target->cap_known) {
		unseen = pci_source_unseen(target->pci.source);
		error_set(err, unseen->kind, unseen->number,
			  "%s its extended config space", unseen->cannot);
		error_hint(err, "%s", unseen->hint);
		return -unseen->number;
	}
	if (!target->cap.offset)
		return error_set(err, ERR_NO_TPH, EOPNOTSUPP,
				 "it has no TPH capability");
	return 0;
}

/*
 * The number of entries that GET_CAP may give. Whether v8 counts those of a
 * table in MSI-X is inferred: there it may be either.
 */
static bool is_size(const struct target *target, unsigned int size)
{
	const struct tph_layout *layout = target->tph.layout;

	if (target->cap.location == TPH_TABLE_CAPABILITY)
		return size == target->cap.table_size;
	return size == 0 ||
	       (target->cap.location == TPH_TABLE_MSIX && layout &&
		layout->counts_vectors && size == target->cap.table_size);
}

int target_check_agreement(struct target *target, struct error *err)
{
	const struct tph_abi_cap *said = &target->tph.cap;
	const struct tph_cap *read = &target->cap;
	int r = target->tph.abi->get_cap(&target->tph);

	if (r == -EOPNOTSUPP)
		return error_set(err, ERR_DISAGREE, EPROTO,
				 "config space shows a TPH capability, the "
				 "kernel says there is none");
	if (r)
		return error_system(err, -r,
				    "cannot get the capability from "
				    "the kernel");
	if (!target->tph.has_cap)
		return 0; /* a dry run */
	if (!target->tph.layout) {
		r = tph_abi_settle(&target->tph, &target->pci, read->modes,
				   read->location != TPH_TABLE_NONE, err);
		if (r)
			return r;
	}
	if (!is_size(target, said->table_size))
		return error_set(err, ERR_DISAGREE, EPROTO,
				 "config space shows an ST table in '%s' "
				 "(size %u), the kernel says %s (size %u)",
				 tph_location_name(read->location),
				 read->table_size,
				 said->table ? "there is one" : "there is none",
				 said->table_size);
	return 0;
}

/* What cannot be known has not ended. */
static bool has_ended(pid_t pid)
{
	_cleanup_close_ int pidfd = pidfd_open(pid, 0);
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	return pidfd < 0 ? errno == ESRCH : poll(&ended, 1, 0) > 0;
}

int target_check_holder(const struct target *target, int r, struct error *err)
{
	struct owner other;

	if (!target->borrowed || !target->owner.pid ||
	    !has_ended(target->owner.pid))
		return r;
	owner_look_anew();
	if (owner_find(&target->pci, &other))
		return r;
	error_set(err, ERR_OWNER_ENDED, ESRCH,
		  "%s (pid %d), which had it open, ended meanwhile: nothing of "
		  "the setting stays",
		  target->owner.command, target->owner.pid);
	err->tells_state = true;
	return -ESRCH;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One device that a command works on: what config space says of it, and,
 * once opened, the VFIO device and the TPH interface.
 */
#ifndef CORE_TPH_TARGET_H
#define CORE_TPH_TARGET_H

#include <stdbool.h>

#include "core/owner/find.h"
#include "core/pci/device.h"
#include "core/tph/abi.h"
#include "core/pci/tph_cap.h"
#include "core/vfio/device.h"

struct target {
	struct pci_device pci;

	/*
	 * From config space. Without the right to read it (see
	 * pci_device_config) cap_known is false until the device is open.
	 */
	bool cap_known;
	bool silent; /* it does not answer: config space is all ones */
	struct tph_cap cap;
	struct tph_control control;

	/* What it says of itself: read where it matters, or is shown. */
	bool express_known;
	struct tph_express express;

	/* Its Root Port. */
	bool has_port; /* there is one */
	bool completer_known;
	enum tph_completer completer;

	/* Once open. */
	bool open;
	bool borrowed;
	struct tph_control before; /* as it was found */
	struct owner owner;	   /* where borrowed */
	bool proved;		   /* it is the device, where borrowed */
	bool confirmed; /* the kernel has TPH on by its own account, too */
	struct vfio_device vfio;
	struct tph_handle tph;
	bool through_vfio; /* config space is read through vfio */
};

/* One that was not looked at yet: closing it does nothing. */
#define TARGET_NONE ((struct target){ .vfio = { .fd = -1 } })

/* How to open a target. */
struct target_access {
	enum vfio_via via;
	bool owner;		   /* borrow from whoever holds it */
	pid_t pid;		   /* borrow from this process; 0: not named */
	int fd;			   /* number of its descriptor, or -1 */
	const char *abi;	   /* family that was named, or NULL */
	struct iommu_choice iommu; /* of a device of its own */
};

/*
 * Look at a device without opening it; what: PCI_DEVICE_*. A device that has no
 * TPH capability is no error here (cap_known, and cap.offset 0). To be closed
 * in any case where this returned 0. Returns 0, or -errno with *err filled.
 */
int target_look(struct pci_source *source, const struct bdf *bdf,
		unsigned int what, struct target *target, struct error *err);

/*
 * The same in two steps, for looking at many: the capability and the control
 * register, for as few reads as it takes to see that there is none; then,
 * once that is of interest, the rest (what: PCI_DEVICE_*). A target whose
 * filling failed is still to be closed.
 */
int target_glance(struct pci_source *source, const struct bdf *bdf,
		  struct target *target, struct error *err);
int target_fill(struct target *target, unsigned int what, struct error *err);

/*
 * Open it, or borrow it, and attach it to what access says. In a dry run
 * nothing of its own is opened, but one that is held is ERR_BUSY. Returns 0,
 * or -errno with *err filled.
 */
int target_open_vfio(struct target *target, struct vfio_context *context,
		     const struct target_access *access, struct error *err);

/*
 * Open it, or borrow it, and choose the family of the ABI. In a dry run
 * nothing of its own is opened. Returns 0, or -errno with *err filled.
 */
int target_open(struct target *target, struct vfio_context *context,
		const struct target_access *access, struct error *err);

void target_close(struct target *target);

/*
 * A reader of its config space, through the open device where sysfs does not
 * show it. Valid as long as target, and until it is opened or closed.
 */
struct config_reader target_config(struct target *target);

/*
 * Read what the device says of itself, once. Known of one without a Root Port
 * already; where it cannot be read, it stays not known.
 */
void target_read_express(struct target *target);

/* Read the control register again. Returns 0, or -errno with *err filled. */
int target_read_control(struct target *target, struct error *err);

/*
 * Read n tags of the ST table, wherever it is, from index first on. A table
 * in MSI-X needs the open device. Returns 0, or -errno with *err filled.
 */
int target_read_tags(struct target *target, unsigned int first, unsigned int n,
		     uint16_t *tags, struct error *err);

/* Room for what target_why_unseen() writes. */
#define TARGET_WHY_SIZE 96

/* Why its capability is not known, in a few words. */
const char *target_why_unseen(const struct target *target,
			      char why[TARGET_WHY_SIZE]);

/* ERR_NO_TPH; ERR_REFUSED where it does not answer; the error of its source
 * where that is not known; 0 if it has. */
int target_check_tph(const struct target *target, struct error *err);

/*
 * After a change of a borrowed device: did the process end that held it, and
 * nobody else has it? Its setting ends with this process then. Returns r, or
 * -ESRCH with *err filled (ERR_OWNER_ENDED).
 */
int target_check_holder(const struct target *target, int r, struct error *err);

/* Does the kernel's GET_CAP say what config space says? Issues GET_CAP. */
int target_check_agreement(struct target *target, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Test-only: a VFIO driver that answers VFIO_DEVICE_PCI_TPH, layout v1, and
 * misbehaves as its parameters say. Written apart from the driver in
 * kernel/tph-vfio-pci on purpose: it checks as little as the proposal did.
 */
#ifndef TPH_LIAR_H
#define TPH_LIAR_H

#include <linux/types.h>
#include <linux/vfio_pci_core.h>

#include "vfio_pci_tph.h"

#define LIAR_OPS 5

/**
 * struct liar_ways - how an operation misbehaves; indexes are those of the ABI
 * @fail: errno that it gets instead of being done; negative: the positive
 *	number that it answers; 0: none
 * @fails: how often it fails so, after which it is honest; -1: always
 * @lie: it reports success and does nothing
 * @late: it waits so many milliseconds first, and not even SIGKILL ends that
 * @mode: ENABLE takes this mode bit in place of the one asked for; 0: that
 * @partial: GET_ST and SET_ST do only so many entries; -1: all
 * @partial_error: errno that they then get, with TPH off; 0: success
 */
struct liar_ways {
	int fail[LIAR_OPS];
	int fails;
	bool lie[LIAR_OPS];
	uint late[LIAR_OPS];
	uint mode;
	int partial;
	int partial_error;
};

extern struct liar_ways liar;

/**
 * liar_ioctl() - VFIO_DEVICE_PCI_TPH
 * @core: an open device
 * @arg: of the call
 *
 * Return: whatever @liar says
 */
long liar_ioctl(struct vfio_pci_core_device *core, void __user *arg);

#endif

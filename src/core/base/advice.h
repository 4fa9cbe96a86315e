/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be done about an error or a finding, where saying it takes the
 * name of an option or of a command: here is what is advised and the facts
 * that go into the sentence; cli/hints.c has the words.
 */
#ifndef CORE_BASE_ADVICE_H
#define CORE_BASE_ADVICE_H

#include <stdbool.h>
#include <sys/types.h>

enum advice_kind {
	ADVICE_NONE,
	/* About errors. */
	ADVICE_ACT_ON_HOLDER, /* on the process that has it open */
	ADVICE_OPEN_BY_GROUP,
	ADVICE_OPEN_BY_CDEV,
	ADVICE_SHOW_IOMMU,	/* what the IOMMU has */
	ADVICE_SHOW_TAGS,	/* for what gives them to the device itself */
	ADVICE_SWITCH_MODE,	/* to mode; borrowed: of its holder's device */
	ADVICE_USE_TABLE,	/* by a mode with interrupt vectors; the same */
	ADVICE_STOP_STEERING,	/* where an entry cannot be cleared */
	ADVICE_NAME_DESCRIPTOR, /* of process pid */
	ADVICE_NAME_FAMILY,	/* of the ABI */
	ADVICE_BIND_DRIVER,	/* any that offers VFIO */
	ADVICE_BIND_OUR_DRIVER,
	ADVICE_MAKE_DUMP,
	/* About findings of doctor: what to do. */
	ADVICE_TRY_OUR_DRIVER, /* or open the device, to be certain */
	ADVICE_ENABLE_AGAIN,   /* on its holder's device */
	ADVICE_FOLLOW_IRQ,
	ADVICE_WATCH_IRQ,
	ADVICE_SHOW_TREE,
	ADVICE_OTHER_PORT,
	ADVICE_OTHER_FUNCTION,
	/* What stands behind the sentence of a finding. */
	ADVICE_ON_TAGS,
	ADVICE_ON_HOLDER,
	ADVICE_ON_BORROWING,
	ADVICE_ON_OPENING,
	ADVICE_ON_UNKNOWN,
};

struct advice {
	enum advice_kind kind;
	unsigned int mode; /* VFIO_PCI_TPH_MODE_* */
	bool borrowed;
	pid_t pid;
};

#endif

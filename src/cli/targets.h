/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one loop over the devices of a command: look, act, report, close. */
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include <stdbool.h>

#include "cli/selection.h"
#include "core/base/error.h"
#include "core/tph/target.h"

struct invocation;

/* A device while the command acts on it. */
struct visit {
	const struct selected *selected; /* why it is meant */
	struct target *target;
	void *state; /* what the command keeps from device to device */
};

/* Beside 0 and -errno, what acting on a device can come to. */
#define DEVICE_SKIPPED 1 /* "all" does not mean this one: it has no TPH */
#define DEVICE_UNSEEN  2 /* whether it has cannot be seen */
#define DEVICE_SILENT  3 /* whether it has it does not answer */

/*
 * Find the devices that n words name, all of which are parsed before the
 * first is looked up, and open their source. A word that names none is reported
 * and counted. Returns 0, or -errno with *err filled.
 */
int select_words(struct invocation *inv, char **words, int n,
		 struct selection *selection, struct error *err);

/*
 * Have the command act on each device of a selection, in its order. A
 * failure is reported and counted, and the others are done all the same.
 * Functions that could not be seen are told of once: by a note where
 * something else was done, else as an error. Returns 0, or -errno with *err
 * filled: that error, or ids of which no device has TPH (ERR_NO_TPH). That
 * "all" are none is noted, and no error.
 */
int for_each_target(struct invocation *inv, const struct selection *selection,
		    void *state, struct error *err);

/* Both, of the first n words of the command line. */
int act_on_words(struct invocation *inv, int n, void *state, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices the words of a command line or a profile mean. */
#ifndef CLI_SELECTION_H
#define CLI_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "core/pci/device.h"
#include "core/profile/profile.h"

struct selected {
	struct bdf bdf;
	bool named; /* by itself, or by a profile; not by an id or "all" */
	const struct profile_device *wanted; /* by a profile, or NULL */
};

/* Devices in the order in which they were added. */
struct selection {
	struct selected *list;
	size_t n;
	bool of_all; /* "all" is among the words */
};

void selection_free(struct selection *selection);

/*
 * Parse words into as many selectors, to be freed. plural: ids and "all" are
 * taken. Returns NULL with *err filled (ERR_USAGE) where one is wrong or there
 * is none.
 */
struct selector *selection_parse(char **words, int n, bool plural,
				 struct error *err);

/*
 * Add the devices that a selector names, each once. Returns 0, or -errno with
 * *err filled (ERR_NOT_FOUND).
 */
int selection_add(struct selection *selection, struct pci_source *source,
		  const struct selector *sel, struct error *err);

/*
 * Add the devices that an entry of a profile names, which must outlive the
 * selection. Returns 0, or -errno with *err filled: ERR_NOT_FOUND, or
 * ERR_USAGE where the profile wants one of several.
 */
int selection_add_wanted(struct selection *selection, struct pci_source *source,
			 const struct profile_device *wanted,
			 struct error *err);

bool selection_has(const struct selection *selection, const struct bdf *bdf);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion of devices. */
#ifndef COMPLETE_FUNCTIONS_H
#define COMPLETE_FUNCTIONS_H

#include "complete/line.h"
#include "complete/offer.h"

/*
 * Offer the devices that the command takes, without those that were given.
 * Read are names in sysfs alone, and of functions that fit a file of a few
 * lines where more has to be known. Configuration space is not touched:
 * that would wake a device that sleeps.
 */
void offer_functions(struct offers *o, const struct line *line);

#endif

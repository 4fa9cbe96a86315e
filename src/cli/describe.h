/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts about a device that several commands tell. */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "core/tph/target.h"
#include "ui/report.h"

/* Tell what is known of a target: the members that all commands share. */
/*
 * A line of text about a fact (PCI_FACT_*): what it is, "none" where text is
 * empty, or that it is not known.
 */
void describe_fact(struct report *report, const struct target *target,
		   const char *label, unsigned int fact, const char *text);
void describe_device(struct report *report, const struct target *target);
/* A line: address, ids and name. */
void describe_heading(struct report *report, const struct target *target);
void describe_capability(struct report *report, const struct target *target);
void describe_state(struct report *report, const struct target *target);
/* What tags the requester of the control register sends, in words. */
const char *describe_requester(enum tph_requester requester);
/* Who holds it; a pid of 0: nobody that is seen. */
void describe_owner(struct report *report, const struct owner *owner);

#endif

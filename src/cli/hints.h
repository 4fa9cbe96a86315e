/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be done about an error or a finding, in sentences that name
 * options and commands: core, which knows neither, says what is advised.
 */
#ifndef CLI_HINTS_H
#define CLI_HINTS_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/doctor/finding.h"

/* Room for the command line that hints_doctor() makes. */
#define HINTS_DOCTOR_SIZE 384

/* Make the hint of what an error advises; device: its address, or NULL. */
void hints_error(struct error *err, const char *device);

/* Complete what a finding says, and what to do. */
void hints_finding(struct finding *f);

/*
 * The command of doctor that finds the cause of an error of this kind: of a
 * device of this machine, or of one of a dump (its file, or NULL). Returns
 * text, or NULL where it finds none.
 */
const char *hints_doctor(enum error_kind kind, const char *device,
			 const char *dump, char text[HINTS_DOCTOR_SIZE]);

#endif

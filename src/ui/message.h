/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes to stderr: one line each, behind the program's name. */
#ifndef UI_MESSAGE_H
#define UI_MESSAGE_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/vfio/io.h"

/* Notes are suppressed by --quiet; errors never are. */
void message_set_quiet(bool quiet);

/*
 * "vfio-tph: DEVICE: MESSAGE"; below it "hint: ..." where there is one, and
 * "hint: run '...'" of a command that finds the cause, where there is one.
 */
void message_error(const char *device, const struct error *err,
		   const char *doctor);

/* "vfio-tph: DEVICE: ..." */
void message_note(const char *device, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A call as it was issued: "vfio-tph: DEVICE: NAME ARGUMENTS = RESULT". */
void message_call(const struct io_call *call);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A library that is loaded before all others and makes one call of the
 * program under test fail, come back short, or be met by a signal. It knows
 * the functions of libc, not the machine: what it hands on goes to the fake.
 *
 * Only the program INJECT_PROGRAM is concerned, and only calls that it, or
 * a library it is linked with, makes itself: not those of the fake, of libc
 * within libc, or of a sanitizer. A point is "ROLE FUNCTION NTH": the nth
 * call of a function in the process (ROLE 0) or in the nth child that it
 * forked.
 *
 * INJECT_TRACE=FILE	append a struct point for each call
 * INJECT_AT="ROLE FUNCTION NTH[+] ACTION"
 *			"+": and every later call. FUNCTION and ACTION are
 *			those of points.def, or ACTION is
 *			"storm": the call and the next 19 of it are
 *			interrupted, all others are not;
 *			"signal:N": the signal N comes before the call is made.
 *			Anything else ends the program.
 * INJECT_HIT=FILE	is created when that call was reached
 */
#ifndef INJECT_H
#define INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What INJECT_TRACE gets; native byte order. The driver reads it. */
struct point {
	char function[40]; /* as in points.def: "read", "ioctl.SET_ST" */
	uint32_t role;
	uint32_t nth;
	uint32_t module; /* 0: the program, else one of its libraries */
	uint32_t site;	 /* where in that module it returns to */
	uint32_t stack;	 /* hash of the places that led there */
};

enum action { ACTION_NONE, ACTION_FAIL, ACTION_SHORT, ACTION_END };

/*
 * One call of a function, made from the place `site`. Tells what is to
 * become of it; *error is the errno of ACTION_FAIL. Keeps errno.
 */
enum action inject_call(const char *function, const void *site, int *error);

/*
 * The name of a request; operation: of VFIO_DEVICE_PCI_TPH. One that is not
 * in points.def is "ioctl.0xNUMBER", which the driver refuses.
 */
void inject_ioctl_name(unsigned long request, uint32_t operation, char *name,
		       size_t size);

/* The function of that name behind ours. */
void *inject_next(const char *name);

#endif

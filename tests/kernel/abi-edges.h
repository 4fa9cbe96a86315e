/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of abi-edges share; see abi-edges.c. */
#ifndef ABI_EDGES_H
#define ABI_EDGES_H

#include "abi-call.h"
#include "vfio-open.h"

/* An open device whose ST table is in its capability. */
struct edges {
	struct held held;
	int config;
	unsigned int tph;     /* offset of the capability */
	unsigned int cpus;    /* present, without a gap from 0 */
	unsigned int entries; /* of the table */
	unsigned long calls;
	unsigned long wrong;
};

/* Results may be one of a set: bits. */
enum {
	OK = 1,
	IS_EINVAL = 2,
	IS_EFAULT = 4,
	IS_ENOMEM = 8,
	IS_ENXIO = 16,
	IS_EBUSY = 32,
};

/*
 * Count a call; if its result is not in wanted, say so, with the words of the
 * format for what was tried. try_call() issues it, and returns the result.
 */
void expect_result(struct edges *e, int result, unsigned int wanted,
		   const char *format, ...)
	__attribute__((format(printf, 4, 5)));
int try_call(struct edges *e, void *buffer, unsigned int wanted,
	     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Count and tell something else that is not as it should be. */
void complain(struct edges *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The registers are as wanted: else complain, with what was done before. */
void expect_control(struct edges *e, unsigned int wanted, const char *after);
void expect_entry(struct edges *e, unsigned int index, unsigned int wanted,
		  const char *after);

/* Switch TPH on, in device-specific mode, or off. Ends the process if not. */
void switch_on(struct edges *e);
void switch_off(struct edges *e);

#define CONTROL_OFF 0u
#define CONTROL_DS  0x302u

/* abi-memory.c: the argument's memory */
void check_cut(struct edges *e);
void check_pointers(struct edges *e);
void check_read_only(struct edges *e);
void check_own_memory(struct edges *e);
void check_failing(struct edges *e);

/* abi-pending.c: pages that are not there yet */
void check_pending(struct edges *e);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the commands do to a device: switch TPH on and off, ask for tags,
 * program the ST table and read back what stands in it.
 *
 * docs/kernel.md has the behaviour of the kernel that this is built on.
 */
#ifndef CORE_TPH_STEERING_H
#define CORE_TPH_STEERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/tph/result.h"
#include "core/tph/st_plan.h"
#include "core/tph/target.h"

/* For a mode: no preference. Interrupt vector where there is a table for it. */
#define STEERING_MODE_AUTO 0u

/*
 * The mode to switch on: wanted, or, for STEERING_MODE_AUTO, interrupt
 * vector if the device has it and an ST table, else device specific, else
 * no-ST. Checks that the device has the mode and that its Root Port
 * completes TPH. Returns 0, or -errno with ERR_NO_MODE, ERR_NO_COMPLETER.
 */
int steering_choose_mode(const struct target *target, unsigned int wanted,
			 unsigned int *mode, struct error *err);

/*
 * The mode to want for a query of tags on an open device: the one in which
 * the driver gives some, if none was wanted.
 */
unsigned int steering_query_mode(const struct target *target,
				 unsigned int wanted);

/*
 * See that TPH is on in the mode; with may_switch, another mode is switched
 * off first. Firmware can leave the register on, so that the kernel is asked
 * by ENABLE first, but in a dry run: EBUSY means that it agrees. If it had TPH
 * off, it is on now, and io->taken_from is the mode it was in. Where the kernel
 * has TPH on and the register is off, it is switched off and on again, and
 * io->renewed is set. *changed tells whether anything was done. Returns 0, or
 * -errno with *err filled (ERR_OTHER_MODE, ERR_GATED, ERR_REFUSED, ...).
 */
int steering_enable(struct target *target, unsigned int mode, bool may_switch,
		    bool *changed, struct error *err);

/*
 * Switch TPH off. On a borrowed device DISABLE is issued whatever the register
 * shows, since the kernel can believe TPH on while it is off; *changed tells
 * whether it was on. Returns 0, or -errno with *err filled.
 */
int steering_disable(struct target *target, bool *changed, struct error *err);

/*
 * Tags of n CPUs on a device that has TPH on; 0: the platform has none.
 * Returns 0, or -errno with *err filled.
 */
int steering_get_tags(struct target *target, const unsigned int *cpus, size_t n,
		      enum tph_mem mem, uint16_t *tags, struct error *err);

/*
 * Check that the table can be programmed at all: there is one, and a mode
 * that uses it is on or wanted (*mode). Needs no open device. Returns 0, or
 * -errno with *err filled.
 */
int steering_check_set(const struct target *target, unsigned int wanted_mode,
		       unsigned int *mode, struct error *err);

/*
 * Can the driver's interface carry out the plan on the open device? Where it
 * cannot clear an entry, ERR_NO_MODE. Where the layout is not known, as in a
 * dry run, yes. Returns 0, or -errno with *err filled.
 */
int steering_check_clear(struct target *target, const struct st_plan *plan,
			 struct error *err);

/*
 * Program the plan; TPH is switched on in mode first where it is off. The
 * table is read back and compared. When the kernel fails midway the message
 * says which entries stand and what became of TPH (ERR_PARTIAL where some
 * stand); result tells what was read then, too. Where nothing was written,
 * TPH is left as it was found. Returns 0, or -errno with *err filled.
 */
int steering_set(struct target *target, const struct st_plan *plan,
		 enum tph_mem mem, unsigned int mode,
		 struct steering_result *result, struct error *err);

#endif

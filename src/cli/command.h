/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command is: a row of the table in commands.c. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

struct invocation;
struct option_def;
struct report_column;
struct visit;

/* What the words of a command can be. */
#define TAKES_FUNCTIONS (1u << 0) /* PCI functions, under VFIO or not */
#define TAKES_VFIO	(1u << 1) /* functions under VFIO */
#define TAKES_PLURAL	(1u << 2) /* ids, which may name several, and "all" */
#define TAKES_MAPS	(1u << 3) /* behind devices: INDEXES=CPUS */
#define TAKES_PROFILE	(1u << 4) /* one file */
#define TAKES_COMMAND	(1u << 5) /* one name of a command */
#define TAKES_NONE	(1u << 6) /* no word at all is "all" */

/*
 * What a device is looked at for, beside its capability and its control
 * register: PCI_DEVICE_*, and these.
 */
#define LOOK_OWNER   (1u << 16) /* who holds it, in target->owner */
#define LOOK_NON_TPH (1u << 17) /* those without TPH are meant, too */

struct command {
	const char *name;
	const char *words; /* what follows the options, as --help has it */
	const char *summary;
	const struct option_def *const *options;
	/* Of its table, where it takes TABLE_OPTIONS. */
	const struct report_column *columns;
	size_t n_columns;
	unsigned int takes;   /* TAKES_* */
	unsigned int look;    /* PCI_DEVICE_*, LOOK_* */
	unsigned int without; /* COMMON_* options that mean nothing to it */
	const char *examples; /* two, a line each, for --help */
	bool executes;	      /* another program, which has its own rights */
	bool takes_program;   /* "--" and a program's command line follow */
	bool changes;	      /* devices: then signals wait, see interrupt.h */
	bool lasts;	      /* what it changed is its result: where that
			       * cannot be printed, it is said to be done */
	bool tells_state;     /* a failure tells what has become of TPH */
	/*
	 * What it does to one device, which was looked at and is closed
	 * afterwards. Returns 0; or -errno with *err filled; or
	 * DEVICE_SKIPPED or DEVICE_UNSEEN.
	 */
	int (*act)(struct invocation *inv, struct visit *visit,
		   struct error *err);
	/* A device is there and could not be looked at. Or NULL. */
	void (*miss)(const struct visit *visit);
	/*
	 * Do it. Returns 0, or -errno with *err filled where nothing could be
	 * done at all; what fails for one device goes to invocation_fail().
	 * NULL: act on each device that the words name.
	 */
	int (*run)(struct invocation *inv, struct error *err);
};

extern const struct command cmd_cap, cmd_enable, cmd_disable, cmd_get_st,
	cmd_set_st, cmd_run, cmd_list, cmd_status, cmd_dump, cmd_save,
	cmd_apply, cmd_verify, cmd_undo, cmd_watch, cmd_metrics, cmd_doctor,
	cmd_iommu, cmd_help;

/* All of them, in the order of --help, ended by NULL. */
extern const struct command *const commands[];

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

/*
 * The same with *err filled if there is none (ERR_USAGE): what may have been
 * meant is in its hint.
 */
const struct command *command_need(const char *name, struct error *err);

#endif

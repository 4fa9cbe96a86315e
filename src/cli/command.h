/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command is, what it gets, and what it may call. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/vfio/io.h"
#include "core/pci/device.h"
#include "core/tph/target.h"
#include "core/cpu/topology.h"
#include "core/vfio/device.h"
#include "cli/options.h"
#include "ui/report.h"

struct held;
struct owner_scan;
struct plan;

/* One run of the program. */
struct invocation {
	const struct command *command;
	struct settings settings;
	char **words; /* what is left of the command line */
	int n_words;
	char **program; /* behind "--", for commands that take one */
	int end_status; /* the program's, where one was run */
	void *data;	/* of the command's own, for its devices */
	struct report *report;
	struct io io;
	struct pci_bus *bus;
	struct topology *topology; /* get it by invocation_topology() */
	bool no_topology;	   /* and it was said why */
	bool no_distances;	   /* likewise: libnuma is missing */
	struct owner_scan *owners; /* get one by invocation_find_owner() */
	bool owners_asked;
	struct vfio_context vfio;
	struct held *held; /* devices that --hold keeps */
	struct plan *plan; /* calls that a dry run would issue */
	/* For the exit status. */
	int succeeded, failed, skipped;
	int unseen; /* of which it is not known whether they have TPH */
	enum status first_failure;
	bool output_failed; /* then nothing else counts */
};

/* What the words of a command can be, for completion. */
#define TAKES_FUNCTIONS (1u << 0) /* PCI functions, under VFIO or not */
#define TAKES_VFIO	(1u << 1) /* functions under VFIO */
#define TAKES_PLURAL	(1u << 2) /* ids, which may name several, and "all" */
#define TAKES_MAPS	(1u << 3) /* behind devices: INDEXES=CPUS */
#define TAKES_PROFILE	(1u << 4) /* one file */
#define TAKES_COMMAND	(1u << 5) /* one name of a command */

struct command {
	const char *name;
	const char *words; /* what follows the options, as --help has it */
	const char *summary;
	const struct option_def *const *options;
	/* Of its table, where it takes TABLE_OPTIONS. */
	const struct report_column *columns;
	size_t n_columns;
	unsigned int takes; /* TAKES_* */
	bool takes_program; /* "--" and a program's command line follow */
	bool changes;	    /* devices: then signals wait, see interrupt.h */
	bool lasts;	    /* what it changed is its result: where that
			     * cannot be printed, it is said to be done */
	/*
	 * Do it. Returns 0, or -errno with *err filled where nothing could be
	 * done at all; what fails for one device goes to invocation_fail().
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
 * Before a device is begun: let signals wait from now on, where the command
 * changes devices. Returns 0, or -EINTR with *err filled: one came, the
 * device is not to be begun.
 */
int invocation_begin_device(const struct invocation *inv, struct error *err);

/* Report the failure of a device and count it. */
void invocation_fail(struct invocation *inv, const char *device,
		     const struct error *err);

/* The machine's topology, read once. NULL with *err filled. */
const struct topology *invocation_topology(struct invocation *inv,
					   struct error *err);

/* The same for what is only shown: NULL, and a note, where it is not known. */
const struct topology *invocation_try_topology(struct invocation *inv);

/*
 * The online CPUs of a node, for what is only shown: none, and a note, where
 * they are not known. node: -1 where there is none.
 */
void invocation_node_cpus(struct invocation *inv, int node,
			  struct cpulist *cpus);

/*
 * Who holds a function, in target->owner. All owners are looked for at once,
 * when the first is asked for; of a dump it is what the dump says. Returns 0,
 * or -errno with *err filled.
 */
int invocation_find_owner(struct invocation *inv, struct target *target,
			  struct error *err);

/*
 * target_open() for a command: with --verbose it says whose device it is
 * that was borrowed.
 */
int open_target(struct invocation *inv, struct target *target,
		const struct target_access *access, struct error *err);

/*
 * target_close() for a command that changed something, or failed to: r is
 * what came of it, and is returned; the error tells what stands.
 */
int close_target(struct target *target, int r, struct error *err);

/*
 * What a command does to one device. named: it was named by itself, not
 * found by an id or "all". Returns 0; or -errno with *err filled; or one of
 * these.
 */
#define DEVICE_SKIPPED 1 /* "all" does not mean this one: it has no TPH */
#define DEVICE_UNSEEN  2 /* whether it has cannot be seen */

typedef int device_fn(struct invocation *inv, const struct bdf *bdf, bool named,
		      struct error *err);

/*
 * Call fn for each device that the words name, in their order, each device
 * once. All words are parsed before the first call. A failure is reported
 * and counted, and the others are done all the same. plural: ids and "all"
 * are taken. Functions that could not be seen are told of once: by a note
 * where something else was done, else as an error. Returns 0, or -errno with
 * *err filled: that error; a word that names no device; or ids of which no
 * device has TPH (ERR_NO_TPH). That "all" are none is noted, and no error.
 */
int for_each_device(struct invocation *inv, char **words, int n, bool plural,
		    device_fn *fn, struct error *err);

/*
 * Look at a device without opening it, for a command that reads: its
 * capability, and what else is asked for (PCI_DEVICE_*). Returns 0, and the
 * target is to be closed; DEVICE_SKIPPED where it was not named and has no
 * TPH; or -errno with *err filled.
 */
int look_at_device(struct invocation *inv, const struct bdf *bdf, bool named,
		   unsigned int what, struct target *target, struct error *err);

/*
 * --dry-run: remember a call; tell those remembered, as lines of text and
 * as the member "ioctls" of the device; forget them.
 */
void plan_add(struct invocation *inv, const struct io_call *call);
void plan_tell(struct invocation *inv);
void plan_forget(struct invocation *inv);
void plan_free(struct invocation *inv);

/* --hold: keep an open target until the program is told to end. */
int hold_keep(struct invocation *inv, struct target *target, struct error *err);

/*
 * Say that the devices are held, wait for SIGINT, SIGTERM or SIGHUP, then
 * disable TPH on each and let go. One that came since the first device was
 * begun has waited.
 */
int hold_wait(struct invocation *inv, struct error *err);
void hold_release(struct invocation *inv);

/* Tell what is known of a target: the members that all commands share. */
void describe_device(struct report *report, const struct target *target);
void describe_capability(struct report *report, const struct target *target);
void describe_state(struct report *report, const struct target *target);
/* Who holds it; a pid of 0: nobody that is seen. */
void describe_owner(struct report *report, const struct owner *owner);

/*
 * What a dry run of --hold would do in the end. Nothing without either.
 * Returns 0, or -errno with *err filled.
 */
int hold_rehearse(struct invocation *inv, struct target *target,
		  struct error *err);

/*
 * After a change on a device of our own that is not held: say that it ends
 * with the command.
 */
void describe_end(const struct target *target);

#endif

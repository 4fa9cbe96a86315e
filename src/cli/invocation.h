/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of the program: what it was told, what it shares, what came of it. */
#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include <stdbool.h>

#include "cli/options.h"
#include "core/base/error.h"
#include "core/cpu/topology.h"
#include "core/pci/device.h"
#include "core/tph/target.h"
#include "core/vfio/context.h"
#include "core/vfio/io.h"
#include "ui/report.h"

struct command;
struct held;
struct owner_scan;
struct plan;

struct invocation {
	const struct command *command;
	struct settings settings;
	char **words; /* what is left of the command line */
	int n_words;
	char **program;	   /* behind "--", for commands that take one */
	int end_status;	   /* the program's, where one was run */
	unsigned int look; /* as the command's, or less: see command.h */
	struct report *report;
	struct io io;
	struct pci_source *source;
	struct topology *topology;	 /* get it by invocation_topology() */
	bool no_topology;		 /* and it was said why */
	bool no_distances;		 /* likewise: libnuma is missing */
	const struct owner_scan *owners; /* see invocation_open_source() */
	bool owners_asked;
	struct vfio_context vfio;
	int lock;	   /* of the device that is being changed, or -1 */
	bool no_lock;	   /* and it was said why */
	struct held *held; /* devices that --hold keeps */
	struct plan *plan; /* calls that a dry run would issue */
	/* For the exit status. */
	int succeeded, failed, skipped;
	int unseen; /* of which it is not known whether they have TPH */
	int silent; /* the same, since they do not answer */
	enum status first_failure;
	bool output_failed; /* then nothing else counts */
};

/* Report the failure of a device and count it. */
void invocation_fail(struct invocation *inv, const char *device,
		     const struct error *err);

/*
 * Let no other invocation change the function until it is unlocked. A dry run
 * needs no lock; where there is none to be had, that is noted, and no error.
 * Returns 0, or -errno with *err filled (ERR_BUSY, ERR_INTERRUPTED).
 */
int invocation_lock(struct invocation *inv, const struct bdf *bdf,
		    struct error *err);
void invocation_unlock(struct invocation *inv);

/*
 * Open the source of facts that the command line means, in inv->source: this
 * machine, or a dump. On this machine all holders are looked for at once, when
 * the first is asked for. Returns 0, or -errno with *err filled.
 */
int invocation_open_source(struct invocation *inv, struct error *err);

/*
 * The machine's topology, read once. NULL with *err filled, of ERR_NONE where
 * the devices are not this machine's.
 */
const struct topology *invocation_topology(struct invocation *inv,
					   struct error *err);

/* The same for what is only shown: NULL, and a note, where it is not known. */
const struct topology *invocation_try_topology(struct invocation *inv);

/*
 * The online CPUs of a device's node, for what is only shown: none, and a
 * note, where they are not known. *cpus is to be freed.
 */
void invocation_node_cpus(struct invocation *inv, const struct pci_device *pci,
			  struct cpulist *cpus);

/*
 * target_open() for a command: with --verbose it says whose device it is
 * that was borrowed.
 */
int open_target(struct invocation *inv, struct target *target,
		const struct target_access *access, struct error *err);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keeping devices as their profiles say, while whoever holds them comes and
 * goes.
 *
 * One process waits for events and never touches a device; each change is
 * made by a child of its own, so that a device that hangs stops nobody, and
 * a watch that runs for months carries nothing over from one change to the
 * next.
 */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/profile/profile.h"
#include "core/tph/target.h"

/* How often to look, in milliseconds; nothing is looked at while idle. */
#define WATCH_WAITING_MS 50   /* for vectors: answered well within 100 ms */
#define WATCH_HELD_MS	 1000 /* for interrupts that move, or a lost setting */

enum watch_state {
	WATCH_IDLE,    /* nobody holds the device */
	WATCH_WAITING, /* held; what the profile needs is not there yet */
	WATCH_HELD,    /* held; done, or refused, until something changes */
};

/* One function that a profile names. */
struct watched {
	struct pci_device pci; /* closed: its address, group and node */
	const struct profile_device *wanted;
	enum watch_state state;
	struct owner owner;
	int pidfd;	      /* of the owner, or -1 */
	bool looked_at;	      /* target is valid */
	struct target target; /* for reading its registers */
	/*
	 * Signatures: of the state that needs nothing more to be done, and
	 * of that in which the child was started. 0: not known.
	 */
	uint64_t settled, seen;
	int tries;	 /* in which the owner had not opened it yet */
	pid_t child;	 /* making a change now; 0: none */
	int from_child;	 /* its report, or -1 */
	char said[1024]; /* the last line logged of it */
};

/*
 * What a child reports, in one write. The message is a whole line without
 * the address.
 */
struct watch_report {
	bool changed;
	enum error_kind kind; /* ERR_NONE: as wanted now */
	char message[900];
};

/* Bring the device of an owner to what is wanted: the child's whole work. */
void watch_bring(const struct watched *watched, const char *abi,
		 struct watch_report *report);

/*
 * Look at all that the profile's success depends on: vectors and their CPUs,
 * control register, table where it is in the capability. Makes of it the
 * signature ->seen: 0 where it cannot be read. Returns 1 where the device needs
 * vectors and has none yet, else 0, or -errno with *err filled where its
 * vectors cannot be told.
 */
int watch_look(struct watched *watched, struct error *err);

enum watch_level { WATCH_ERROR = 3, WATCH_NOTICE = 5, WATCH_DEBUG = 7 };

/* A line to stderr; with the level in front where the journal reads it. */
void watch_log(enum watch_level level, const char *address, const char *format,
	       ...) __attribute__((format(printf, 3, 4)));

/* The loop. */
struct watch;

int watch_new(struct watch **watch, const char *abi, struct error *err);
void watch_free(struct watch *watch);

/* Watch a function; wanted must outlive the watch. Twice is ERR_INPUT. */
int watch_add(struct watch *watch, const struct bdf *bdf,
	      const struct profile_device *wanted, struct error *err);

/*
 * Run until SIGINT or SIGTERM (0), SIGHUP (1: read the profiles again), a
 * device came or went (1), or a failure (-errno with *err filled).
 */
#define WATCH_AGAIN 1
int watch_run(struct watch *watch, struct error *err);

#endif

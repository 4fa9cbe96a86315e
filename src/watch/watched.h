/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One function that is watched, and the children that change it. */
#ifndef WATCH_WATCHED_H
#define WATCH_WATCHED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/profile/profile.h"
#include "core/tph/target.h"
#include "watch/watch_log.h"

/* How often to look, in milliseconds. */
#define WATCH_WAITING_MS 50   /* for vectors: answered well within 100 ms */
#define WATCH_HELD_MS	 1000 /* for interrupts that move, or a lost setting */
#define WATCH_TABLE_MS	 2500 /* into a table that only a holder shows */
#define WATCH_IDLE_MS	 3000 /* for an open that made no event */

/* A look takes at most a tenth of the time. */
#define WATCH_REST 9
/* A visit this long waited for something. */
#define WATCH_LONG_MS 800

/* After a failure, doubled from the one to the other. */
#define WATCH_RETRY_MS	   100
#define WATCH_RETRY_MAX_MS 30000
#define WATCH_SUMMARY_MS   600000

/* That often within that time somebody sets other tags: they are left. */
#define WATCH_REWRITES	 3
#define WATCH_REWRITE_MS 60000

/* Of a device whose coming and going is logged: once in that time. */
#define WATCH_LOG_MS 1000

/* Changes at a time, and how long one may take before it is not counted. */
#define WATCH_CHILDREN	  8
#define WATCH_GIVE_UP_MS  30000
#define WATCH_END_WAIT_MS 5000

enum watch_state {
	WATCH_IDLE,    /* nobody holds the device */
	WATCH_WAITING, /* held; what the profile needs is not there yet */
	WATCH_HELD,    /* held; done, or failed, until something changes */
	WATCH_LEAVING, /* not held any more: did its holder end? */
};

/* What made a change necessary, for the log. */
enum watch_reason {
	WATCH_OPENED,
	WATCH_VECTORS,	 /* they moved, came or went */
	WATCH_REGISTERS, /* the control register or the table */
	WATCH_TRIED_AGAIN,
};

/* Signatures of what a success depends on; 0: not known. */
struct watch_seen {
	uint64_t place; /* power state, CPUs that are online */
	uint64_t registers;
	uint64_t vectors;
};

struct watched {
	struct pci_device pci; /* closed: its address, group and node */
	const struct profile_device *wanted; /* NULL: not watched any more */
	int lock; /* that no other watch has it; or -1 */
	enum watch_state state;
	struct owner owner;
	int pidfd;	      /* of the owner, or -1 */
	bool looked_at;	      /* target is valid */
	struct target target; /* for reading its registers */
	bool settled;	      /* there was nothing more to do in that state: */
	struct watch_seen at; /* as of the last change */
	struct watch_seen seen;
	enum watch_reason reason;
	int tries;	/* in which the owner had not opened it yet */
	uint64_t id;	/* of the pidfd in epoll */
	bool event;	/* a node of it was used */
	bool in_use;	/* sysfs said so at the last look while idle */
	pid_t child;	/* making a change now; 0: none */
	int from_child; /* its report, or -1 */
	bool given_up;	/* it takes too long to be counted */

	/* Times, in ms; 0: none. */
	uint64_t due;	 /* of the next look */
	uint64_t rested; /* no look before that */
	uint64_t table;	 /* of the next look through the holder */
	uint64_t child_since;
	uint64_t retry;	     /* after a failure */
	uint64_t failed_at;  /* the first time */
	uint64_t summary;    /* of failures since */
	uint64_t told_going; /* when its coming or going was logged last */
	unsigned int backoff, failures;

	uint64_t rewritten[WATCH_REWRITES]; /* when by somebody else, ms */
	unsigned int rewrites;
	bool yielded; /* its tags are left to that program */

	char said[1024]; /* the last line logged of it */
};

/*
 * What a child reports, in one write. The message is a whole line without
 * the address.
 */
struct watch_report {
	bool changed;
	bool rewritten; /* an entry held another tag, with all else right */
	enum error_kind kind; /* ERR_NONE: as wanted now */
	char message[900];
};

/* Milliseconds of a clock that only goes forward. */
uint64_t watch_now(void);

/* Bring the device of an owner to what is wanted: the child's whole work. */
void watch_bring(const struct watched *watched, const char *abi,
		 struct watch_report *report);

/* Look at its power state and the CPUs that are online. 1: it sleeps. */
int watch_look_around(struct watched *watched);

/*
 * Look at all else that the profile's success depends on, while it is awake:
 * vectors and their CPUs, control register, table where it is in the
 * capability. Returns 1 where the device needs vectors and has none yet, else
 * 0, or -errno with *err filled where its vectors cannot be told.
 */
int watch_look(struct watched *watched, struct error *err);

/* Log a line about a device, unless it was the last one said of it. */
void watch_say(struct watched *d, enum watch_level level, const char *text);

/* The same for an error: what points to doctor ends the line. */
void watch_say_error(struct watched *d, enum error_kind kind,
		     const char *message);

/* The same for coming and going: at most once a second. */
void watch_say_going(struct watched *d, const char *text);

/* Start a child for it. Returns 0, or -errno. */
int watch_start_child(struct watched *d, const char *abi);

/* Has it ended? Takes its report then: kind is ERR_NO_OWNER... */
bool watch_take_child(struct watched *d, struct watch_report *report);

#endif

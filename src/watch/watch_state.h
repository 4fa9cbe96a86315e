/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deciding about one device. */
#ifndef WATCH_WATCH_STATE_H
#define WATCH_WATCH_STATE_H

#include "watch/watched.h"

/* What all devices share. */
struct watch_context {
	const char *abi;
	struct pci_source *source;
	int epoll;
	int children;	  /* that make changes and are counted */
	uint64_t last_id; /* of a pidfd in epoll */
};

/* Look at it, and see to what is to be done; sets when to look next. */
void watched_visit(struct watch_context *c, struct watched *d);

void watched_owner_ended(struct watch_context *c, struct watched *d);
void watched_take_report(struct watched *d, const struct watch_report *report);

/* Close what was read of it; the owner is known still. */
void watched_drop_look(struct watched *d);

/* As if nobody held it. */
void watched_forget(struct watch_context *c, struct watched *d);

#endif

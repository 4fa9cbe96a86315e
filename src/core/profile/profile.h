/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile: what devices should look like, as JSON (vfio-tph-profile(5)).
 *
 *   { "version": 1,
 *     "devices": [
 *       { "device": "0000:3b:00.0", "mode": "iv", "mem": "volatile",
 *         "maps": [ { "index": "0-7", "cpus": "local" } ] },
 *       { "device": "8086:0b25", "match": "all", "follow-irq": true } ] }
 */
#ifndef CORE_PROFILE_PROFILE_H
#define CORE_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/pci/bdf.h"
#include "core/base/error.h"
#include "core/profile/file.h"
#include "core/pci/st_facts.h"
#include "core/tph/map.h"

/* Limits on what is read: larger is refused, not truncated. */
#define PROFILE_MAX_SIZE    ((size_t)1024 * 1024) /* bytes */
#define PROFILE_MAX_DEPTH   8
#define PROFILE_MAX_DEVICES 4096

/* A megabyte can have half a million: the first are told, the rest counted. */
#define PROFILE_MAX_PROBLEMS 100

/* Which devices of an id are meant. */
enum profile_match {
	PROFILE_MATCH_ONE, /* there must be exactly one */
	PROFILE_MATCH_ALL,
};

struct profile_device {
	/* Of a record of undo: entries that it could not record. */
	struct cpulist lost;
	char *name;  /* as written; selector.text points to it */
	bool has_id; /* the device there must be vendor:model */
	uint16_t vendor, model;
	struct selector selector;
	enum profile_match match;
	bool off;	   /* TPH is to be off */
	unsigned int mode; /* VFIO_PCI_TPH_MODE_*, or 0: auto */
	enum tph_mem mem;
	struct st_maps maps;
};

struct profile {
	char *boot; /* holds for this boot only; or NULL */
	struct profile_device *devices;
	size_t n;
};

/*
 * What is wrong with a file, in its order: the first PROFILE_MAX_PROBLEMS. The
 * last one says how many there are beyond.
 */
struct problems {
	struct error *list;
	size_t n;
};

/*
 * Read and check a profile. All errors of meaning are collected, each with
 * the file and the JSON pointer of what it is about; an error of syntax has
 * file, line and column, and is the only one. PROFILE_TRUSTED: refuse a file
 * that somebody else than root and the caller may write (or whose directory he
 * may), since what it says is carried out with the caller's rights. Returns
 * 0, or -errno with at least one problem.
 */
int profile_read(const char *path, enum profile_trust trust,
		 struct profile *profile, struct problems *problems);

/*
 * The same of a text that was read: text[0..length), with a NUL behind it.
 * file names it in messages.
 */
int profile_parse(const char *file, const char *text, size_t length,
		  struct profile *profile, struct problems *problems);

void profile_free(struct profile *profile);
void problems_free(struct problems *problems);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI addresses, and the ways in which a user may name a device. */
#ifndef CORE_PCI_BDF_H
#define CORE_PCI_BDF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

/* A PCI address: domain 0-ffffffff (16 bits but for VMD and Hyper-V). */
struct bdf {
	uint32_t domain;
	uint8_t bus;
	uint8_t device;	  /* 0-1f */
	uint8_t function; /* 0-7 */
};

/* Room for "ffffffff:ff:1f.7" and its end. */
#define BDF_LENGTH 17

/* Room for the name of a device, vendor and model in words. */
#define PCI_NAME_SIZE 256

/* Components of a bridge path: a Root Port, switches, the function. */
#define BRIDGE_PATH_MAX 32

enum selector_kind {
	SELECT_BDF,	    /* [DDDD:]BB:DD.F */
	SELECT_ID,	    /* VVVV:DDDD, vendor and device id */
	SELECT_ALL,	    /* all */
	SELECT_BRIDGE_PATH, /* [DDDD:]BB:DD.F/[BB:]DD.F/... */
	SELECT_SYSFS,	    /* a path under /sys */
	SELECT_CDEV,	    /* /dev/vfio/devices/vfioN */
};

/* One component of a bridge path; bus < 0 where it was not given. */
struct bridge_hop {
	int bus;
	uint8_t device;
	uint8_t function;
};

struct selector {
	enum selector_kind kind;
	const char *text;	 /* as given; not owned */
	struct bdf bdf;		 /* SELECT_BDF; SELECT_BRIDGE_PATH: the first */
	uint16_t vendor, device; /* SELECT_ID */
	struct bridge_hop hops[BRIDGE_PATH_MAX]; /* after the first */
	unsigned int n_hops;
};

/*
 * Parse [DDDD:]BB:DD.F, hexadecimal, the domain 0 where it is left out.
 * Exactly that: no blanks, no sign, no 0x. Returns 0, or -EINVAL.
 */
int bdf_parse(const char *text, struct bdf *bdf);

/* Write DDDD:BB:DD.F, with at least four digits of domain, into buffer. */
const char *bdf_format(const struct bdf *bdf, char buffer[BDF_LENGTH]);

bool bdf_equal(const struct bdf *a, const struct bdf *b);

/* Order of addresses: less than, equal to or greater than 0. */
int bdf_compare(const struct bdf *a, const struct bdf *b);

/*
 * Parse a DEVICE argument; says nothing about whether such a device is there.
 * The selector keeps a pointer to text. Returns 0, or -EINVAL with ERR_USAGE.
 */
int selector_parse(const char *text, struct selector *sel, struct error *err);

/* Can it name more than one device? Only commands that read take those. */
bool selector_is_plural(const struct selector *sel);

#endif

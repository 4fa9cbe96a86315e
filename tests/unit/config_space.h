/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space as an array of bytes, for the tests of core/tph_cap,
 * and a reader of it that is as strict as the kernel: nothing beyond the
 * end, and, where the test says so, an error.
 */
#ifndef CONFIG_SPACE_H
#define CONFIG_SPACE_H

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "core/pci/tph_cap.h"

struct config_space {
	uint8_t bytes[4096];
	unsigned int size;    /* 4096, 256 of a conventional function */
	unsigned int visible; /* what the caller may read: 64 or all */
	unsigned int reads;   /* so far */
	unsigned int fail_at; /* the read that fails, from 1; 0: none */
	int error;	      /* -errno that it fails with */
};

static inline int config_space_read(void *context, unsigned int offset,
				    void *buffer, unsigned int length)
{
	struct config_space *c = context;

	if (++c->reads == c->fail_at)
		return c->error;
	if (offset > c->size || length > c->size - offset)
		return -ERANGE;
	if (offset + length > c->visible)
		return -EPERM;
	memcpy(buffer, c->bytes + offset, length);
	return 0;
}

static inline struct config_reader config_space_reader(struct config_space *c)
{
	return (struct config_reader){ config_space_read, c };
}

static inline void config_put8(struct config_space *c, unsigned int at,
			       unsigned int value)
{
	c->bytes[at] = (uint8_t)value;
}

static inline void config_put16(struct config_space *c, unsigned int at,
				unsigned int value)
{
	config_put8(c, at, value);
	config_put8(c, at + 1, value >> 8);
}

static inline void config_put32(struct config_space *c, unsigned int at,
				uint32_t value)
{
	config_put16(c, at, value);
	config_put16(c, at + 2, value >> 16);
}

/* A function that has nothing but a list of capabilities, still empty. */
static inline void config_space_init(struct config_space *c)
{
	*c = (struct config_space){ .size = 4096, .visible = 4096 };
	config_put16(c, 0x00, 0x8086);
	config_put16(c, 0x06, 0x0010); /* status: there is a list */
}

/* A capability at an offset, and where the next one is (0: it is the last). */
static inline void config_put_cap(struct config_space *c, unsigned int at,
				  unsigned int id, unsigned int next)
{
	config_put8(c, at, id);
	config_put8(c, at + 1, next);
}

static inline void config_put_ext_cap(struct config_space *c, unsigned int at,
				      unsigned int id, unsigned int next)
{
	config_put32(c, at, id | 1u << 16 | next << 20);
}

/* The MSI-X capability at 0x70, the only one. */
static inline void config_put_msix(struct config_space *c, unsigned int vectors,
				   unsigned int bar, uint32_t offset)
{
	config_put8(c, 0x34, 0x70);
	config_put_cap(c, 0x70, 0x11, 0);
	config_put16(c, 0x72, vectors - 1);
	config_put32(c, 0x74, offset | bar);
}

/* The TPH capability at 0x100, the only one, with its capability register. */
static inline void config_put_tph(struct config_space *c, uint32_t reg)
{
	config_put_ext_cap(c, 0x100, 0x17, 0);
	config_put32(c, 0x104, reg);
}

/* The fields of that register. */
#define TPH_NS	    0x1u
#define TPH_IV	    0x2u
#define TPH_DS	    0x4u
#define TPH_EXT	    0x100u
#define TPH_LOC(n)  ((uint32_t)(n) << 9)
#define TPH_SIZE(n) ((uint32_t)((n)-1) << 16)

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a dump, as lspci -xxxx or vfio-tph dump prints it and as people
 * pass it on: indented or not, quoted by a mail program, with blanks or a
 * carriage return at the end of lines, after a byte order mark.
 *
 * A function is a line that begins with its address, lines about it, rows of
 * its config space, and an empty line. What cannot be read without a doubt is
 * an error: no bytes are taken for those of another function.
 */
#ifndef CORE_PCI_DUMP_TEXT_H
#define CORE_PCI_DUMP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/error.h"
#include "core/pci/bdf.h"
#include "core/pci/record.h"

/* No more is read of a file: room for 100,000 functions of 4 KiB. */
#define DUMP_SIZE_MAX (2ull << 30)

#define DUMP_ROW 16 /* bytes of config space in a row */

struct dump_row {
	uint16_t offset; /* 0-0xff0, a multiple of DUMP_ROW */
	uint8_t length;	 /* 1-DUMP_ROW */
	uint8_t bytes[DUMP_ROW];
};

struct dump_function {
	struct bdf bdf;
	uint32_t line;		 /* of its address, from 1 */
	uint16_t vendor, device; /* of that line, where has_ids */
	bool has_ids;
	uint32_t row, n_rows;	 /* in dump.rows, ascending by offset */
	uint32_t notes, n_notes; /* in dump.notes, bytes */
};

struct dump {
	struct dump_function *functions; /* ascending by address */
	size_t n;
	struct dump_row *rows;
	size_t n_rows;
	/* Lines about functions, each ended by a NUL: pci_fact_take(). */
	char *notes;
	size_t n_notes;
};

/*
 * Read it to the end. name is how messages call the file. Returns 0, or
 * -errno with *err filled: ERR_USAGE where it cannot be read, is too large,
 * has no device in it or one twice, or has a line that is wrong. *dump is to
 * be freed in either case.
 */
int dump_read(FILE *f, const char *name, struct dump *dump, struct error *err);
void dump_free(struct dump *dump);

/* NULL where the function is not in it. */
const struct dump_function *dump_find(const struct dump *dump,
				      const struct bdf *bdf);

/*
 * Copy bytes of config space. False where one of them is not in the dump.
 */
bool dump_bytes(const struct dump *dump, const struct dump_function *f,
		unsigned int offset, void *buffer, unsigned int length);

/*
 * What is told of a function beside its bytes. *fact is to be freed by
 * pci_fact_free(), also where this failed. Returns 0 or -ENOMEM.
 */
int dump_fact(const struct dump *dump, const struct dump_function *f,
	      struct pci_fact *fact);

#endif

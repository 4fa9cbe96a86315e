// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Goes through the edges of VFIO_DEVICE_PCI_TPH's arguments, each value of
 * them, on a device whose ST table is in its capability:
 *
 *	abi-edges group|cdev BDF CHECK...
 *
 * Prints for each check how many calls it made; status 1, after a line for each
 * of the first that were answered otherwise than docs/driver.md says, if any
 * were.
 */
#include "abi-edges.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMPLAINTS 10
#define LENGTH(a)  (sizeof(a) / sizeof((a)[0]))

void complain(struct edges *e, const char *format, ...)
{
	va_list words;

	if (++e->wrong > COMPLAINTS)
		return;
	va_start(words, format);
	vprintf(format, words);
	va_end(words);
	putchar('\n');
}

static unsigned int bit_of(int result)
{
	switch (result) {
	case 0:
		return OK;
	case -EINVAL:
		return IS_EINVAL;
	case -EFAULT:
		return IS_EFAULT;
	case -ENOMEM:
		return IS_ENOMEM;
	case -ENXIO:
		return IS_ENXIO;
	case -EBUSY:
		return IS_EBUSY;
	}
	return 0;
}

static void print_set(unsigned int set)
{
	static const char *const names[] = { "ok",     "EINVAL", "EFAULT",
					     "ENOMEM", "ENXIO",	 "EBUSY" };

	for (size_t i = 0; i < LENGTH(names); i++)
		if (set & 1u << i)
			printf(" %s", names[i]);
}

static void expect_words(struct edges *e, int result, unsigned int wanted,
			 const char *format, va_list words)
{
	e->calls++;
	if (bit_of(result) & wanted || ++e->wrong > COMPLAINTS)
		return;
	vprintf(format, words);
	printf(": expected");
	print_set(wanted);
	printf(", got %s\n", result_name(result));
}

void expect_result(struct edges *e, int result, unsigned int wanted,
		   const char *format, ...)
{
	va_list words;

	va_start(words, format);
	expect_words(e, result, wanted, format, words);
	va_end(words);
}

int try_call(struct edges *e, void *buffer, unsigned int wanted,
	     const char *format, ...)
{
	int result = issue_call(e->held.device, buffer);
	va_list words;

	va_start(words, format);
	expect_words(e, result, wanted, format, words);
	va_end(words);
	return result;
}

void expect_control(struct edges *e, unsigned int wanted, const char *after)
{
	unsigned int got = tph_control(e->config, e->tph);

	if (got != wanted)
		complain(e, "%s: expected control %#x, got %#x", after, wanted,
			 got);
}

void expect_entry(struct edges *e, unsigned int index, unsigned int wanted,
		  const char *after)
{
	unsigned int got = tph_entry(e->config, e->tph, index);

	if (got != wanted)
		complain(e, "%s: expected entry %u %#x, got %#x", after, index,
			 wanted, got);
}

static void must(struct edges *e, uint32_t op)
{
	unsigned char buffer[AT_ENTRIES];
	int result;

	make_call(buffer, op, MODE_DS, 0, 1, 1);
	result = issue_call(e->held.device, buffer);
	if (result)
		errx(1, "%s: %s", op_name(op), result_name(result));
}

void switch_on(struct edges *e)
{
	must(e, ENABLE);
}

void switch_off(struct edges *e)
{
	must(e, DISABLE);
}

/*
 * Every argsz from 0 to 64, and large ones. Behind the call stands a pattern:
 * what the kernel was not asked for it does not write.
 */
static void try_argsz(struct edges *e, uint32_t op, uint32_t argsz)
{
	static const uint32_t ops_need[] = { 16, 16, 8, 40, 40 };
	unsigned char buffer[4096], before[sizeof(buffer)];
	uint32_t need = op < OPS ? ops_need[op] : UINT32_MAX;
	size_t size, i;
	int result;

	memset(buffer, 0xa5, sizeof(buffer));
	size = make_call(buffer, op, MODE_DS, 2, e->cpus, e->entries);
	put(buffer + AT_ARGSZ, argsz, 4);
	memcpy(before, buffer, sizeof(before));
	if (op == ENABLE)
		switch_off(e);
	result = try_call(e, buffer, op < OPS && argsz >= need ? OK : IS_EINVAL,
			  "op %u, argsz %u", op, argsz);
	for (i = 0; i < sizeof(buffer); i++) {
		bool may = !result &&
			   ((op == GET_CAP && i >= AT_BODY && i < AT_ENTRIES) ||
			    (op == GET_ST && i >= AT_ENTRIES && i < size));

		if (!may && buffer[i] != before[i])
			complain(e, "op %u, argsz %u: byte %zu was written", op,
				 argsz, i);
	}
}

static void check_argsz(struct edges *e)
{
	static const uint32_t large[] = { 65,	      4095,	  4096,
					  65536,      0x7fffffff, 0x80000000,
					  0xfffffff0, 0xffffffff };
	static const uint32_t ops[] = { GET_CAP,    ENABLE,    DISABLE, GET_ST,
					SET_ST,	    5,	       6,	0x100,
					0x80000000, 0xffffffff };

	for (size_t i = 0; i < LENGTH(ops); i++) {
		switch_off(e);
		switch_on(e);
		for (uint32_t argsz = 0; argsz <= 64; argsz++)
			try_argsz(e, ops[i], argsz);
		for (size_t k = 0; k < LENGTH(large); k++)
			try_argsz(e, ops[i], large[k]);
	}
	switch_off(e);
}

/* One bit of size bytes after another. */
static void flip(struct edges *e, unsigned char *buffer, size_t at,
		 unsigned int size, unsigned int wanted, const char *field)
{
	unsigned char kept[8];

	for (unsigned int bit = 0; bit < 8 * size; bit++) {
		memcpy(kept, buffer + at, size);
		buffer[at + bit / 8] ^= (unsigned char)(1u << bit % 8);
		try_call(e, buffer, wanted, "%s, bit %u flipped", field, bit);
		memcpy(buffer + at, kept, size);
	}
}

static void flip_batch(struct edges *e, uint32_t op)
{
	unsigned char buffer[AT_ENTRIES + 3 * ENTRY_SIZE];

	make_call(buffer, op, 0, 3, e->cpus, e->entries);
	flip(e, buffer, AT_COUNT + 4, 4, IS_EINVAL, "reserved behind count");
	for (size_t i = 0; i < 3; i++) {
		size_t at = (size_t)(entry_at(buffer, i) - buffer);

		flip(e, buffer, at + AT_RESERVED0, 1, IS_EINVAL, "reserved0");
		flip(e, buffer, at + AT_RESERVED1, 2, IS_EINVAL, "reserved1");
		for (unsigned int type = 2; type < 256; type++) {
			put(buffer + at + AT_MEMORY, type, 1);
			try_call(e, buffer, IS_EINVAL, "mem_type %u", type);
		}
		put(buffer + at + AT_MEMORY, 0, 1);
		/* Not looked at: */
		if (op == SET_ST)
			flip(e, buffer, at + AT_TAG, 2, OK, "st of SET_ST");
		else
			flip(e, buffer, at + AT_INDEX, 2, OK,
			     "index of GET_ST");
	}
}

/* Every reserved bit, every kind of memory, every mode that there is not. */
static void check_reserved(struct edges *e)
{
	unsigned char buffer[AT_ENTRIES];

	switch_off(e);
	make_call(buffer, ENABLE, MODE_DS, 0, 1, 1);
	flip(e, buffer, AT_BODY + 1, 7, IS_EINVAL, "reserved of ENABLE");
	for (unsigned int mode = 0; mode < 256; mode++) {
		bool good =
			mode == MODE_NS || mode == MODE_IV || mode == MODE_DS;

		put(buffer + AT_BODY, mode, 1);
		try_call(e, buffer, good ? OK : IS_EINVAL, "mode %#x", mode);
		if (good)
			switch_off(e);
	}
	expect_control(e, CONTROL_OFF, "reserved bits of ENABLE");
	make_call(buffer, GET_CAP, 0, 0, 1, 1);
	flip(e, buffer, AT_BODY, 8, OK, "what GET_CAP overwrites");
	make_call(buffer, DISABLE, 0, 0, 1, 1);
	flip(e, buffer, AT_BODY, 8, OK, "what DISABLE does not look at");
	switch_on(e);
	flip_batch(e, GET_ST);
	flip_batch(e, SET_ST);
	expect_control(e, CONTROL_DS, "reserved bits of batches");
	switch_off(e);
}

/* argsz around what count asks for, also where 12 * count has no 32 bits. */
static void try_count(struct edges *e, unsigned char *buffer, uint32_t op,
		      uint32_t count)
{
	uint64_t need = batch_size(count);
	bool good = count >= 1 && count <= MAX_ENTRIES;
	const uint32_t sizes[] = { (uint32_t)need, (uint32_t)need - 1,
				   (uint32_t)need + 1, 0xffffffff };

	make_call(buffer, op, 0, good ? count : 1, e->cpus, e->entries);
	put(buffer + AT_COUNT, count, 4);
	for (size_t i = 0; i < LENGTH(sizes); i++) {
		put(buffer + AT_ARGSZ, sizes[i], 4);
		try_call(e, buffer, good && sizes[i] >= need ? OK : IS_EINVAL,
			 "%s, count %u, argsz %u", op_name(op), count,
			 sizes[i]);
	}
}

static void check_count(struct edges *e)
{
	static const uint32_t counts[] = {
		0,	    1,		2,	    15,		16,
		17,	    340,	341,	    2047,	2048,
		2049,	    4096,	65535,	    65536,	0x15555553,
		0x15555554, 0x15555555, 0x2aaaaaaa, 0x55555555, 0x7fffffff,
		0x80000000, 0xaaaaaaab, 0xffffffff
	};
	unsigned char *buffer = malloc(batch_size(MAX_ENTRIES));

	if (!buffer)
		err(1, NULL);
	switch_on(e);
	for (size_t i = 0; i < LENGTH(counts); i++) {
		try_count(e, buffer, GET_ST, counts[i]);
		try_count(e, buffer, SET_ST, counts[i]);
	}
	expect_control(e, CONTROL_DS, "counts");
	switch_off(e);
	free(buffer);
}

/* Values on both sides of each power of two below 2^bits. */
static uint32_t edge_value(unsigned int i)
{
	return (uint32_t)((1ull << i / 3) + i % 3 - 1);
}

/* CPU numbers and indexes. */
static void check_values(struct edges *e)
{
	unsigned char buffer[AT_ENTRIES + ENTRY_SIZE];
	unsigned char *entry = entry_at(buffer, 0);

	switch_on(e);
	for (unsigned int i = 0; i < 3 * 32; i++) {
		uint32_t cpu = edge_value(i);

		make_call(buffer, GET_ST, 0, 1, 1, 1);
		put(entry + AT_CPU, cpu, 4);
		try_call(e, buffer, cpu < e->cpus ? OK : IS_EINVAL,
			 "GET_ST, CPU %u", cpu);
		put(buffer + AT_OP, SET_ST, 4);
		try_call(e, buffer, cpu < e->cpus ? OK : IS_EINVAL,
			 "SET_ST, CPU %u", cpu);
	}
	for (unsigned int i = 0; i < 3 * 16; i++) {
		uint32_t index = edge_value(i) & 0xffff;

		make_call(buffer, SET_ST, 0, 1, 1, 1);
		put(entry + AT_INDEX, index, 2);
		try_call(e, buffer, index < e->entries ? OK : IS_ENXIO,
			 "SET_ST, index %u", index);
	}
	expect_control(e, CONTROL_DS, "values");
	switch_off(e);
}

static const struct check {
	const char *name;
	void (*run)(struct edges *e);
} checks[] = {
	{ "argsz", check_argsz },
	{ "reserved", check_reserved },
	{ "count", check_count },
	{ "values", check_values },
	{ "cut", check_cut },
	{ "pointers", check_pointers },
	{ "read-only", check_read_only },
	{ "pending", check_pending },
	{ "own-memory", check_own_memory },
	{ "failing", check_failing },
};

static void run_check(struct edges *e, const char *name)
{
	for (size_t i = 0; i < LENGTH(checks); i++) {
		if (strcmp(checks[i].name, name) != 0)
			continue;
		e->calls = 0;
		checks[i].run(e);
		printf("%s: %lu calls\n", name, e->calls);
		return;
	}
	errx(2, "%s: no such check", name);
}

int main(int argc, char **argv)
{
	struct edges e = { 0 };
	unsigned int capability;

	if (argc < 4 || !is_way(argv[1]))
		errx(2, "usage: abi-edges group|cdev BDF CHECK...");
	setvbuf(stdout, NULL, _IOLBF, 0);
	hold(&e.held, argv[2], argv[1]);
	e.config = open_config(argv[2], &e.tph);
	capability = read_config(e.config, e.tph + 4, 4);
	if ((capability >> 9 & 3) != 1)
		errx(2, "%s: no ST table in its capability", argv[2]);
	e.entries = (capability >> 16 & 0x7ff) + 1;
	e.cpus = (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
	for (int i = 3; i < argc; i++)
		run_check(&e, argv[i]);
	let_go(&e.held);
	if (e.wrong)
		printf("%lu wrong\n", e.wrong);
	return e.wrong ? 1 : 0;
}

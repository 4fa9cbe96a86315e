// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Issues operations of VFIO_DEVICE_PCI_TPH with raw arguments, in order, on
 * one open device:
 *
 *	abi-poke group|cdev|inherited BDF STEP...
 *
 * A STEP is one of
 *
 *	KEY=VALUE,...	one ioctl; prints "OP ok ..." or "OP ERRNO"
 *	vectors=N	allocate N MSI-X vectors, 0 frees them
 *	vector=N	allocate vector N, beside those there are
 *	decode=0|1	memory decoding
 *	reset		VFIO_DEVICE_RESET
 *	run=COMMAND	run a shell command while the device is held
 *
 * Keys of an ioctl, each 0 if not given: op, argsz (default: what the call
 * needs), mode, reserved (the ABI's first reserved field of the operation),
 * count (default: the entries given), entry=CPU/MEM_TYPE/INDEX (any number of
 * them), tail (the reserved field of each entry), fault=1 (a bad pointer).
 *
 * Status 0 if all steps could be carried out, whatever the kernel said to them.
 */
#include "abi-call.h"
#include "vfio-open.h"

#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct call {
	uint32_t op, argsz, count;
	uint64_t reserved;
	bool argsz_given, count_given, fault;
	unsigned int mode, tail;
	unsigned int entries;
	unsigned char *buffer;
};

static void add_entry(struct call *call, const char *value)
{
	unsigned int cpu, memory, index;
	unsigned char *entry;

	if (sscanf(value, "%u/%u/%u", &cpu, &memory, &index) != 3)
		errx(2, "entry: CPU/MEM_TYPE/INDEX");
	call->buffer = realloc(call->buffer, batch_size(call->entries + 1u));
	if (!call->buffer)
		err(1, NULL);
	entry = entry_at(call->buffer, call->entries++);
	memset(entry, 0, ENTRY_SIZE);
	put(entry + AT_CPU, cpu, 4);
	put(entry + AT_MEMORY, memory, 1);
	put(entry + AT_INDEX, index, 2);
}

static void parse(struct call *call, char *step)
{
	char *word, *value;

	for (word = strtok(step, ","); word; word = strtok(NULL, ",")) {
		value = strchr(word, '=');
		if (!value)
			errx(2, "%s: KEY=VALUE", word);
		*value++ = '\0';
		if (!strcmp(word, "op")) {
			call->op = (uint32_t)strtoul(value, NULL, 0);
		} else if (!strcmp(word, "argsz")) {
			call->argsz = (uint32_t)strtoul(value, NULL, 0);
			call->argsz_given = true;
		} else if (!strcmp(word, "count")) {
			call->count = (uint32_t)strtoul(value, NULL, 0);
			call->count_given = true;
		} else if (!strcmp(word, "mode")) {
			call->mode = (unsigned int)strtoul(value, NULL, 0);
		} else if (!strcmp(word, "reserved")) {
			call->reserved = strtoull(value, NULL, 0);
		} else if (!strcmp(word, "tail")) {
			call->tail = (unsigned int)strtoul(value, NULL, 0);
		} else if (!strcmp(word, "fault")) {
			call->fault = true;
		} else if (!strcmp(word, "entry")) {
			add_entry(call, value);
		} else {
			errx(2, "%s: unknown key", word);
		}
	}
}

static void fill_in(struct call *call)
{
	unsigned char *body = call->buffer + AT_BODY;
	unsigned int i;

	if (!call->argsz_given)
		call->argsz = (uint32_t)batch_size(call->entries);
	if (!call->count_given)
		call->count = call->entries;
	put(call->buffer + AT_ARGSZ, call->argsz, 4);
	put(call->buffer + AT_OP, call->op, 4);
	put(body, 0, 8);
	if (call->op == ENABLE) {
		put(body, call->mode, 1);
		put(body + 1, call->reserved, 7);
	} else if (call->op == GET_ST || call->op == SET_ST) {
		put(body, call->count, 4);
		put(body + 4, call->reserved, 4);
	}
	for (i = 0; i < call->entries; i++)
		put(entry_at(call->buffer, i) + AT_RESERVED1, call->tail, 2);
}

static void print_result(const struct call *call)
{
	const unsigned char *body = call->buffer + AT_BODY;
	unsigned int i;

	if (call->op == GET_CAP)
		printf(" modes=%u present=%u size=%u reserved=%u", get(body, 1),
		       get(body + 1, 1), get(body + 2, 2), get(body + 4, 4));
	for (i = 0; call->op == GET_ST && i < call->entries; i++)
		printf(" 0x%04x", get(entry_at(call->buffer, i) + AT_TAG, 2));
}

static void issue(const struct held *held, char *step)
{
	struct call call = { .buffer = calloc(1, AT_ENTRIES) };
	int result;

	if (!call.buffer)
		err(1, NULL);
	parse(&call, step);
	fill_in(&call);
	result =
		issue_call(held->device, call.fault ? (void *)16 : call.buffer);
	printf("%s ", op_name(call.op));
	if (result > 0)
		printf("%d", result);
	else
		printf("%s", result_name(result));
	if (result == 0)
		print_result(&call);
	printf("\n");
	free(call.buffer);
}

static void answer(const char *what, int result)
{
	printf("%s %s\n", what, result_name(result));
}

int main(int argc, char **argv)
{
	struct held held;
	int i;

	if (argc < 4 || !is_way(argv[1]))
		errx(2, "usage: abi-poke group|cdev|inherited BDF STEP...");
	setvbuf(stdout, NULL, _IOLBF, 0);
	hold(&held, argv[2], argv[1]);
	for (i = 3; i < argc; i++) {
		unsigned int count;

		if (sscanf(argv[i], "vectors=%u", &count) == 1)
			answer("vectors", set_vectors(&held, count));
		else if (sscanf(argv[i], "vector=%u", &count) == 1)
			answer("vector", add_vector(&held, count));
		else if (sscanf(argv[i], "decode=%u", &count) == 1)
			answer("decode", set_memory_decoding(&held, count));
		else if (!strcmp(argv[i], "reset"))
			answer("reset", reset_device(&held));
		else if (!strncmp(argv[i], "run=", 4)) {
			fflush(stdout);
			if (system(argv[i] + 4))
				errx(1, "failed: %s", argv[i] + 4);
		} else {
			issue(&held, argv[i]);
		}
	}
	let_go(&held);
	return 0;
}

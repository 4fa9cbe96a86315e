// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi-call.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *op_name(uint32_t op)
{
	static const char *const names[] = { "cap", "enable", "disable",
					     "get-st", "set-st" };

	return op < OPS ? names[op] : "unknown";
}

void put(unsigned char *at, uint64_t value, unsigned int size)
{
	for (; size--; value >>= 8)
		*at++ = (unsigned char)value;
}

unsigned int get(const unsigned char *at, unsigned int size)
{
	unsigned int value = 0;

	while (size--)
		value = value << 8 | at[size];
	return value;
}

unsigned char *entry_at(unsigned char *call, size_t i)
{
	return call + AT_ENTRIES + i * ENTRY_SIZE;
}

size_t batch_size(size_t count)
{
	return AT_ENTRIES + count * ENTRY_SIZE;
}

size_t make_call(unsigned char *buffer, uint32_t op, unsigned int mode,
		 size_t count, unsigned int cpus, unsigned int indexes)
{
	size_t argsz = AT_ENTRIES;

	memset(buffer, 0, AT_ENTRIES);
	if (op == ENABLE) {
		put(buffer + AT_BODY, mode, 1);
	} else if (op == GET_ST || op == SET_ST) {
		argsz = batch_size(count);
		put(buffer + AT_COUNT, count, 4);
		for (size_t i = 0; i < count; i++) {
			unsigned char *entry = entry_at(buffer, i);

			memset(entry, 0, ENTRY_SIZE);
			put(entry + AT_CPU, i % cpus, 4);
			put(entry + AT_INDEX, i % indexes, 2);
			put(entry + AT_TAG, 0xa5a5, 2);
		}
	}
	put(buffer + AT_ARGSZ, argsz, 4);
	put(buffer + AT_OP, op, 4);
	return argsz;
}

int issue_call(int device, void *buffer)
{
	int result = ioctl(device, PCI_TPH_IOCTL, buffer);

	return result < 0 ? -errno : result;
}

const char *result_name(int result)
{
	const char *name = result ? strerrorname_np(-result) : "ok";

	return name ? name : "a positive number";
}

unsigned int read_config(int config, unsigned int at, unsigned int size)
{
	unsigned char bytes[4];

	if (pread(config, bytes, size, at) != (ssize_t)size)
		err(1, "config space at %#x", at);
	return get(bytes, size);
}

int open_config(const char *bdf, unsigned int *tph)
{
	char path[PATH_MAX];
	unsigned int header;
	int config;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", bdf);
	config = open(path, O_RDONLY | O_CLOEXEC);
	if (config < 0)
		err(1, "%s", path);
	for (*tph = 256; *tph >= 256; *tph = header >> 20) {
		header = read_config(config, *tph, 4);
		if ((header & 0xffff) == 0x17)
			return config;
	}
	errx(1, "%s: no TPH capability", bdf);
}

unsigned int tph_control(int config, unsigned int tph)
{
	return read_config(config, tph + 8, 4);
}

unsigned int tph_entry(int config, unsigned int tph, unsigned int index)
{
	return read_config(config, tph + 12 + 2 * index, 2);
}

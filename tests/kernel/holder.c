// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A small VFIO program that holds a device, as a virtual machine or DPDK does:
 *
 *	holder group|cdev|inherited BDF[,BDF...] [VECTORS]
 *
 * prints "ready" once it has the devices and as many MSI-X vectors of each, and
 * then obeys the lines of stdin for each device, answering each line with "ok"
 * or "error: ERRNO":
 *
 *	alloc N		N MSI-X vectors instead of those there are
 *	free		no vectors
 *	reset		VFIO_DEVICE_RESET
 *	decode on|off	memory decoding
 *	sleep, wake	power states D3hot and D0
 *	quit		close the devices; so does the end of stdin
 */
#include "vfio-open.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEVICES 8

static int obey(const struct held *held, const char *line)
{
	unsigned int count;

	if (sscanf(line, "alloc %u", &count) == 1)
		return set_vectors(held, count);
	if (!strcmp(line, "free"))
		return set_vectors(held, 0);
	if (!strcmp(line, "reset"))
		return reset_device(held);
	if (!strcmp(line, "sleep"))
		return set_power_state(held, 3);
	if (!strcmp(line, "wake"))
		return set_power_state(held, 0);
	if (!strcmp(line, "decode on"))
		return set_memory_decoding(held, true);
	if (!strcmp(line, "decode off"))
		return set_memory_decoding(held, false);
	return -ENOSYS;
}

/* Obey for each of them; the first error counts. */
static int obey_all(const struct held *held, int count, const char *line)
{
	int result = 0;

	for (int i = 0; i < count && !result; i++)
		result = obey(&held[i], line);
	return result;
}

int main(int argc, char **argv)
{
	struct held held[MAX_DEVICES];
	int count = 0, result;
	char line[80];

	if (argc < 3 || argc > 4 || !is_way(argv[1]))
		errx(2, "usage: holder group|cdev|inherited BDF[,BDF...] "
			"[VECTORS]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (char *bdf = strtok(argv[2], ","); bdf; bdf = strtok(NULL, ",")) {
		if (count == MAX_DEVICES)
			errx(2, "too many devices");
		hold(&held[count++], bdf, argv[1]);
	}
	if (argc == 4) {
		snprintf(line, sizeof(line), "alloc %s", argv[3]);
		result = obey_all(held, count, line);
		if (result)
			errx(1, "vectors: %s", strerrorname_np(-result));
	}
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "quit"))
			break;
		result = obey_all(held, count, line);
		if (result)
			printf("error: %s\n", strerrorname_np(-result));
		else
			puts("ok");
	}
	while (count--)
		let_go(&held[count]);
	return 0;
}

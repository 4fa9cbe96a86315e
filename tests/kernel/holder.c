// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A small VFIO program that holds a device, as a virtual machine or DPDK does:
 *
 *	holder group|cdev BDF [VECTORS]
 *
 * prints "ready" once it has the device and as many MSI-X vectors, and then
 * obeys the lines of stdin, answering each with "ok" or "error: ERRNO":
 *
 *	alloc N		N MSI-X vectors instead of those there are
 *	free		no vectors
 *	reset		VFIO_DEVICE_RESET
 *	decode on|off	memory decoding
 *	quit		close the device; so does the end of stdin
 */
#include "vfio-open.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int obey(const struct held *held, const char *line)
{
	unsigned int count;

	if (sscanf(line, "alloc %u", &count) == 1)
		return set_vectors(held, count);
	if (!strcmp(line, "free"))
		return set_vectors(held, 0);
	if (!strcmp(line, "reset"))
		return reset_device(held);
	if (!strcmp(line, "decode on"))
		return set_memory_decoding(held, true);
	if (!strcmp(line, "decode off"))
		return set_memory_decoding(held, false);
	return -ENOSYS;
}

int main(int argc, char **argv)
{
	struct held held;
	char line[80];
	int result;

	if (argc < 3 || argc > 4 ||
	    (strcmp(argv[1], "group") && strcmp(argv[1], "cdev")))
		errx(2, "usage: holder group|cdev BDF [VECTORS]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	hold(&held, argv[2], !strcmp(argv[1], "group"));
	if (argc == 4) {
		result = set_vectors(&held, (unsigned int)atoi(argv[3]));
		if (result)
			errx(1, "vectors: %s", strerrorname_np(-result));
	}
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, "quit"))
			break;
		result = obey(&held, line);
		if (result)
			printf("error: %s\n", strerrorname_np(-result));
		else
			puts("ok");
	}
	let_go(&held);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that has a device open: data alone. core/owner finds it on this
 * machine; a dump has it recorded.
 */
#ifndef CORE_PCI_HOLDER_H
#define CORE_PCI_HOLDER_H

#include <sys/types.h>

struct owner {
	pid_t pid;
	int fd; /* number of its descriptor, where it was seen; a hint */
	char command[32];
};

#endif

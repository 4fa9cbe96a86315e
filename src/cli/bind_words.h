/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a function of this machine is bound to another driver, in words. */
#ifndef CLI_BIND_WORDS_H
#define CLI_BIND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#define BIND_WORDS_SIZE 320

/*
 * The commands, for this boot alone, or that it is in use. ours: it takes the
 * driver tph-vfio-pci; else any that offers VFIO.
 */
void bind_words(const char *address, bool ours, char text[BIND_WORDS_SIZE]);

#endif

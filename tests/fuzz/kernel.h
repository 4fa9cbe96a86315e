/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel that answers with the input: to be linked with --wrap for each of
 * the calls in kernel.c. What a call writes it writes within the buffer that
 * it was given; what stands there, its length and its result are the input's.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "fuzz.h"

/* The descriptor that opening gives, and no other that is answered for. */
#define KERNEL_FD 0x40000000

/* Answer with these bytes from now on, and then with zeros. */
void kernel_load(const uint8_t *data, size_t size);

/* The next byte of them. */
uint8_t kernel_take(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read by sparse before each source, see check-sparse: what the kernel's
 * headers need of a compiler and sparse 0.6.4 does not know yet.
 */

/* It does the same but that a const stays one. */
#define __typeof_unqual__ __typeof__

/*
 * The kernel asserts by it that the text of a MODULE_ line has no NUL within
 * (include/linux/moduleparam.h). To sparse it is no constant; sizeof is. That
 * gcc does the assertion is enough.
 */
#define __builtin_strlen(text) (sizeof(text) - 1)

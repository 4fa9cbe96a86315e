/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rights that the process gives up, as far as the kernel lets it. */
#ifndef CORE_BASE_CONFINE_H
#define CORE_BASE_CONFINE_H

/* No program that is executed from now on gains a right (no_new_privs). */
void confine_rights(void);

/*
 * From now on, and for ever, files can only be read: nothing is written, made,
 * renamed, removed or executed, no device is controlled, nobody is connected
 * to and no other process is signalled; what is open stays so (landlock(7),
 * since 5.13, the last three since 6.10, 6.7 and 6.12). Needs
 * confine_rights(). A kernel without it confines nothing.
 */
void confine_to_reading(void);

#endif

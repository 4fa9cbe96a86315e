/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telling a service manager how the program fares: sd_notify(3)'s protocol. */
#ifndef CORE_BASE_NOTIFY_H
#define CORE_BASE_NOTIFY_H

/*
 * Send a state ("READY=1") to the socket that NOTIFY_SOCKET names. Nothing
 * happens where there is none. Returns 0, or -errno.
 *
 * Not by libsystemd: the protocol is one datagram, is documented to be
 * spoken without it, and a library of that size in a program of root's is
 * no gain.
 */
int notify(const char *state);

#endif

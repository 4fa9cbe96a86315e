/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from outside (names in sysfs and in pci.ids, arguments) is bytes; what
 * goes into JSON or into metrics has to be UTF-8 (RFC 3629).
 */
#ifndef CORE_BASE_UTF8_H
#define CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* U+FFFD, what stands for bytes that are no character. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/*
 * Bytes of the character that text begins with, 1-4; 0 where it begins with
 * none: a stray or missing continuation, more bytes than it takes, a
 * surrogate, or one above U+10FFFF. At the end of the string: 1.
 */
size_t utf8_length(const char *text);

/*
 * Does the character of this length drive a terminal, or what shows the text,
 * in place of being shown: a control character (C0, DEL, C1), or one that
 * turns the direction of writing?
 */
bool utf8_is_control(const char *text, size_t length);

/* Is all of it characters? */
bool utf8_valid(const char *text);

/*
 * A copy in which each byte that belongs to no character is U+FFFD. To be
 * freed; NULL when memory ran out.
 */
char *utf8_clean(const char *text);

#endif

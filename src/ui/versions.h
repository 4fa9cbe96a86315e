/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --version prints. */
#ifndef UI_VERSIONS_H
#define UI_VERSIONS_H

/*
 * Print the program's version, with the commit if it is not a release, and a
 * line for each library: the version that runs where the library tells it,
 * else the one that the program was built with.
 */
void versions_print(void);

#endif

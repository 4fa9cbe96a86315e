/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion in shells. The function that a shell calls asks the program,
 * whose tables tell what could stand where:
 *
 *	vfio-tph __complete SHELL WORD...
 *
 * WORD... is what stands behind the program's name, up to the cursor; the
 * last one, perhaps empty, is to be completed. SHELL is bash, which shows
 * words alone, or another, which is told what they mean. offer.h has what
 * the answer looks like.
 */
#ifndef COMPLETE_COMPLETE_H
#define COMPLETE_COMPLETE_H

#define COMPLETE_COMMAND "__complete"

/* argv is "__complete", SHELL, WORD... Returns the exit status. */
int complete(int argc, char **argv);

#endif

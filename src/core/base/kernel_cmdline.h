/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the kernel's command line, split as lib/cmdline.c does: at
 * blanks outside of double quotes, up to "--", behind which stands what is
 * init's. In names "-" and "_" are the same.
 */
#ifndef CORE_BASE_KERNEL_CMDLINE_H
#define CORE_BASE_KERNEL_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The value of the last "name=value", or "name" alone (an empty value), cut
 * where it is longer than size - 1. False, and an empty value, where the
 * line has none.
 */
bool kernel_cmdline_value(const char *line, const char *name, char *value,
			  size_t size);

/* Is option one of those in any "name=a,option,b"? */
bool kernel_cmdline_has(const char *line, const char *name, const char *option);

/* Was this kernel booted with pci=notph (drivers/pci/pci.c)? */
bool kernel_cmdline_notph(void);

#endif

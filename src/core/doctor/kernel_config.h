/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel was built with, where it can be read. */
#ifndef CORE_DOCTOR_KERNEL_CONFIG_H
#define CORE_DOCTOR_KERNEL_CONFIG_H

#include <stddef.h>

#include "core/base/error.h"

struct kernel_config {
	char path[320]; /* the file that it was read from */
	char *text;
};

/*
 * Read the configuration of the running kernel, whose release uname(2) tells:
 * /proc/config.gz, /boot/config-RELEASE, or /lib/modules/RELEASE/config, the
 * first that can be read. Returns 0, or -errno with *err filled.
 */
int kernel_config_load(const char *release, struct kernel_config *config,
		       struct error *err);
void kernel_config_free(struct kernel_config *config);

/*
 * The value of an option as scripts/kconfig writes it: "y", "m", "0x100",
 * "\"text\"", cut at size - 1; "n" where the option is not set or not there.
 */
void kernel_config_get(const char *text, const char *option, char *value,
		       size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does this kernel's PCI core do TPH, and was it told not to? */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/base/cleanup.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/base/kernel_cmdline.h"
#include "core/doctor/kernel_config.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"

/* The first that has drivers/pci/tph.c. */
#define FIRST_MAJOR 6
#define FIRST_MINOR 13

/* "6.13.0-rc1": what stands behind the second number says nothing here. */
static bool parse_release(const char *release, unsigned int *major,
			  unsigned int *minor)
{
	return text_take_number(&release, major) && text_take(&release, ".") &&
	       text_take_number(&release, minor);
}

void check_kernel_version(struct doctor *d, struct finding *f)
{
	unsigned int major, minor;
	struct utsname name;

	(void)d;
	if (uname(&name) || !parse_release(name.release, &major, &minor)) {
		finding_skip(f, "the kernel does not tell its version");
		return;
	}
	finding_see(f, "uname -r", "%s", name.release);
	if (major > FIRST_MAJOR ||
	    (major == FIRST_MAJOR && minor >= FIRST_MINOR)) {
		finding_ok(f, "new enough for TPH");
		return;
	}
	finding_warn(f, "older than %d.%d, the first whose PCI core knows TPH",
		     FIRST_MAJOR, FIRST_MINOR);
	finding_next(f, "boot a newer kernel, unless this one's vendor has "
			"brought TPH to it");
}

void check_kernel_config(struct doctor *d, struct finding *f)
{
	static const char option[] = "CONFIG_PCIE_TPH";
	_cleanup_(kernel_config_free) struct kernel_config config = { 0 };
	struct utsname name;
	struct error err;
	char value[16];

	(void)d;
	if (uname(&name) || kernel_config_load(name.release, &config, &err)) {
		finding_skip(f, "%s", err.message);
		return;
	}
	kernel_config_get(config.text, option, value, sizeof(value));
	finding_see(f, config.path, "%s=%s", option, value);
	if (strcmp(value, "y") == 0) {
		finding_ok(f, "the PCI core was built with TPH");
		return;
	}
	finding_fail(f, ERR_NO_ABI, "the PCI core was built without TPH");
	finding_next(f, "boot a kernel that was built with %s=y", option);
}

void check_command_line(struct doctor *d, struct finding *f)
{
	_cleanup_free_ char *line = NULL;
	char value[128];

	(void)d;
	line = sysfs_read_all("/proc/cmdline");
	if (!line) {
		finding_unread(f, "/proc/cmdline", errno);
		return;
	}
	if (kernel_cmdline_value(line, "pci", value, sizeof(value)))
		finding_see(f, "/proc/cmdline", "pci=%s", value);
	else
		finding_see(f, "/proc/cmdline", "no pci=");
	if (!kernel_cmdline_has(line, "pci", "notph")) {
		finding_ok(f, "TPH was not switched off when booting");
		return;
	}
	finding_fail(f, ERR_NO_COMPLETER,
		     "the kernel was booted with pci=notph");
	finding_next(f, "boot without it");
}

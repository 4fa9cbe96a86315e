/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/bind_words.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/pci/in_use.h"

#define DEVICES "/sys/bus/pci/devices"

static bool has_driverctl(void)
{
	return access("/usr/sbin/driverctl", F_OK) == 0 ||
	       access("/sbin/driverctl", F_OK) == 0 ||
	       access("/usr/bin/driverctl", F_OK) == 0;
}

/* Is it loaded, or could modprobe find it? */
static bool has_module(void)
{
	_cleanup_free_ char *list = NULL;
	struct utsname name;
	char path[128];

	if (access("/sys/module/tph_vfio_pci", F_OK) == 0)
		return true;
	if (uname(&name))
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%.64s/modules.dep",
		 name.release);
	list = sysfs_read_all(path);
	return list && strstr(list, "/tph-vfio-pci.ko");
}

void bind_words(const char *address, bool ours, char text[BIND_WORDS_SIZE])
{
	bool module = has_module();
	const char *driver = module ? "tph-vfio-pci" : "vfio-pci";
	char use[96], bound[96];

	if (pci_in_use(address, use, sizeof(use))) {
		snprintf(text, BIND_WORDS_SIZE,
			 "it is in use %s: bind another device, or take it "
			 "out of use first",
			 use);
		return;
	}
	if (ours && !module) {
		snprintf(text, BIND_WORDS_SIZE,
			 "install the module tph-vfio-pci");
		return;
	}
	if (module && has_driverctl()) {
		snprintf(text, BIND_WORDS_SIZE,
			 "driverctl --nosave set-override %s %s%s", address,
			 driver,
			 ours ? "" : ", or vfio-pci if DPDK is to have it");
		return;
	}
	snprintf(bound, sizeof(bound), DEVICES "/%.16s/driver", address);
	snprintf(text, BIND_WORDS_SIZE,
		 "modprobe %s; cd " DEVICES "/%s; echo %s > "
		 "driver_override%s%s%s; echo %s > /sys/bus/pci/drivers_probe",
		 driver, address, driver,
		 access(bound, F_OK) == 0 ? "; echo " : "",
		 access(bound, F_OK) == 0 ? address : "",
		 access(bound, F_OK) == 0 ? " > driver/unbind" : "", address);
}

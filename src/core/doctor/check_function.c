/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the function answer, and is it awake or able to wake? */
#include <endian.h>
#include <string.h>

#include "core/doctor/checks.h"
#include "core/sysfs.h"

#define HEADER_SIZE 64

void check_device(struct doctor *d, struct finding *f)
{
	struct config_reader config = pci_device_config(&d->target->pci);
	const char *address = d->target->pci.address;
	unsigned char header[HEADER_SIZE];
	uint32_t first;
	bool answers = false;

	if (config.read(config.context, 0, header, sizeof(header))) {
		finding_fail(f, ERR_SYSTEM, "its config space cannot be read");
		finding_next(f,
			     "see what the kernel says of it: dmesg | grep "
			     "%s",
			     address);
		return;
	}
	/* A virtual function has its ids elsewhere, but not all else. */
	for (size_t i = 0; i < sizeof(header); i++)
		answers |= header[i] != 0xff;
	memcpy(&first, header, sizeof(first));
	check_see_config(d, f, address, 0, le32toh(first));
	if (answers) {
		finding_ok(f, "%04x:%04x is there and answers",
			   d->target->pci.vendor_id, d->target->pci.device_id);
		return;
	}
	finding_fail(f, ERR_REFUSED,
		     "it does not answer: all that is read "
		     "from it is ones");
	finding_next(f,
		     "see whether it is plugged in and its link is up: "
		     "dmesg | grep %s",
		     address);
}

/* Of one that somebody drives, who sent it to sleep by its own registers. */
static bool is_kept_asleep(const struct doctor *d, const char *status)
{
	return d->target->owner.pid && strcmp(status, "suspended") != 0;
}

void check_power(struct doctor *d, struct finding *f)
{
	char path[CHECK_PATH_SIZE], state[32], status[32] = "not known";

	if (check_not_in_dump(d, f))
		return;
	if (sysfs_read(check_device_file(d, "power_state", path), state,
		       sizeof(state)) < 0) {
		finding_skip(f, "this kernel does not tell its power state");
		return;
	}
	finding_see(f, path, "%s", state);
	if (sysfs_read(check_device_file(d, "power/runtime_status", path),
		       status, sizeof(status)) >= 0)
		finding_see(f, path, "%s", status);
	if (strcmp(status, "error") == 0) {
		finding_fail(f, ERR_ASLEEP,
			     "its power management failed: it does not wake");
		finding_next(f,
			     "unbind and bind it again, or reset it: echo "
			     "1 > %s",
			     check_device_file(d, "reset", path));
	} else if (strcmp(state, "D0") == 0) {
		finding_ok(f, "it is awake");
	} else if (state[0] != 'D') {
		finding_ok(f, "its power is not managed");
	} else if (is_kept_asleep(d, status)) {
		finding_fail(f, ERR_ASLEEP,
			     "what drives it keeps it asleep: the kernel "
			     "does not wake it");
		finding_next(f, "have %s (pid %d) wake it",
			     d->target->owner.command, d->target->owner.pid);
	} else {
		finding_ok(f, "it sleeps, and wakes when it is opened");
	}
}

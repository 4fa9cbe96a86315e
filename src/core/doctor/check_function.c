/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the function answer, and is it awake or able to wake? */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/base/sysfs.h"

#define HEADER_SIZE 64

void check_device(struct doctor *d, struct finding *f)
{
	struct config_reader config = pci_device_config(&d->target->pci);
	const char *address = d->target->pci.address;
	unsigned char header[HEADER_SIZE];
	uint32_t first;
	bool answers = false;
	int r = config.read(config.context, 0, header, sizeof(header));

	if (r) {
		finding_fail(f, ERR_SYSTEM,
			     "its config space cannot be read: %s",
			     strerror(-r));
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
	check_see_config(d, f, &d->target->pci.bdf, 0, le32toh(first));
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

/* True where both could be seen, or the second is not there. */
static bool see_power(const struct doctor *d, struct finding *f, char *state,
		      char *status, size_t size)
{
	char path[CHECK_PATH_SIZE];
	long n = check_see_file(f, check_device_file(d, "power_state", path),
				state, size);

	if (n == -ENOENT) {
		finding_skip(f, "this kernel does not tell its power state");
		return false;
	}
	if (n >= 0)
		n = check_see_file(
			f, check_device_file(d, "power/runtime_status", path),
			status, size);
	if (n < 0 && n != -ENOENT)
		finding_unread(f, path, (int)-n);
	return n >= 0 || n == -ENOENT;
}

void check_power(struct doctor *d, struct finding *f)
{
	char path[CHECK_PATH_SIZE], state[32], status[32];

	if (!see_power(d, f, state, status, sizeof(state)))
		return;
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

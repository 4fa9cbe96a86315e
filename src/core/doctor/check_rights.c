/* SPDX-License-Identifier: GPL-2.0-or-later */
/* May this user see and do what steering takes? */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/base/sysfs.h"

#define STATUS_FILE "/proc/self/status"

/* The effective capabilities. Returns 0, or -errno. */
static int effective(unsigned long long *set)
{
	static const char key[] = "\nCapEff:";
	_cleanup_free_ char *text = sysfs_read_all(STATUS_FILE);
	const char *line = text ? strstr(text, key) : NULL;

	if (!text)
		return -errno;
	if (!line)
		return -ENODATA;
	*set = strtoull(line + strlen(key), NULL, 16);
	return 0;
}

static bool has(unsigned long long set, unsigned int capability)
{
	return set >> capability & 1;
}

void check_rights(struct doctor *d, struct finding *f)
{
	unsigned long long set = 0;
	struct error hint;
	bool admin, trace;
	int r;

	(void)d;
	r = effective(&set);
	if (r) {
		finding_unread(f, STATUS_FILE, -r);
		return;
	}
	admin = has(set, CAP_SYS_ADMIN);
	trace = has(set, CAP_SYS_PTRACE);
	finding_see(f, STATUS_FILE, "user %u, CapEff %016llx", geteuid(), set);
	if (admin && trace) {
		finding_ok(f, "config space and the processes of others can "
			      "be seen");
		return;
	}
	finding_warn(f, "%s%s%s cannot be seen",
		     admin ? "" : "config space beyond 64 bytes",
		     admin || trace ? "" : ", and ",
		     trace ? "" : "what processes of other users hold,");
	error_hint_rights(&hint, "CAP_SYS_ADMIN, CAP_SYS_PTRACE");
	finding_next(f, "%s", hint.hint);
}

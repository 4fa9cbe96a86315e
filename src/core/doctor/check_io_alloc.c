/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of an L3 cache may hold what devices write? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/cpu/resctrl.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"

#define RESCTRL_INFO "/sys/fs/resctrl/info/"

/* With fewer, what devices write drives itself out before it is read. */
#define ENOUGH_WAYS 2

/* Split for code and data, both have the same masks. */
static const char *const directories[] = { RESCTRL_INFO "L3",
					   RESCTRL_INFO "L3DATA" };

/* The directory that has io_alloc and what it says; NULL if none has. */
static const char *find_io_alloc(char *value, size_t size, long *r)
{
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories);
	     i++) {
		*r = sysfs_readf(value, size, "%s/io_alloc", directories[i]);
		if (*r != -ENOENT)
			return directories[i];
	}
	return NULL;
}

static void judge_masks(const char *path, struct finding *f)
{
	_cleanup_free_ char *text = sysfs_read_all(path);
	unsigned int l3, ways;

	if (!text) {
		finding_unread(f, path, errno);
		return;
	}
	text[strcspn(text, "\n")] = '\0';
	finding_see(f, path, "%s", text);
	if (!resctrl_fewest_ways(text, &l3, &ways)) {
		finding_skip(f, "%s is not understood", path);
		return;
	}
	if (ways >= ENOUGH_WAYS) {
		finding_ok(f,
			   "what devices write may use %u ways of an L3 cache "
			   "or more",
			   ways);
		return;
	}
	finding_warn(f,
		     "what devices write may use %u way%s of L3 cache %u: a "
		     "steered line may be gone before it is read",
		     ways, ways == 1 ? "" : "s", l3);
	finding_next(f, "widen the mask: echo %u=MASK > %s", l3, path);
}

void check_io_alloc(struct doctor *d, struct finding *f)
{
	char value[32], path[64];
	const char *directory;
	long r;

	(void)d;
	directory = find_io_alloc(value, sizeof(value), &r);
	if (!directory) {
		finding_skip(f, "resctrl is not mounted, or this kernel does "
				"not report io_alloc");
		return;
	}
	snprintf(path, sizeof(path), "%s/io_alloc", directory);
	if (r < 0) {
		finding_unread(f, path, (int)-r);
		return;
	}
	finding_see(f, path, "%s", value);
	if (strcmp(value, "enabled") != 0) {
		finding_ok(f, "resctrl does not confine what devices write to "
			      "ways of the L3 cache");
		return;
	}
	snprintf(path, sizeof(path), "%s/io_alloc_cbm", directory);
	judge_masks(path, f);
}

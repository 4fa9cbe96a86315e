/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The platform's tags: has every CPU one, and does it tell CPUs apart? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/compat.h"
#include "core/base/cleanup.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/tph/steering.h"

/* On a device of our own; what was switched on is off again after it. */
static int ask(struct doctor *d, uint16_t *tags, struct error *err)
{
	struct target *t = d->target;
	struct error ignored;
	bool switched = false;
	unsigned int mode;
	int r = 0;

	if (!t->control.enabled || !t->borrowed) {
		r = steering_choose_mode(t, STEERING_MODE_AUTO, &mode, err);
		if (r == 0)
			r = steering_enable(t, mode, false, &switched, err);
	}
	if (r == 0)
		r = steering_get_tags(t, d->cpus.items, d->cpus.count,
				      TPH_MEM_VOLATILE, tags, err);
	if (switched)
		steering_disable(t, &switched, &ignored);
	return r;
}

static int ask_all(struct doctor *d, struct error *err)
{
	_cleanup_free_ uint16_t *tags = NULL;
	int r = topology_usable_cpus(d->topology, &d->cpus);

	tags = calloc(d->cpus.count + 1, sizeof(*tags));
	if (r || !tags)
		return error_system(err, ENOMEM, "cannot ask for the tags");
	r = ask(d, tags, err);
	if (r == 0)
		d->tags = take_ptr(tags);
	return r;
}

static void see_tags(const struct doctor *d, struct finding *f)
{
	char text[192] = "";
	size_t used = 0;

	for (size_t i = 0; i < d->cpus.count && used < sizeof(text) - 32; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%sCPU %u: 0x%x", i ? ", " : "",
					 d->cpus.items[i], d->tags[i]);
	finding_see(f, "VFIO_DEVICE_PCI_TPH GET_ST", "%s%s", text,
		    used >= sizeof(text) - 32 ? ", ..." : "");
}

static void judge(const struct doctor *d, struct finding *f)
{
	struct cpulist without = { 0 };
	_cleanup_free_ unsigned int *to_free = NULL;
	_cleanup_free_ char *list = NULL;

	for (size_t i = 0; i < d->cpus.count; i++)
		if (d->tags[i] == 0)
			cpulist_append(&without, d->cpus.items[i], 1, 1);
	to_free = without.items;
	see_tags(d, f);
	if (without.count == 0) {
		finding_ok(f, "each of %zu CPUs has a tag", d->cpus.count);
		return;
	}
	if (without.count == d->cpus.count) {
		finding_fail(f, ERR_NO_TAG, "the platform gives no CPU a tag");
		finding_next(f, "the firmware marks every tag as invalid: "
				"look for TPH in its settings, or for an "
				"update");
		return;
	}
	list = cpulist_format(&without);
	finding_warn(f, "the platform gives no tag for CPUs %s", list ?: "");
	finding_next(f, "steer to the others");
}

static void refused(struct doctor *d, struct finding *f,
		    const struct error *err)
{
	/* A kernel may keep the tags of a table to itself, and steer. */
	if (err->kind == ERR_GATED &&
	    d->target->cap.location != TPH_TABLE_NONE) {
		finding_skip(f, "%.500s", err->message);
		return;
	}
	finding_see(f, "VFIO_DEVICE_PCI_TPH", "%s",
		    errno_name(err->number) ?: "refused");
	finding_fail_as(f, err);
	if (!f->next[0])
		finding_next(f,
			     "see what the kernel says of it: dmesg | grep "
			     "-E 'TPH|%s'",
			     d->target->pci.address);
}

void check_tags(struct doctor *d, struct finding *f)
{
	struct error err;

	if (!d->target->open) {
		check_skip_closed(d, f);
	} else if (!d->topology) {
		finding_skip(f, "%.500s", d->no_topology.message);
	} else if (d->target->borrowed && !d->target->control.enabled) {
		finding_skip(f, "there are tags only while TPH is on, and it "
				"is not switched on behind the back of what "
				"drives the device");
	} else if (ask_all(d, &err)) {
		refused(d, f, &err);
	} else {
		judge(d, f);
	}
}

static int compare(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

void check_tag_variety(struct doctor *d, struct finding *f)
{
	size_t n = d->cpus.count, with = 0, different = 0;
	uint16_t last = 0;

	if (!d->tags) {
		finding_skip(f, "the tags are not known");
		return;
	}
	qsort(d->tags, n, sizeof(*d->tags), compare);
	for (size_t i = 0; i < n; i++) {
		with += d->tags[i] != 0;
		different += d->tags[i] != last;
		last = d->tags[i];
	}
	finding_see(f, "VFIO_DEVICE_PCI_TPH GET_ST", "%zu tags for %zu CPUs",
		    different, with);
	if (different > 1 || with <= 1) {
		finding_ok(f, "the tags tell CPUs apart");
		return;
	}
	finding_warn(f, "every CPU has the same tag: it makes no difference "
			"which one is aimed at");
	finding_next(f, "such a platform has one cache to aim at, or its "
			"firmware does not tell them apart: look for an "
			"update");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the success of a profile depends on, as signatures. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/cleanup.h"
#include "core/base/sysfs.h"
#include "core/tph/msix_vectors.h"
#include "watch/watched.h"

#define DEVICES	   "/sys/bus/pci/devices/"
#define HASH_BASIS 0xcbf29ce484222325u

uint64_t watch_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* FNV-1a: to notice a change, not to withstand an enemy. */
static uint64_t mix(uint64_t hash, const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text, long length)
{
	return length > 0 ? mix(hash, text, (size_t)length) : hash;
}

/*
 * Reading config space through sysfs wakes a device: of one that its holder
 * has put to sleep, nothing but this is read.
 */
int watch_look_around(struct watched *d)
{
	char power[32], online[4096];
	long length = sysfs_readf(power, sizeof(power),
				  DEVICES "%s/power_state", d->pci.address);
	bool asleep = length > 0 && strncmp(power, "D3", 2) == 0;
	uint64_t hash = mix(HASH_BASIS, &asleep, sizeof(asleep));

	length = sysfs_read("/sys/devices/system/cpu/online", online,
			    sizeof(online));
	d->seen =
		(struct watch_seen){ .place = mix_text(hash, online, length) };
	return asleep;
}

static bool needs_vectors(const struct watched *d)
{
	return d->wanted->maps.n && (st_maps_follow_irq(&d->wanted->maps) ||
				     d->target.cap.location == TPH_TABLE_MSIX);
}

/*
 * Vectors that were freed and allocated anew between two looks have lost
 * their tags, though number and CPU may be the same. Their entries in sysfs
 * are new then, with inode numbers that no other had for a long time.
 */
static uint64_t mix_birth(uint64_t hash, const struct watched *d,
			  unsigned int irq)
{
	char path[96];
	struct stat st;

	snprintf(path, sizeof(path), DEVICES "%s/msi_irqs/%u", d->pci.address,
		 irq);
	return stat(path, &st) ? hash
			       : mix(hash, &st.st_ino, sizeof(st.st_ino));
}

/* Where they cannot be read, 0. */
static uint64_t registers_signature(struct target *t)
{
	uint64_t hash = HASH_BASIS;
	uint16_t tags[2048];
	struct error ignored;

	if (target_read_control(t, &ignored))
		return 0;
	hash = mix(hash, &t->control.mode, sizeof(t->control.mode));
	hash = mix(hash, &t->control.requester, sizeof(t->control.requester));
	if (t->cap.location == TPH_TABLE_CAPABILITY &&
	    target_read_tags(t, 0, t->cap.table_size, tags, &ignored) == 0)
		hash = mix(hash, tags, t->cap.table_size * sizeof(*tags));
	return hash;
}

int watch_look(struct watched *d, struct error *err)
{
	_cleanup_free_ struct msix_vector *vectors = NULL;
	uint64_t hash = HASH_BASIS;
	size_t n = 0;

	if (needs_vectors(d)) {
		int r = msix_vectors(&d->target.pci, &vectors, &n, err);

		if (r || n == 0)
			return r ? r : 1;
	}
	for (size_t i = 0; i < n; i++) {
		hash = mix(hash, &vectors[i].index, sizeof(vectors[i].index));
		hash = mix(hash, &vectors[i].cpu, sizeof(vectors[i].cpu));
		hash = mix_birth(hash, d, vectors[i].irq);
	}
	d->seen.vectors = hash;
	d->seen.registers = registers_signature(&d->target);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/replace_file.h"
#include "core/base/state_directory.h"

void profile_begin(struct json_writer *profile, const char *boot)
{
	json_write_number(profile, "version", 1);
	if (boot)
		json_write_string(profile, "boot", boot);
	json_write_array(profile, "devices");
}

static int put_map(struct json_writer *w, const struct st_map *map)
{
	_cleanup_free_ char *indexes = NULL, *cpus = NULL;

	if (st_map_print(map, &indexes, &cpus))
		return -ENOMEM;
	json_write_object(w, NULL);
	json_write_string(w, "index", indexes);
	json_write_string(w, "cpus", cpus);
	json_write_end(w);
	return 0;
}

static int put_maps(struct json_writer *w, const struct snapshot *snapshot)
{
	_cleanup_(st_maps_free) struct st_maps maps = { 0 };
	int r = st_plan_maps(&snapshot->plan, &maps);

	if (maps.n)
		json_write_array(w, "maps");
	for (size_t i = 0; r == 0 && i < maps.n; i++)
		r = put_map(w, &maps.list[i]);
	if (maps.n)
		json_write_end(w);
	return r;
}

int profile_add(struct json_writer *profile, const struct pci_device *pci,
		const struct snapshot *snapshot, const struct cpulist *lost)
{
	_cleanup_free_ char *list = NULL;
	struct json_writer_mark before = json_writer_mark(profile);
	char id[16];
	int r;

	snprintf(id, sizeof(id), "%04x:%04x", pci->vendor_id, pci->device_id);
	json_write_object(profile, NULL);
	json_write_string(profile, "device", pci->address);
	json_write_string(profile, "id", id);
	json_write_string(profile, "mode",
			  snapshot->enabled ? tph_mode_name(snapshot->mode)
					    : "off");
	if (snapshot->plan.n)
		json_write_string(profile, "mem", tph_mem_name(snapshot->mem));
	r = put_maps(profile, snapshot);
	if (lost && lost->count) {
		list = cpulist_format(lost);
		if (list)
			json_write_string(profile, "lost", list);
		else
			r = -ENOMEM;
	}
	json_write_end(profile);
	if (r == 0 && !profile->failed)
		return 0;
	json_writer_return(profile, before);
	return -ENOMEM;
}

int profile_add_all(struct json_writer *profile, const struct pci_device *pci,
		    unsigned int mode, const char *cpus)
{
	char id[16];

	snprintf(id, sizeof(id), "%04x:%04x", pci->vendor_id, pci->device_id);
	json_write_object(profile, NULL);
	json_write_string(profile, "device", pci->address);
	json_write_string(profile, "id", id);
	json_write_string(profile, "mode", tph_mode_name(mode));
	json_write_array(profile, "maps");
	json_write_object(profile, NULL);
	json_write_string(profile, "index", "all");
	json_write_string(profile, "cpus", cpus);
	json_write_end(profile);
	json_write_end(profile);
	json_write_end(profile);
	return profile->failed ? -ENOMEM : 0;
}

int profile_store(struct json_writer *profile, const char *name,
		  struct error *err)
{
	struct json_writer_mark open = json_writer_mark(profile);
	_cleanup_close_ int dir = -1;
	int r;

	dir = state_directory_open(err);
	if (dir < 0)
		return dir;
	json_write_end(profile); /* the devices */
	json_write_end(profile);
	r = profile->failed
		    ? -ENOMEM
		    : replace_file(dir, name, 0600, profile->text, profile->n);
	json_writer_return(profile, open);
	return r ? error_system(err, -r, "cannot write %s/%s", STATE_DIRECTORY,
				name)
		 : 0;
}

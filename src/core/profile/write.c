/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/profile/write.h"

#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/replace_file.h"

static int put(struct json_object *object, const char *key,
	       struct json_object *value)
{
	if (value && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

static int put_string(struct json_object *object, const char *key,
		      const char *value)
{
	return put(object, key, json_object_new_string(value));
}

struct json_object *profile_new(const char *boot)
{
	struct json_object *profile = json_object_new_object();

	if (profile && put(profile, "version", json_object_new_int(1)) == 0 &&
	    (!boot || put_string(profile, "boot", boot) == 0) &&
	    put(profile, "devices", json_object_new_array()) == 0)
		return profile;
	json_object_put(profile);
	return NULL;
}

/* "0-7=8-15" into { "index": "0-7", "cpus": "8-15" }. */
static int put_map(struct json_object *maps, char *map)
{
	struct json_object *object = json_object_new_object();
	char *cpus = strchr(map, '=');

	*cpus++ = '\0';
	if (object && put_string(object, "index", map) == 0 &&
	    put_string(object, "cpus", cpus) == 0 &&
	    json_object_array_add(maps, object) == 0)
		return 0;
	json_object_put(object);
	return -ENOMEM;
}

static int put_maps(struct json_object *device, const struct snapshot *snapshot)
{
	struct json_object *array = json_object_new_array();
	char **maps;
	size_t n;
	int r = snapshot_maps(&snapshot->plan, &maps, &n);

	for (size_t i = 0; i < n; i++) {
		if (r == 0)
			r = array ? put_map(array, maps[i]) : -ENOMEM;
		free(maps[i]);
	}
	free(maps);
	if (r == 0 && n)
		return put(device, "maps", array);
	json_object_put(array);
	return r;
}

static int fill(struct json_object *device, const struct pci_device *pci,
		const struct snapshot *snapshot)
{
	char id[16];
	int r;

	snprintf(id, sizeof(id), "%04x:%04x", pci->vendor_id, pci->device_id);
	r = put_string(device, "device", pci->address);
	if (r == 0)
		r = put_string(device, "id", id);
	if (r == 0)
		r = put_string(device, "mode",
			       snapshot->enabled ? tph_mode_name(snapshot->mode)
						 : "off");
	if (r == 0 && snapshot->plan.n)
		r = put_string(device, "mem",
			       snapshot->mem == TPH_MEM_PERSISTENT
				       ? "persistent"
				       : "volatile");
	return r ? r : put_maps(device, snapshot);
}

int profile_add(struct json_object *profile, const struct pci_device *pci,
		const struct snapshot *snapshot)
{
	struct json_object *device = json_object_new_object();
	struct json_object *devices = NULL;

	json_object_object_get_ex(profile, "devices", &devices);
	if (device && fill(device, pci, snapshot) == 0 &&
	    json_object_array_add(devices, device) == 0)
		return 0;
	json_object_put(device);
	return -ENOMEM;
}

static int open_directory(const char *path, struct error *err)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return error_system(err, errno, "cannot make %s", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return error_system(err, errno, "cannot open %s", path);
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return error_set(err, ERR_PERMISSION, EPERM,
				 "%s is not trusted: others may write it",
				 path);
	return take_fd(&fd);
}

int profile_store(struct json_object *profile, const char *directory,
		  const char *name, struct error *err)
{
	const char *text = json_object_to_json_string_ext(
		profile, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	_cleanup_close_ int dir = -1;
	int r;

	if (!text)
		return error_system(err, ENOMEM, "cannot write %s/%s",
				    directory, name);
	dir = open_directory(directory, err);
	if (dir < 0)
		return dir;
	r = replace_file(dir, name, 0600, text, strlen(text));
	return r ? error_system(err, -r, "cannot write %s/%s", directory, name)
		 : 0;
}

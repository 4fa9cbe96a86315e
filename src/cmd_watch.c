/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: keep devices as their profiles say, whoever holds them. */
#include <errno.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/notify.h"
#include "cli/profile_device.h"
#include "watch/watch.h"

#define CONFIG_DIRECTORY "/etc/vfio-tph.d"

static const struct option_def *const options[] = { &option_config, &option_abi,
						    NULL };

/* The profiles of the directory. */
struct config {
	struct profile *profiles;
	size_t n;
};

static void config_free(struct config *config)
{
	for (size_t i = 0; i < config->n; i++)
		profile_free(&config->profiles[i]);
	free(config->profiles);
	*config = (struct config){ 0 };
}

static int is_profile(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 &&
	       strcmp(entry->d_name + length - 5, ".json") == 0;
}

static int read_one(struct config *config, const char *path)
{
	struct profile *larger = reallocarray(config->profiles, config->n + 1,
					      sizeof(*config->profiles));
	struct problems problems;

	if (!larger)
		return -ENOMEM;
	config->profiles = larger;
	/* One bad file must not keep the others from being watched. */
	if (profile_read(path, true, &larger[config->n], &problems) == 0) {
		config->n++;
		return 0;
	}
	for (size_t i = 0; i < problems.n; i++)
		watch_log(WATCH_ERROR, NULL, "%s", problems.list[i].message);
	problems_free(&problems);
	return 0;
}

static int read_config(const char *directory, struct config *config,
		       struct error *err)
{
	struct dirent **entries;
	int n = scandir(directory, &entries, is_profile, alphasort);
	int r = 0;

	*config = (struct config){ 0 };
	if (n < 0) {
		error_system(err, errno, "cannot read %s", directory);
		if (err->kind == ERR_SYSTEM)
			err->kind = ERR_INPUT;
		return -err->number;
	}
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s", directory,
			 entries[i]->d_name);
		if (r == 0 && read_one(config, path))
			r = error_system(err, ENOMEM, "cannot read %s", path);
		free(entries[i]);
	}
	free(entries);
	return r;
}

/* Is it among those named on the command line, where any is? */
static bool is_wanted(struct invocation *inv, const struct bdf *bdf)
{
	for (int i = 0; i < inv->n_words; i++) {
		_cleanup_free_ struct bdf *found = NULL;
		struct selector sel;
		struct error ignored;
		size_t n;

		if (selector_parse(inv->words[i], &sel, &ignored) ||
		    pci_bus_find(inv->bus, &sel, &found, &n, &ignored))
			continue;
		for (size_t j = 0; j < n; j++)
			if (bdf_equal(&found[j], bdf))
				return true;
	}
	return inv->n_words == 0;
}

/* watch is NULL in a dry run, which tells what would be watched. */
static void add_device(struct invocation *inv, struct watch *watch,
		       const struct bdf *bdf,
		       const struct profile_device *wanted)
{
	char address[BDF_LENGTH];
	struct error err;

	if (!watch) {
		report_heading(inv->report, "%s: named by a profile as %s",
			       bdf_format(bdf, address), wanted->name);
		inv->succeeded++;
	} else if (watch_add(watch, bdf, wanted, &err)) {
		watch_log(WATCH_ERROR, NULL, "%s", err.message);
	}
}

/* A device that is not there yet is met when its node appears. */
static void add_devices(struct invocation *inv, struct watch *watch,
			const struct profile *profile)
{
	for (size_t i = 0; i < profile->n; i++) {
		const struct profile_device *wanted = &profile->devices[i];
		_cleanup_free_ struct bdf *found = NULL;
		struct error err;
		size_t n = 0;

		if (pci_bus_find(inv->bus, &wanted->selector, &found, &n,
				 &err)) {
			if (err.kind != ERR_NOT_FOUND)
				watch_log(WATCH_ERROR, wanted->name, "%s",
					  err.message);
			continue;
		}
		if (n > 1 && wanted->match == PROFILE_MATCH_ONE) {
			watch_log(WATCH_ERROR, wanted->name,
				  "matches %zu devices, the profile wants one",
				  n);
			continue;
		}
		for (size_t j = 0; j < n; j++)
			if (is_wanted(inv, &found[j]))
				add_device(inv, watch, &found[j], wanted);
	}
}

static const char *directory_of(const struct invocation *inv)
{
	return inv->settings.config ? inv->settings.config : CONFIG_DIRECTORY;
}

/* Which devices would be watched? Whether any, a unit can ask. */
static int rehearse(struct invocation *inv, struct error *err)
{
	const char *directory = directory_of(inv);
	struct config config;
	int r = read_config(directory, &config, err);

	if (r == 0)
		r = pci_bus_open(&inv->bus, err);
	for (size_t i = 0; r == 0 && i < config.n; i++)
		add_devices(inv, NULL, &config.profiles[i]);
	config_free(&config);
	if (r == 0 && inv->succeeded == 0)
		r = error_set(err, ERR_NOT_FOUND, ENODEV,
			      "no profile in %s names %s that is there",
			      directory,
			      inv->n_words ? "such a device" : "a device");
	return r;
}

/* Once through: read the profiles, watch until something makes it anew. */
static int watch_once(struct invocation *inv, bool first, struct error *err)
{
	const char *directory = directory_of(inv);
	struct watch *watch = NULL;
	struct config config;
	int r = read_config(directory, &config, err);

	/* The bus is scanned anew, since devices may have come or gone. */
	pci_bus_close(inv->bus);
	inv->bus = NULL;
	if (r == 0)
		r = pci_bus_open(&inv->bus, err);
	if (r == 0)
		r = watch_new(&watch, inv->settings.access.abi, err);
	for (size_t i = 0; r == 0 && i < config.n; i++)
		add_devices(inv, watch, &config.profiles[i]);
	if (r == 0 && first) {
		watch_log(WATCH_NOTICE, NULL, "watching, profiles from %s",
			  directory);
		notify("READY=1");
	}
	if (r == 0)
		r = watch_run(watch, err);
	watch_free(watch);
	config_free(&config);
	return r;
}

static int check_words(struct invocation *inv, struct error *err)
{
	struct selector sel;

	for (int i = 0; i < inv->n_words; i++)
		if (selector_parse(inv->words[i], &sel, err))
			return -EINVAL;
	if (inv->settings.json)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--json and watch cannot go together");
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	int r = check_words(inv, err);
	bool first = true;

	if (r == 0 && inv->settings.dry_run)
		return rehearse(inv, err);
	while (r == 0) {
		r = watch_once(inv, first, err);
		first = false;
		if (r != WATCH_AGAIN)
			break;
		r = 0;
	}
	notify("STOPPING=1");
	return r;
}

const struct command cmd_watch = {
	.name = "watch",
	.words = "[DEVICE...]",
	.summary = "Keep devices as their profiles say, whoever holds them",
	.options = options,
	.takes = TAKES_VFIO | TAKES_PLURAL,
	.run = run,
};

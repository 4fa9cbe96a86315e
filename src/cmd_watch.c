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
#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/selection.h"
#include "watch/watch.h"
#include "watch/watch_log.h"

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
	if (profile_read(path, PROFILE_TRUSTED, &larger[config->n],
			 &problems) == 0) {
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

/* Those that the command line names, as far as they are there. */
static int select_named(struct invocation *inv, struct selection *named,
			struct error *err)
{
	_cleanup_free_ struct selector *sels = NULL;

	if (inv->n_words == 0)
		return 0;
	sels = selection_parse(inv->words, inv->n_words, true, err);
	if (!sels)
		return -EINVAL;
	for (int i = 0; i < inv->n_words; i++) {
		struct error why;

		if (selection_add(named, inv->source, &sels[i], &why) &&
		    why.kind != ERR_NOT_FOUND)
			watch_log(WATCH_ERROR, inv->words[i], "%s",
				  why.message);
	}
	return 0;
}

/* A device that is not there yet is met when its node appears. */
static void select_wanted(struct invocation *inv, const struct config *config,
			  struct selection *wanted)
{
	struct error err;

	for (size_t i = 0; i < config->n; i++)
		for (size_t j = 0; j < config->profiles[i].n; j++) {
			const struct profile_device *device =
				&config->profiles[i].devices[j];

			if (selection_add_wanted(wanted, inv->source, device,
						 &err) &&
			    err.kind != ERR_NOT_FOUND)
				watch_log(WATCH_ERROR, device->name, "%s",
					  err.message);
		}
}

/* A device that is named, and that nothing will be done to. */
static void note_unwanted(const struct selection *named,
			  const struct selection *wanted)
{
	for (size_t i = 0; i < named->n; i++) {
		char address[BDF_LENGTH];

		if (named->list[i].named &&
		    !selection_has(wanted, &named->list[i].bdf))
			watch_log(WATCH_NOTICE, NULL, "no profile names %s",
				  bdf_format(&named->list[i].bdf, address));
	}
}

/* The devices of the profiles that are there and meant. */
static int select_devices(struct invocation *inv, const struct config *config,
			  struct selection *devices, struct error *err)
{
	_cleanup_(selection_free) struct selection named = { 0 };
	size_t n = 0;
	int r;

	/* The bus is scanned anew, since devices may have come or gone. */
	pci_source_close(inv->source);
	inv->source = NULL;
	r = invocation_open_source(inv, err);
	if (r == 0)
		r = select_named(inv, &named, err);
	if (r)
		return r;
	select_wanted(inv, config, devices);
	note_unwanted(&named, devices);
	for (size_t i = 0; i < devices->n; i++)
		if (!inv->n_words ||
		    selection_has(&named, &devices->list[i].bdf))
			devices->list[n++] = devices->list[i];
	devices->n = n;
	return 0;
}

static const char *directory_of(const struct invocation *inv)
{
	return inv->settings.config ? inv->settings.config : CONFIG_DIRECTORY;
}

/* Which devices would be watched? Whether any, a unit can ask. */
static int rehearse(struct invocation *inv, struct error *err)
{
	_cleanup_(selection_free) struct selection devices = { 0 };
	_cleanup_(config_free) struct config config;
	const char *directory = directory_of(inv);
	int r = read_config(directory, &config, err);

	if (r == 0)
		r = select_devices(inv, &config, &devices, err);
	for (size_t i = 0; i < devices.n; i++) {
		char address[BDF_LENGTH];

		report_heading(inv->report, "%s: named by a profile as %s",
			       bdf_format(&devices.list[i].bdf, address),
			       devices.list[i].wanted->name);
		inv->succeeded++;
	}
	if (r == 0 && inv->succeeded == 0)
		r = error_set(err, ERR_NOT_FOUND, ENODEV,
			      "no profile in %s names %s that is there",
			      directory,
			      inv->n_words ? "such a device" : "a device");
	return r;
}

/*
 * Read the profiles, and watch what they name from now on. *config is what is
 * followed until then.
 */
static int load(struct invocation *inv, struct watch *watch,
		struct config *config, struct error *err)
{
	_cleanup_(selection_free) struct selection devices = { 0 };
	_cleanup_(config_free) struct config next, old = { 0 };
	int r = read_config(directory_of(inv), &next, err);

	if (r == 0)
		r = select_devices(inv, &next, &devices, err);
	if (r == 0)
		r = watch_begin(watch, err);
	if (r)
		return r;
	for (size_t i = 0; i < devices.n; i++) {
		const struct selected *device = &devices.list[i];
		struct error why;

		if (watch_add(watch, &device->bdf, device->wanted, &why))
			watch_log(WATCH_ERROR, NULL, "%s", why.message);
	}
	watch_end(watch);
	watch_log(WATCH_NOTICE, NULL,
		  "watching, profiles from %s: %zu profiles, %zu devices",
		  directory_of(inv), next.n, devices.n);
	old = *config;
	*config = next;
	next = (struct config){ 0 };
	return 0;
}

/* Whatever makes it necessary to begin anew, changes go on meanwhile. */
static int keep_watching(struct invocation *inv, struct watch *watch,
			 struct config *config, struct error *err)
{
	int r = load(inv, watch, config, err);

	if (r)
		return r;
	notify("READY=1");
	while (r == 0) {
		r = watch_run(watch, err);
		if (r != WATCH_AGAIN)
			break;
		r = load(inv, watch, config, err);
	}
	return r;
}

static int check_words(struct invocation *inv, struct error *err)
{
	if (inv->n_words) {
		struct selector *sels =
			selection_parse(inv->words, inv->n_words, true, err);

		if (!sels)
			return -EINVAL;
		free(sels);
	}
	if (inv->settings.json)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--json and watch cannot go together");
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	_cleanup_(config_free) struct config config = { 0 };
	struct watch *watch = NULL;
	int r = check_words(inv, err);

	if (r == 0 && inv->settings.dry_run)
		return rehearse(inv, err);
	if (r == 0)
		r = watch_new(&watch, inv->settings.access.abi, err);
	if (r == 0)
		r = keep_watching(inv, watch, &config, err);
	notify("STOPPING=1");
	watch_free(watch);
	return r;
}

const struct command cmd_watch = {
	.name = "watch",
	.examples = "  vfio-tph watch\n"
		    "  vfio-tph watch --config ./profiles 3b:00.0\n",
	.words = "[DEVICE...]",
	.summary = "Keep devices as their profiles say, whoever holds them",
	.options = options,
	.takes = TAKES_VFIO | TAKES_PLURAL,
	.run = run,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete/functions.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/pci/bdf.h"
#include "core/base/cleanup.h"
#include "core/pci/device.h"
#include "core/base/sysfs.h"

#define DEVICES		  "/sys/bus/pci/devices"
#define VFIO_CLASS	  "/sys/class/vfio-dev"
#define BASE_CLASS_BRIDGE 0x06

struct function {
	char address[BDF_LENGTH];
	/* Of its uevent, read when it is asked for. */
	bool known;
	unsigned int base_class, vendor, device;
};

struct functions {
	struct function *list;
	size_t n, room;
	struct pci_bus *names; /* where names of ids are, once asked for */
};

static void add(struct functions *all, const char *address, size_t length)
{
	if (length >= BDF_LENGTH)
		return;
	if (all->n == all->room) {
		size_t room = all->room ? 2 * all->room : 64;
		struct function *larger =
			reallocarray(all->list, room, sizeof(*larger));

		if (!larger)
			return;
		all->list = larger;
		all->room = room;
	}
	all->list[all->n] = (struct function){ 0 };
	memcpy(all->list[all->n++].address, address, length);
}

/* A link into .../<address>/vfio-dev/vfioN. */
static void add_vfio(struct functions *all, int directory, const char *name)
{
	char target[PATH_MAX];
	ssize_t length =
		readlinkat(directory, name, target, sizeof(target) - 1);
	char *end, *start;

	if (length < 0)
		return;
	target[length] = '\0';
	end = strstr(target, "/vfio-dev/");
	if (!end)
		return;
	*end = '\0';
	start = strrchr(target, '/');
	if (start)
		add(all, start + 1, (size_t)(end - start - 1));
}

static void load(struct functions *all, bool vfio)
{
	_cleanup_closedir_ DIR *directory =
		opendir(vfio ? VFIO_CLASS : DEVICES);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		if (vfio)
			add_vfio(all, dirfd(directory), entry->d_name);
		else
			add(all, entry->d_name, strlen(entry->d_name));
	}
}

/* The hexadecimal number behind key; 0, and *end NULL, where there is none. */
static unsigned int hex_after(const char *text, const char *key, char **end)
{
	const char *at = strstr(text, key);

	*end = NULL;
	return at ? (unsigned int)strtoul(at + strlen(key), end, 16) : 0;
}

static void know(struct function *f)
{
	char text[1024], *end;

	if (f->known)
		return;
	f->known = true;
	if (sysfs_readf(text, sizeof(text), DEVICES "/%s/uevent", f->address) <
	    0)
		return;
	f->base_class = hex_after(text, "PCI_CLASS=", &end) >> 16;
	f->vendor = hex_after(text, "PCI_ID=", &end);
	if (end && *end == ':')
		f->device = (unsigned int)strtoul(end + 1, NULL, 16);
}

/* What it is called, for shells that show it. */
static const char *name_of(struct functions *all, struct function *f,
			   char *name, size_t size)
{
	struct error ignored;

	know(f);
	if (!all->names && pci_bus_open(&all->names, &ignored))
		return NULL;
	pci_bus_name(all->names, (uint16_t)f->vendor, (uint16_t)f->device,
		     false, name, size);
	return name;
}

/* Domain 0 is left out by those who write short. */
static const char *shorter(const struct function *f)
{
	return strncmp(f->address, "0000:", 5) == 0 ? f->address + 5 : NULL;
}

static bool was_given(const struct line *line, const struct function *f)
{
	for (int i = 0; i < line->n_words; i++)
		if (strcmp(line->words[i], f->address) == 0 ||
		    (shorter(f) && strcmp(line->words[i], shorter(f)) == 0))
			return true;
	return false;
}

static void offer_addresses(struct offers *o, const struct line *line,
			    struct functions *all, bool as_short)
{
	for (size_t i = 0; i < all->n; i++) {
		struct function *f = &all->list[i];
		const char *address = as_short ? shorter(f) : f->address;
		const char *name = NULL;
		char text[256];

		if (!address || !offer_fits(o, address) || was_given(line, f))
			continue;
		if (line->command->takes & TAKES_FUNCTIONS) {
			know(f);
			if (f->base_class == BASE_CLASS_BRIDGE)
				continue;
		}
		if (o->describe)
			name = name_of(all, f, text, sizeof(text));
		offer(o, address, name, false);
	}
}

/* Is it the beginning of "8086:0b25"? */
static bool may_be_id(const char *typed)
{
	size_t n = 0;

	for (; n < 9 && typed[n]; n++)
		if (n == 4 ? typed[n] != ':'
			   : !isxdigit((unsigned char)typed[n]))
			return false;
	return n && !typed[n];
}

static int compare_ids(const void *a, const void *b)
{
	const struct function *f = a, *g = b;

	if (f->vendor != g->vendor)
		return f->vendor < g->vendor ? -1 : 1;
	return (f->device > g->device) - (f->device < g->device);
}

/* Each once. */
static void offer_ids(struct offers *o, struct functions *all)
{
	for (size_t i = 0; i < all->n; i++)
		know(&all->list[i]);
	if (all->n)
		qsort(all->list, all->n, sizeof(*all->list), compare_ids);
	for (size_t i = 0; i < all->n; i++) {
		struct function *f = &all->list[i];
		char id[16], text[256];

		if (f->base_class == BASE_CLASS_BRIDGE ||
		    (i && compare_ids(f - 1, f) == 0))
			continue;
		snprintf(id, sizeof(id), "%04x:%04x", f->vendor & 0xffff,
			 f->device & 0xffff);
		if (!offer_fits(o, id))
			continue;
		offer(o, id,
		      o->describe ? name_of(all, f, text, sizeof(text)) : NULL,
		      false);
	}
}

void offer_functions(struct offers *o, const struct line *line)
{
	unsigned int takes = line->command->takes;
	const char *typed = o->typed + o->lead;
	struct functions all = { 0 };
	size_t before = o->n;

	if (*typed == '/') {
		offer_files(NULL);
		return;
	}
	load(&all, takes & TAKES_VFIO);
	offer_addresses(o, line, &all, false);
	if (o->n == before)
		offer_addresses(o, line, &all, true);
	if (takes & TAKES_PLURAL && line->n_words == 0)
		offer(o, "all", "every device that has TPH", false);
	if (takes & TAKES_PLURAL && may_be_id(typed))
		offer_ids(o, &all);
	pci_bus_close(all.names);
	free(all.list);
}

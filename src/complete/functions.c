/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete/functions.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/pci/source.h"

#define BASE_CLASS_BRIDGE 0x06

struct functions {
	struct pci_source *source;
	struct pci_function *list; /* the source's */
	size_t n;
};

static bool is_bridge(struct functions *all, struct pci_function *f)
{
	return pci_source_ids(all->source, f)->class_id >> 8 ==
	       BASE_CLASS_BRIDGE;
}

/* What it is called, for shells that show it. */
static const char *name_of(struct functions *all, struct pci_function *f,
			   char *name, size_t size)
{
	const struct pci_ids *ids = pci_source_ids(all->source, f);

	pci_source_name(all->source, ids->vendor, ids->device, false, name,
			size);
	return name;
}

/* Domain 0 is left out by those who write short. */
static const char *shorter(const char *address)
{
	return strncmp(address, "0000:", 5) == 0 ? address + 5 : NULL;
}

static bool was_given(const struct line *line, const char *address)
{
	for (int i = 0; i < line->n_words; i++)
		if (strcmp(line->words[i], address) == 0 ||
		    (shorter(address) &&
		     strcmp(line->words[i], shorter(address)) == 0))
			return true;
	return false;
}

static void offer_addresses(struct offers *o, const struct line *line,
			    struct functions *all, bool as_short)
{
	for (size_t i = 0; i < all->n; i++) {
		struct pci_function *f = &all->list[i];
		char full[BDF_LENGTH], text[256];
		const char *address = bdf_format(&f->bdf, full);
		const char *name = NULL;

		if (as_short)
			address = shorter(full);
		if (!address || !offer_fits(o, address) ||
		    was_given(line, full))
			continue;
		if (line->command->takes & TAKES_FUNCTIONS && is_bridge(all, f))
			continue;
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
	const struct pci_ids *f = &((const struct pci_function *)a)->ids;
	const struct pci_ids *g = &((const struct pci_function *)b)->ids;

	if (f->vendor != g->vendor)
		return f->vendor < g->vendor ? -1 : 1;
	return (f->device > g->device) - (f->device < g->device);
}

/* Each once. */
static void offer_ids(struct offers *o, struct functions *all)
{
	_cleanup_free_ struct pci_function *list =
		calloc(all->n + 1, sizeof(*list));

	for (size_t i = 0; list && i < all->n; i++) {
		pci_source_ids(all->source, &all->list[i]);
		list[i] = all->list[i];
	}
	if (list)
		qsort(list, all->n, sizeof(*list), compare_ids);
	for (size_t i = 0; list && i < all->n; i++) {
		struct pci_function *f = &list[i];
		char id[16], text[256];

		if (is_bridge(all, f) || (i && compare_ids(f - 1, f) == 0))
			continue;
		snprintf(id, sizeof(id), "%04x:%04x", f->ids.vendor,
			 f->ids.device);
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
	struct error ignored;
	size_t before = o->n;

	if (*typed == '/') {
		offer_files(NULL);
		return;
	}
	if (source_machine_open(&all.source, &ignored) == 0)
		pci_source_list(all.source,
				takes & TAKES_VFIO ? PCI_LIST_VFIO : 0,
				&all.list, &all.n, &ignored);
	offer_addresses(o, line, &all, false);
	if (o->n == before)
		offer_addresses(o, line, &all, true);
	if (takes & TAKES_PLURAL && line->n_words == 0)
		offer(o, "all", "every device that has TPH", false);
	if (takes & TAKES_PLURAL && may_be_id(typed))
		offer_ids(o, &all);
	pci_source_close(all.source);
}

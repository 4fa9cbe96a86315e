/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that a source has, and those that a selector names. */
#include <errno.h>
#include <pci/pci.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/pci/private.h"

void pci_source_close(struct pci_source *source)
{
	if (!source)
		return;
	if (source->names)
		pci_cleanup(source->names);
	free(source->functions);
	source->ops->close(source);
}

bool pci_source_is_live(const struct pci_source *source)
{
	return source->ops->live;
}

const char *pci_source_title(const struct pci_source *source)
{
	return source->ops->title;
}

const struct pci_unseen *pci_source_unseen(const struct pci_source *source)
{
	/* Root is not to be told to become root. */
	return source->ops->unseen_by_root && geteuid() == 0
		       ? source->ops->unseen_by_root
		       : &source->ops->unseen;
}

void pci_source_place(const struct pci_source *source, const struct bdf *bdf,
		      const char *file, char place[PCI_PLACE_SIZE])
{
	source->ops->place(bdf, file, place);
}

void pci_source_power_state(const struct pci_source *source,
			    const struct bdf *bdf, char *state, size_t size)
{
	state[0] = '\0';
	if (source->ops->power_state)
		source->ops->power_state(bdf, state, size);
}

int pci_function_add(struct pci_function **list, size_t *n, size_t *room,
		     const struct bdf *bdf)
{
	if (*n == *room) {
		size_t more = *room ? 2 * *room : 64;
		struct pci_function *larger =
			reallocarray(*list, more, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		*list = larger;
		*room = more;
	}
	(*list)[(*n)++] = (struct pci_function){ .bdf = *bdf };
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct pci_function *x = a, *y = b;

	return bdf_compare(&x->bdf, &y->bdf);
}

int pci_source_list(struct pci_source *source, unsigned int which,
		    struct pci_function **list, size_t *n, struct error *err)
{
	if (!source->functions || source->listed != which) {
		struct pci_function *functions = NULL;
		int r = source->ops->list(source, which, &functions,
					  &source->n_functions, err);

		if (r)
			return r;
		free(source->functions);
		source->functions = functions;
		source->listed = which;
		if (functions)
			qsort(functions, source->n_functions,
			      sizeof(*functions), compare);
	}
	*list = source->functions;
	*n = source->functions ? source->n_functions : 0;
	return 0;
}

/* Ids of one that was unplugged meanwhile are 0, and match nothing. */
const struct pci_ids *pci_source_ids(struct pci_source *source,
				     struct pci_function *function)
{
	if (!function->asked &&
	    source->ops->ids(source, &function->bdf, &function->ids))
		function->ids = (struct pci_ids){ 0 };
	function->asked = true;
	return &function->ids;
}

static bool has_ids(struct pci_source *source, struct pci_function *function,
		    const struct selector *sel)
{
	const struct pci_ids *ids = pci_source_ids(source, function);

	return ids->vendor == sel->vendor && ids->device == sel->device;
}

static int find_many(struct pci_source *source, const struct selector *sel,
		     struct bdf **found, size_t *n, struct error *err)
{
	_cleanup_free_ struct bdf *list = NULL;
	struct pci_function *functions;
	size_t n_functions;
	int r = pci_source_list(source, 0, &functions, &n_functions, err);

	if (r)
		return r;
	list = malloc((n_functions + 1) * sizeof(*list));
	if (!list)
		return error_system(err, ENOMEM, "cannot list the devices");
	for (size_t i = 0; i < n_functions; i++)
		if (sel->kind != SELECT_ID ||
		    has_ids(source, &functions[i], sel))
			list[(*n)++] = functions[i].bdf;
	if (*n == 0)
		return error_set(err, ERR_NOT_FOUND, ENODEV, "%s",
				 sel->kind == SELECT_ALL ? source->ops->nothing
							 : "no such device");
	*found = take_ptr(list);
	return 0;
}

static int find_one(struct pci_source *source, const struct selector *sel,
		    struct bdf **found, size_t *n, struct error *err)
{
	struct bdf bdf = { 0 };
	int r = source->ops->resolve(source, sel, &bdf);

	if (r == -ENOMEM || r == -EIO || r == -EMFILE || r == -ENFILE ||
	    r == -EACCES)
		return error_system(err, -r, "cannot look for it");
	if (r)
		return error_set(err, ERR_NOT_FOUND, ENODEV, "no such device");
	*found = malloc(sizeof(**found));
	if (!*found)
		return error_system(err, ENOMEM, "cannot list the devices");
	**found = bdf;
	*n = 1;
	return 0;
}

int pci_source_find(struct pci_source *source, const struct selector *sel,
		    struct bdf **found, size_t *n, struct error *err)
{
	*found = NULL;
	*n = 0;
	return selector_is_plural(sel) ? find_many(source, sel, found, n, err)
				       : find_one(source, sel, found, n, err);
}

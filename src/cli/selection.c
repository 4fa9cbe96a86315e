/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"

void selection_free(struct selection *s)
{
	free(s->list);
	*s = (struct selection){ 0 };
}

/* What is not a device may be a map, or nearly one. */
static void explain(const char *word, struct error *err)
{
	static const char indexes[] = "0123456789-,";
	size_t n = strspn(word, indexes);

	if (strchr(word, '='))
		error_hint(err, "a map comes after the devices of set-st and "
				"run; other commands take none");
	else if (n && word[n] == ':' && word[n + 1] && !strchr(word, '.'))
		error_hint(err, "a map has an equals sign: %.*s=%.64s", (int)n,
			   word, word + n + 1);
}

struct selector *selection_parse(char **words, int n, bool plural,
				 struct error *err)
{
	_cleanup_free_ struct selector *sels =
		calloc((size_t)n + 1, sizeof(*sels));

	if (!sels) {
		error_system(err, ENOMEM, "cannot list the devices");
		return NULL;
	}
	if (n == 0) {
		error_set(err, ERR_USAGE, EINVAL, "no device was named");
		return NULL;
	}
	for (int i = 0; i < n; i++) {
		if (selector_parse(words[i], &sels[i], err)) {
			explain(words[i], err);
			return NULL;
		}
		if (!plural && selector_is_plural(&sels[i])) {
			error_set(err, ERR_USAGE, EINVAL,
				  "'%.64s' may name several devices; a command "
				  "that acts on a device takes its address",
				  words[i]);
			return NULL;
		}
	}
	return take_ptr(sels);
}

static struct selected *find(const struct selection *s, const struct bdf *bdf)
{
	for (size_t i = 0; i < s->n; i++)
		if (bdf_equal(&s->list[i].bdf, bdf))
			return &s->list[i];
	return NULL;
}

bool selection_has(const struct selection *s, const struct bdf *bdf)
{
	return find(s, bdf);
}

/* once: a device that is there already is not added again. */
static int add(struct selection *s, const struct bdf *found, size_t n,
	       const struct selected *as, bool once, struct error *err)
{
	struct selected *larger =
		reallocarray(s->list, s->n + n, sizeof(*larger));

	if (!larger)
		return error_system(err, ENOMEM, "cannot list the devices");
	s->list = larger;
	for (size_t i = 0; i < n; i++) {
		struct selected *there = once ? find(s, &found[i]) : NULL;

		if (there) {
			there->named |= as->named;
			continue;
		}
		s->list[s->n] = *as;
		s->list[s->n++].bdf = found[i];
	}
	return 0;
}

int selection_add(struct selection *s, struct pci_source *source,
		  const struct selector *sel, struct error *err)
{
	const struct selected as = { .named = !selector_is_plural(sel) };
	_cleanup_free_ struct bdf *found = NULL;
	size_t n;
	int r = pci_source_find(source, sel, &found, &n, err);

	s->of_all |= sel->kind == SELECT_ALL;
	/* Many, perhaps, but each once: compare only with what was there. */
	return r ? r : add(s, found, n, &as, s->n > 0, err);
}

int selection_add_wanted(struct selection *s, struct pci_source *source,
			 const struct profile_device *wanted, struct error *err)
{
	const struct selected as = { .named = true, .wanted = wanted };
	_cleanup_free_ struct bdf *found = NULL;
	size_t n;
	int r = pci_source_find(source, &wanted->selector, &found, &n, err);

	if (r)
		return r;
	if (n > 1 && wanted->match == PROFILE_MATCH_ONE) {
		error_set(err, ERR_USAGE, EINVAL,
			  "matches %zu devices, the profile wants one", n);
		error_hint(err, "\"match\": \"all\" takes every one");
		return -EINVAL;
	}
	return add(s, found, n, &as, false, err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "core/pci/bdf.h"

/* getopt's value of a long option; letters are below. */
#define FIRST_VALUE 256

struct parser {
	const struct option_def *defs[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 3];
	int n;
};

static void add(struct parser *p, const struct option_def *def)
{
	size_t used = strlen(p->shorts);

	if (p->n == OPTIONS_MAX)
		abort(); /* a bug of ours */
	p->defs[p->n] = def;
	p->longs[p->n] =
		(struct option){ .name = def->name,
				 .has_arg = def->argument ? required_argument
							  : no_argument,
				 .val = FIRST_VALUE + p->n };
	p->n++;
	if (def->letter) {
		p->shorts[used++] = def->letter;
		if (def->argument)
			p->shorts[used++] = ':';
		p->shorts[used] = '\0';
	}
}

static void parser_init(struct parser *p, const struct option_def *const *own,
			enum options_place place)
{
	*p = (struct parser){ 0 };
	/* ":" makes getopt tell a missing argument from an unknown option. */
	strcpy(p->shorts, place == OPTIONS_BEFORE_WORDS ? "+:" : ":");
	for (const struct option_def *const *def = global_options; *def; def++)
		add(p, *def);
	for (; own && *own; own++)
		add(p, *own);
}

static int index_of(const struct parser *p, int value)
{
	for (int i = 0; i < p->n; i++)
		if (value == FIRST_VALUE + i ||
		    (value < FIRST_VALUE && value == p->defs[i]->letter))
			return i;
	return -1;
}

static bool was_seen(const struct settings *s, const struct option_def *def)
{
	for (size_t i = 0; i < s->n_seen; i++)
		if (s->seen[i] == def)
			return true;
	return false;
}

static void remember(struct settings *s, const struct option_def *def)
{
	if (!was_seen(s, def))
		s->seen[s->n_seen++] = def;
}

static int unknown_option(const struct parser *p, const char *word,
			  struct error *err)
{
	char name[64];
	struct nearest nearest = { .written = name };

	error_set(err, ERR_USAGE, EINVAL, "unknown option %.64s", word);
	snprintf(name, sizeof(name), "%.*s",
		 (int)strcspn(word + strspn(word, "-"), "="),
		 word + strspn(word, "-"));
	for (int i = 0; i < p->n; i++)
		nearest_try(&nearest, p->defs[i]->name);
	if (nearest.word)
		error_hint(err, "did you mean --%s?", nearest.word);
	return -EINVAL;
}

static int bad_option(const struct parser *p, int value, const char *word,
		      struct error *err)
{
	int at = value ? index_of(p, value) : -1;

	if (at >= 0)
		return error_set(err, ERR_USAGE, EINVAL,
				 "option --%s takes no argument",
				 p->defs[at]->name);
	if (value)
		return error_set(err, ERR_USAGE, EINVAL, "unknown option -%c",
				 value);
	return unknown_option(p, word, err);
}

int option_word(const char *what, const char *arg, const struct word *words,
		unsigned int *value, struct error *err)
{
	const struct word *word = word_find(words, arg);
	struct nearest nearest = { .written = arg };
	struct bdf bdf;
	char all[128];

	if (word) {
		*value = word->value;
		return 0;
	}
	error_set(err, ERR_USAGE, EINVAL, "%s '%.64s' is not known", what, arg);
	for (const struct word *at = words; at->name; at++)
		nearest_try(&nearest, at->name);
	words_join(words, all, sizeof(all));
	if (bdf_parse(arg, &bdf) == 0)
		error_hint(err, "%.64s is a device; the %s comes before it: %s",
			   arg, what, all);
	else if (nearest.word)
		error_hint(err, "did you mean '%s'? it is one of: %s",
			   nearest.word, all);
	else
		error_hint(err, "it is one of: %s", all);
	return -EINVAL;
}

static int take(struct settings *s, const struct option_def *def,
		const char *arg, struct error *err)
{
	void *member = (char *)s + def->member;

	switch (def->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return 0;
	case OPTION_STRING:
		*(const char **)member = arg;
		return 0;
	case OPTION_WORD:
		return option_word(def->what, arg, def->words, member, err);
	case OPTION_CALL:
		break;
	}
	return def->set(s, arg, err);
}

int options_parse(int argc, char **argv, const struct option_def *const *own,
		  enum options_place place, struct settings *settings,
		  int *first, struct error *err)
{
	struct parser p;
	int value;

	parser_init(&p, own, place);
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((value = getopt_long(argc, argv, p.shorts, p.longs, NULL)) !=
	       -1) {
		int at = index_of(&p, value), r;

		if (value == ':')
			return error_set(err, ERR_USAGE, EINVAL,
					 "option %.64s needs an argument",
					 argv[optind - 1]);
		if (value == '?')
			return bad_option(&p, optopt, argv[optind - 1], err);
		remember(settings, p.defs[at]);
		r = take(settings, p.defs[at], optarg, err);
		if (r)
			return r;
	}
	*first = optind;
	return 0;
}

bool options_exclude(const struct option_def *a, const struct option_def *b)
{
	for (size_t i = 0; option_exclusive[i][0]; i++) {
		const struct option_def *const *pair = option_exclusive[i];

		if ((pair[0] == a && pair[1] == b) ||
		    (pair[0] == b && pair[1] == a))
			return true;
	}
	return false;
}

int options_check(const struct settings *s, struct error *err)
{
	for (size_t i = 0; option_exclusive[i][0]; i++) {
		const struct option_def *const *pair = option_exclusive[i];

		if (was_seen(s, pair[0]) && was_seen(s, pair[1]))
			return error_set(err, ERR_USAGE, EINVAL,
					 "--%s and --%s cannot go together",
					 pair[0]->name, pair[1]->name);
	}
	for (size_t i = 0; i < s->n_seen; i++)
		if (s->seen[i]->needs && !was_seen(s, s->seen[i]->needs))
			return error_set(err, ERR_USAGE, EINVAL,
					 "--%s needs --%s", s->seen[i]->name,
					 s->seen[i]->needs->name);
	if (s->access.iommu.kind != IOMMU_UNATTACHED &&
	    s->access.via == VFIO_VIA_GROUP)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--iommu and --via group cannot go together: "
				 "a group has a container in its place");
	return 0;
}

static void print_option(FILE *out, const struct option_def *def)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%s%s", def->name,
		 def->argument ? " " : "", def->argument ? def->argument : "");
	if (def->letter)
		fprintf(out, "  -%c, --%-16s %s\n", def->letter, left,
			def->help);
	else
		fprintf(out, "      --%-16s %s\n", left, def->help);
}

static void print_group(FILE *out, enum option_group group,
			const struct option_def *const *own,
			unsigned int without)
{
	static const char *const headings[OPTION_GROUPS] = {
		[OPTIONS_OWN] = "Options",
		[OPTIONS_ACCESS] = "Access to the device",
		[OPTIONS_OUTPUT] = "Output",
		[OPTIONS_GENERAL] = "General",
	};
	const struct option_def *const *lists[] = { own, global_options };
	bool begun = false;

	for (size_t i = 0; i < 2; i++)
		for (const struct option_def *const *def = lists[i];
		     def && *def; def++) {
			if ((*def)->group != group || (*def)->common & without)
				continue;
			if (!begun)
				fprintf(out, "\n%s:\n", headings[group]);
			begun = true;
			print_option(out, *def);
		}
}

void options_print(FILE *out, const struct option_def *const *own,
		   unsigned int without)
{
	for (int group = 0; group < OPTION_GROUPS; group++)
		print_group(out, (enum option_group)group, own, without);
}

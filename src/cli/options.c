/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

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
	return error_set(err, ERR_USAGE, EINVAL, "unknown option %.64s", word);
}

int option_word(const char *what, const char *arg, const struct word *words,
		unsigned int *value, struct error *err)
{
	const struct word *word = word_find(words, arg);
	char all[128];

	if (word) {
		*value = word->value;
		return 0;
	}
	error_set(err, ERR_USAGE, EINVAL, "%s '%.64s' is not known", what, arg);
	error_hint(err, "it is one of: %s",
		   words_join(words, all, sizeof(all)));
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

void options_print(FILE *out, const struct option_def *const *own)
{
	for (; own && *own; own++)
		print_option(out, *own);
	for (own = global_options; *own; own++)
		print_option(out, *own);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "uapi/vfio_pci_tph.h"

#define FLAG(member) .flag = offsetof(struct settings, member)
/* getopt's value of a long option; letters are below. */
#define FIRST_VALUE 256

static int set_cpus(struct settings *s, const char *arg, struct error *err)
{
	(void)err;
	s->cpus = arg;
	return 0;
}

static int set_from(struct settings *s, const char *arg, struct error *err)
{
	(void)err;
	s->from = arg;
	return 0;
}

static int set_output(struct settings *s, const char *arg, struct error *err)
{
	(void)err;
	s->table.output = arg;
	return 0;
}

static int set_config(struct settings *s, const char *arg, struct error *err)
{
	(void)err;
	s->config = arg;
	return 0;
}

static int set_word(const char *what, const char *arg, const struct word *words,
		    unsigned int *value, struct error *err)
{
	char all[128] = "";
	size_t used = 0;

	for (; words->name; words++) {
		if (strcmp(words->name, arg) == 0) {
			*value = words->value;
			return 0;
		}
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
					 used ? ", " : "", words->name);
	}
	error_set(err, ERR_USAGE, EINVAL, "%s '%.64s' is not known", what, arg);
	error_hint(err, "it is one of: %s", all);
	return -EINVAL;
}

static const struct word mode_words[] = {
	{ "auto", 0 },
	{ "ns", VFIO_PCI_TPH_MODE_NS },
	{ "iv", VFIO_PCI_TPH_MODE_IV },
	{ "ds", VFIO_PCI_TPH_MODE_DS },
	{ "no-st", VFIO_PCI_TPH_MODE_NS },
	{ "interrupt-vector", VFIO_PCI_TPH_MODE_IV },
	{ "device-specific", VFIO_PCI_TPH_MODE_DS },
	{ NULL, 0 },
};

static int set_mode(struct settings *s, const char *arg, struct error *err)
{
	return set_word("mode", arg, mode_words, &s->mode, err);
}

static const struct word mem_words[] = {
	{ "volatile", TPH_MEM_VOLATILE },
	{ "persistent", TPH_MEM_PERSISTENT },
	{ NULL, 0 },
};

static int set_mem(struct settings *s, const char *arg, struct error *err)
{
	unsigned int value;
	int r = set_word("memory type", arg, mem_words, &value, err);

	if (r == 0)
		s->mem = (enum tph_mem)value;
	return r;
}

static const struct word via_words[] = {
	{ "auto", VFIO_VIA_AUTO },
	{ "cdev", VFIO_VIA_CDEV },
	{ "group", VFIO_VIA_GROUP },
	{ NULL, 0 },
};

static int set_via(struct settings *s, const char *arg, struct error *err)
{
	unsigned int value;
	int r = set_word("way of opening", arg, via_words, &value, err);

	if (r == 0)
		s->access.via = (enum vfio_via)value;
	return r;
}

#define X(name) { #name, 1 },
static const struct word abi_words[] = {
	{ "auto", 0 },
	/* clang-format off */
	TPH_ABI_FAMILIES(X)
	/* clang-format on */
	{ NULL, 0 },
};
#undef X

static int set_abi(struct settings *s, const char *arg, struct error *err)
{
	unsigned int value;
	int r = set_word("ABI", arg, abi_words, &value, err);

	if (r == 0)
		s->access.abi = value ? arg : NULL;
	return r;
}

static const struct word iommu_words[] = {
	{ "ioas", IOMMU_IOAS },
	{ "nesting-parent", IOMMU_NESTING_PARENT },
	{ NULL, 0 },
};

/* ioas|nesting-parent[,pasid][,faults], each of the latter once. */
static int set_iommu(struct settings *s, const char *arg, struct error *err)
{
	struct iommu_choice choice = { 0 };
	_cleanup_free_ char *copy = strdup(arg);
	char *rest = copy, *word = strsep(&rest, ",");
	unsigned int kind;
	int r;

	if (!word)
		return error_system(err, ENOMEM, "cannot start");
	r = set_word("kind of page table", word, iommu_words, &kind, err);
	if (r)
		return r;
	choice.kind = (enum iommu_kind)kind;
	while ((word = strsep(&rest, ","))) {
		bool *wanted = strcmp(word, "pasid") == 0    ? &choice.pasid
			       : strcmp(word, "faults") == 0 ? &choice.faults
							     : NULL;

		if (!wanted || *wanted) {
			error_set(err, ERR_USAGE, EINVAL,
				  "not a page table: '%.64s'", arg);
			error_hint(err, "it is ioas or nesting-parent, behind "
					"it ,pasid or ,faults or both");
			return -EINVAL;
		}
		*wanted = true;
	}
	s->access.iommu = choice;
	return 0;
}

static int set_number(const char *what, const char *arg, long least, int *value,
		      struct error *err)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(arg, &end, 10);
	if (errno || *arg < '0' || *arg > '9' || *end || number < least ||
	    number > INT_MAX)
		return error_set(err, ERR_USAGE, EINVAL, "not a %s: '%.64s'",
				 what, arg);
	*value = (int)number;
	return 0;
}

static int set_pid(struct settings *s, const char *arg, struct error *err)
{
	return set_number("process id", arg, 1, &s->access.pid, err);
}

static int set_fd(struct settings *s, const char *arg, struct error *err)
{
	return set_number("descriptor", arg, 0, &s->access.fd, err);
}

const struct option_def global_options[] = {
	{ 'h', "help", NULL, "show this help", FLAG(help) },
	{ 'V', "version", NULL, "show the version", FLAG(version) },
	{ 'v', "verbose", NULL, "show each call to the kernel as it is issued",
	  FLAG(verbose) },
	{ 'q', "quiet", NULL, "no notes on stderr, only errors", FLAG(quiet) },
	{ 0, "json", NULL, "print one JSON object", FLAG(json) },
	{ 0, "dry-run", NULL,
	  "show what would be asked of the kernel; change nothing",
	  FLAG(dry_run) },
	{ 0 },
};

/* Columns read better here. */
/* clang-format off */
const struct option_def option_mode = {
	'm', "mode", "MODE", "auto, ns, iv or ds (default: auto)",
	.set = set_mode, .words = mode_words
};
const struct option_def option_mem = {
	0, "mem", "TYPE", "volatile or persistent memory (default: volatile)",
	.set = set_mem, .words = mem_words
};
const struct option_def option_cpus = {
	'c', "cpus", "CPUS", "a list as 0-3,8, or local, node:N, all",
	.set = set_cpus, .value = VALUE_CPUS
};
const struct option_def option_via = {
	0, "via", "WAY", "open by cdev or by group (default: auto)",
	.set = set_via, .words = via_words
};
const struct option_def option_abi = {
	0, "abi", "ABI", "ioctl: use it unprobed (default: auto)",
	.set = set_abi, .words = abi_words
};
const struct option_def option_owner = {
	'o', "owner", NULL, "act on the process that holds the device",
	FLAG(access.owner)
};
const struct option_def option_pid = {
	'p', "pid", "PID", "act on this process, which holds the device",
	.set = set_pid
};
const struct option_def option_fd = {
	0, "fd", "N", "the device's descriptor in that process", .set = set_fd,
	.needs = "pid"
};
const struct option_def option_hold = {
	0, "hold", NULL, "hold the device, and the setting, until SIGINT",
	FLAG(hold)
};
#define IOMMU_HELP							     \
	"attach it: ioas or nesting-parent[,pasid][,faults]"

const struct option_def option_iommu = {
	0, "iommu", "TABLE", IOMMU_HELP, .set = set_iommu,
	.words = iommu_words
};
/* Of a command that holds the device only if told so. */
const struct option_def option_hold_iommu = {
	0, "iommu", "TABLE", IOMMU_HELP, .set = set_iommu,
	.words = iommu_words, .needs = "hold"
};
const struct option_def option_switch = {
	0, "switch", NULL, "if TPH is on in another mode, switch it over",
	FLAG(switch_mode)
};
const struct option_def option_follow_irq = {
	0, "follow-irq", NULL,
	"each entry gets the CPU that its interrupt goes to", FLAG(follow_irq)
};
const struct option_def option_config = {
	0, "config", "DIR", "read profiles there (default: /etc/vfio-tph.d)",
	.set = set_config, .value = VALUE_DIRECTORY
};
const struct option_def option_force = {
	'f', "force", NULL,
	"switch TPH on for the query even if it is held",
	FLAG(force)
};

const struct option_def option_from = {
	0, "from", "FILE", "read a dump (of dump, or lspci -xxxx); -: stdin",
	.set = set_from, .value = VALUE_FILE
};
const struct option_def option_offline = {
	0, "offline", "FILE", "look at a dump (of dump, or lspci -xxxx); -: stdin",
	.set = set_from, .value = VALUE_FILE
};
const struct option_def option_open = {
	0, "open", NULL, "open devices that nobody holds, which resets them",
	FLAG(open)
};
const struct option_def option_all = {
	0, "all", NULL, "functions without a TPH capability, too", FLAG(all)
};
const struct option_def option_output = {
	0, "output", "COLUMNS", "columns of the table, as NAME,NAME,...",
	.set = set_output, .value = VALUE_COLUMNS
};
const struct option_def option_noheadings = {
	0, "noheadings", NULL, "rows only, no headings", FLAG(table.noheadings)
};
const struct option_def option_raw = {
	0, "raw", NULL, "one blank between fields, blanks in them as \\x20",
	FLAG(table.raw)
};
const struct option_def option_pairs = {
	0, "pairs", NULL, "each row as NAME=\"value\" ...", FLAG(table.pairs)
};
const struct option_def option_tree = {
	0, "tree", NULL, "Root Ports, and what is below them", FLAG(table.tree)
};
const struct option_def option_list_columns = {
	0, "list-columns", NULL, "show which columns there are",
	FLAG(table.list_columns)
};

/* Options that cannot go together. */
static const char *const exclusive[][2] = {
	{ "verbose", "quiet" }, { "owner", "pid" }, { "owner", "via" },
	{ "pid", "via" },	{ "owner", "hold" }, { "pid", "hold" },
	{ "cpus", "follow-irq" },
	{ "from", "owner" },	{ "from", "pid" },    { "from", "via" },
	{ "from", "abi" },
	{ "offline", "owner" }, { "offline", "pid" }, { "offline", "open" },
	{ "offline", "abi" },	{ "open", "owner" },  { "open", "pid" },
	{ "open", "dry-run" },
	/* One form at a time; JSON has everything. */
	{ "raw", "pairs" },	{ "raw", "tree" },    { "pairs", "tree" },
	{ "pairs", "noheadings" }, { "json", "output" },
	{ "json", "noheadings" }, { "json", "raw" },  { "json", "pairs" },
	{ "json", "tree" },	{ "json", "list-columns" },
};
/* clang-format on */

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
			bool stop)
{
	*p = (struct parser){ 0 };
	/* ":" makes getopt tell a missing argument from an unknown option. */
	strcpy(p->shorts, stop ? "+:" : ":");
	for (const struct option_def *def = global_options; def->name; def++)
		add(p, def);
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

static bool was_seen(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->n_seen; i++)
		if (strcmp(s->seen[i]->name, name) == 0)
			return true;
	return false;
}

static void remember(struct settings *s, const struct option_def *def)
{
	if (!was_seen(s, def->name))
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

int options_parse(int argc, char **argv, const struct option_def *const *own,
		  bool stop, struct settings *settings, int *first,
		  struct error *err)
{
	struct parser p;
	int value;

	parser_init(&p, own, stop);
	opterr = 0;
	optind = 0; /* glibc: begin anew */
	while ((value = getopt_long(argc, argv, p.shorts, p.longs, NULL)) !=
	       -1) {
		int at = index_of(&p, value), r = 0;

		if (value == ':')
			return error_set(err, ERR_USAGE, EINVAL,
					 "option %.64s needs an argument",
					 argv[optind - 1]);
		if (value == '?')
			return bad_option(&p, optopt, argv[optind - 1], err);
		remember(settings, p.defs[at]);
		if (p.defs[at]->set)
			r = p.defs[at]->set(settings, optarg, err);
		else
			*(bool *)((char *)settings + p.defs[at]->flag) = true;
		if (r)
			return r;
	}
	*first = optind;
	return 0;
}

bool options_exclude(const char *a, const char *b)
{
	for (size_t i = 0; i < sizeof(exclusive) / sizeof(*exclusive); i++)
		if ((strcmp(exclusive[i][0], a) == 0 &&
		     strcmp(exclusive[i][1], b) == 0) ||
		    (strcmp(exclusive[i][0], b) == 0 &&
		     strcmp(exclusive[i][1], a) == 0))
			return true;
	return false;
}

int options_check(const struct settings *s, struct error *err)
{
	for (size_t i = 0; i < sizeof(exclusive) / sizeof(*exclusive); i++)
		if (was_seen(s, exclusive[i][0]) &&
		    was_seen(s, exclusive[i][1]))
			return error_set(err, ERR_USAGE, EINVAL,
					 "--%s and --%s cannot go together",
					 exclusive[i][0], exclusive[i][1]);
	for (size_t i = 0; i < s->n_seen; i++)
		if (s->seen[i]->needs && !was_seen(s, s->seen[i]->needs))
			return error_set(err, ERR_USAGE, EINVAL,
					 "--%s needs --%s", s->seen[i]->name,
					 s->seen[i]->needs);
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
	for (const struct option_def *def = global_options; def->name; def++)
		print_option(out, def);
}

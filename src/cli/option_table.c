/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options: what each is called, takes and sets. */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "core/base/cleanup.h"
#include "uapi/vfio_pci_tph.h"

/* Where in the settings it goes; a member of another type does not compile. */
#define PLACE(m, type)                                                         \
	.member =                                                              \
		offsetof(struct settings, m) +                                 \
		0 * sizeof(char[__builtin_types_compatible_p(                  \
					__typeof__(((struct settings *)0)->m), \
					type)                                  \
					? 1                                    \
					: -1])
#define FLAG(m)	      .kind = OPTION_FLAG, PLACE(m, bool)
#define STRING(m)     .kind = OPTION_STRING, PLACE(m, const char *)
#define WORD(m, type) .kind = OPTION_WORD, PLACE(m, type)
#define CALL(f)	      .kind = OPTION_CALL, .set = f

static const struct word mode_words[] = {
	{ "auto", 0 },
	TPH_MODE_WORDS,
	{ "no-st", VFIO_PCI_TPH_MODE_NS },
	{ "interrupt-vector", VFIO_PCI_TPH_MODE_IV },
	{ "device-specific", VFIO_PCI_TPH_MODE_DS },
	{ NULL, 0 },
};

static const struct word via_words[] = {
	{ "auto", VFIO_VIA_AUTO },
	{ "cdev", VFIO_VIA_CDEV },
	{ "group", VFIO_VIA_GROUP },
	{ NULL, 0 },
};

/* The layouts of the ioctl; see tph_layout_find(). */
static const struct word abi_words[] = {
	{ "auto", 0 },
	{ "v1", 1 },
	{ "v8", 8 },
	{ NULL, 0 },
};

static int set_abi(struct settings *s, const char *arg, struct error *err)
{
	unsigned int value;
	int r = option_word("ABI", arg, abi_words, &value, err);

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
	r = option_word("kind of page table", word, iommu_words, &kind, err);
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

/* Columns read better here. */
/* clang-format off */
static const struct option_def option_help = {
	'h', "help", NULL, "show this help", FLAG(help),
	.group = OPTIONS_GENERAL
};
static const struct option_def option_version = {
	'V', "version", NULL, "show the version", FLAG(version),
	.group = OPTIONS_GENERAL
};
static const struct option_def option_verbose = {
	'v', "verbose", NULL, "show each call to the kernel as it is issued",
	FLAG(verbose),
	.group = OPTIONS_GENERAL
};
static const struct option_def option_quiet = {
	'q', "quiet", NULL, "no notes on stderr, only errors", FLAG(quiet),
	.group = OPTIONS_GENERAL
};
static const struct option_def option_json = {
	'J', "json", NULL, "print one JSON object", FLAG(json),
	.group = OPTIONS_OUTPUT,
	.common = COMMON_JSON
};
static const struct option_def option_dry_run = {
	0, "dry-run", NULL,
	"show what would be asked of the kernel; change nothing",
	FLAG(dry_run),
	.group = OPTIONS_GENERAL,
	.common = COMMON_DRY_RUN
};

const struct option_def *const global_options[] = {
	&option_help, &option_version, &option_verbose, &option_quiet,
	&option_json, &option_dry_run, NULL
};

const struct option_def option_mode = {
	'm', "mode", "MODE", "auto, ns, iv or ds (default: auto)",
	WORD(mode, unsigned int), .what = "mode", .words = mode_words
};
const struct option_def option_mem = {
	0, "mem", "TYPE", "volatile or persistent memory (default: volatile)",
	WORD(mem, enum tph_mem), .what = "memory type", .words = tph_mem_words
};
const struct option_def option_cpus = {
	'c', "cpus", "CPUS", "a list as 0-3,8, or local, node:N, all",
	STRING(cpus), .value = VALUE_CPUS
};
const struct option_def option_allowed = {
	0, "allowed", NULL, "use only CPUs that this process may run on",
	FLAG(allowed)
};
const struct option_def option_via = {
	0, "via", "WAY", "open by cdev or by group (default: auto)",
	WORD(access.via, enum vfio_via), .what = "way of opening",
	.words = via_words,
	.group = OPTIONS_ACCESS
};
const struct option_def option_abi = {
	0, "abi", "ABI", "v1 or v8: layout of the ioctl, unprobed (default: auto)",
	CALL(set_abi), .words = abi_words,
	.group = OPTIONS_ACCESS
};
const struct option_def option_owner = {
	0, "owner", NULL, "act on the process that holds the device",
	FLAG(access.owner),
	.group = OPTIONS_ACCESS
};
const struct option_def option_pid = {
	'p', "pid", "PID", "act on this process, which holds the device",
	CALL(set_pid),
	.group = OPTIONS_ACCESS
};
const struct option_def option_fd = {
	0, "fd", "N", "the device's descriptor in that process", CALL(set_fd),
	.needs = &option_pid,
	.group = OPTIONS_ACCESS
};
const struct option_def option_hold = {
	0, "hold", NULL, "hold the device, and the setting, until SIGINT",
	FLAG(hold),
	.group = OPTIONS_ACCESS
};
#define IOMMU_HELP							     \
	"attach it: ioas or nesting-parent[,pasid][,faults]"

const struct option_def option_iommu = {
	0, "iommu", "TABLE", IOMMU_HELP, CALL(set_iommu),
	.words = iommu_words,
	.group = OPTIONS_ACCESS
};
/* Of a command that holds the device only if told so. */
const struct option_def option_try = {
	0, "try", NULL, "make the change although it ends with the command",
	FLAG(attempt),
	.group = OPTIONS_ACCESS
};
const struct option_def option_hold_iommu = {
	0, "iommu", "TABLE", IOMMU_HELP, CALL(set_iommu),
	.words = iommu_words, .needs = &option_hold,
	.group = OPTIONS_ACCESS
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
	STRING(config), .value = VALUE_DIRECTORY
};
const struct option_def option_force = {
	'f', "force", NULL,
	"switch TPH on for the query even if it is held",
	FLAG(force)
};

const struct option_def option_from = {
	0, "from", "FILE", "read a dump (of dump, or lspci -xxxx); -: stdin",
	STRING(from), .value = VALUE_FILE,
	.group = OPTIONS_ACCESS
};
const struct option_def option_open = {
	0, "open", NULL, "open devices that nobody holds, which resets them",
	FLAG(open),
	.group = OPTIONS_ACCESS
};
const struct option_def option_all = {
	0, "all", NULL, "functions without a TPH capability, too", FLAG(all)
};
const struct option_def option_output = {
	'o', "output", "COLUMNS", "show these columns: NAME[,NAME...]",
	STRING(table.output), .value = VALUE_COLUMNS,
	.group = OPTIONS_OUTPUT
};
/* Of metrics, which has no table. */
const struct option_def option_file = {
	0, "write", "FILE", "write atomically to FILE instead of standard output",
	STRING(file), .value = VALUE_FILE,
	.group = OPTIONS_OUTPUT
};
const struct option_def option_noheadings = {
	'n', "noheadings", NULL, "print rows only, without headings", FLAG(table.noheadings),
	.group = OPTIONS_OUTPUT
};
const struct option_def option_raw = {
	'r', "raw", NULL, "separate fields with one space; escape spaces as \\x20",
	FLAG(table.raw),
	.group = OPTIONS_OUTPUT
};
const struct option_def option_pairs = {
	'P', "pairs", NULL, "print each row as NAME=\"value\"...", FLAG(table.pairs),
	.group = OPTIONS_OUTPUT
};
const struct option_def option_tree = {
	0, "tree", NULL, "Root Ports, and what is below them", FLAG(table.tree),
	.group = OPTIONS_OUTPUT
};
const struct option_def option_list_columns = {
	0, "list-columns", NULL, "show which columns there are",
	FLAG(table.list_columns),
	.group = OPTIONS_OUTPUT
};

/* Options that cannot go together. */
const struct option_def *const option_exclusive[][2] = {
	{ &option_verbose, &option_quiet },
	{ &option_owner, &option_pid },
	{ &option_owner, &option_via },
	{ &option_pid, &option_via },
	{ &option_owner, &option_hold },
	{ &option_pid, &option_hold },
	{ &option_try, &option_hold },
	{ &option_try, &option_owner },
	{ &option_try, &option_pid },
	{ &option_cpus, &option_follow_irq },
	{ &option_from, &option_owner },
	{ &option_from, &option_pid },
	{ &option_from, &option_via },
	{ &option_from, &option_abi },
	{ &option_from, &option_open },
	{ &option_open, &option_owner },
	{ &option_open, &option_pid },
	{ &option_open, &option_dry_run },
	/* One form at a time; JSON has everything. */
	{ &option_raw, &option_pairs },
	{ &option_raw, &option_tree },
	{ &option_pairs, &option_tree },
	{ &option_pairs, &option_noheadings },
	{ &option_json, &option_file },
	{ &option_json, &option_noheadings },
	{ &option_json, &option_raw },
	{ &option_json, &option_pairs },
	{ &option_json, &option_tree },
	{ &option_json, &option_list_columns },
	{ NULL, NULL },
};
/* clang-format on */

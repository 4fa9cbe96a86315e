/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options: what each command takes is data, and the same data makes the
 * parser, --help and shell completion.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/base/words.h"
#include "core/tph/target.h"
#include "ui/table.h"

struct option_def;

/* Options that one command can have, the global ones among them. */
#define OPTIONS_MAX 32

/* What the options said. */
struct settings {
	bool help, version, json, dry_run, verbose, quiet;
	struct target_access access;
	unsigned int mode; /* one VFIO_PCI_TPH_MODE_*, or 0: auto */
	enum tph_mem mem;
	const char *cpus;
	const char *config; /* directory of profiles */
	bool switch_mode;
	bool hold;
	bool attempt; /* make a change that does not last: --try */
	bool force;
	bool follow_irq;
	bool allowed; /* keep to the CPUs of the caller */
	bool all;
	bool open;
	const char *from; /* a dump to read in place of the machine */
	const char *file; /* to write in place of standard output */
	struct table_options table;
	/* The options given so far, before and after the command. */
	const struct option_def *seen[OPTIONS_MAX];
	size_t n_seen;
};

/* What else the argument of an option can be, for completion. */
enum value_kind {
	VALUE_OTHER,
	VALUE_CPUS,
	VALUE_COLUMNS, /* of the command's table */
	VALUE_FILE,
	VALUE_DIRECTORY,
};

/* What giving it does. */
enum option_kind {
	OPTION_FLAG,   /* sets a bool */
	OPTION_STRING, /* the argument as it is */
	OPTION_WORD,   /* one of its words: its value, a number or an enum */
	OPTION_CALL,   /* what set() does */
};

/* Under which heading --help shows it. */
enum option_group {
	OPTIONS_OWN,
	OPTIONS_ACCESS,
	OPTIONS_OUTPUT,
	OPTIONS_GENERAL,
	OPTION_GROUPS,
};

/* Options of every command that mean nothing to some. */
#define COMMON_JSON    (1u << 0)
#define COMMON_DRY_RUN (1u << 1)

struct option_def {
	char letter;	      /* or 0 */
	const char *name;     /* long name, without "--" */
	const char *argument; /* name of the argument, or NULL */
	const char *help;
	enum option_kind kind;
	size_t member; /* offset in the settings of what it sets */
	/* Take the argument: 0, or -EINVAL with ERR_USAGE. */
	int (*set)(struct settings *settings, const char *argument,
		   struct error *err);
	const char *what;	  /* its words are, for messages */
	const struct word *words; /* those that it takes, or NULL */
	enum value_kind value;
	const struct option_def *needs; /* without it this one is refused */
	enum option_group group;
	unsigned int common; /* COMMON_*, or 0 */
};

/* Options that every command takes, before or after its name; NULL ends. */
extern const struct option_def *const global_options[];

/* Options that several commands share; each lists those that it takes. */
extern const struct option_def option_mode, option_mem, option_cpus, option_via,
	option_abi, option_owner, option_pid, option_fd, option_hold,
	option_switch, option_force, option_follow_irq, option_from, option_all,
	option_output, option_noheadings, option_raw, option_pairs, option_tree,
	option_list_columns, option_config, option_open, option_iommu,
	option_hold_iommu, option_try, option_file, option_allowed;

/* Pairs that cannot go together, ended by a pair of NULL. */
extern const struct option_def *const option_exclusive[][2];

/* Those of every command that prints a table. */
#define TABLE_OPTIONS                                                   \
	&option_output, &option_noheadings, &option_raw, &option_pairs, \
		&option_list_columns

enum options_place { OPTIONS_ANYWHERE, OPTIONS_BEFORE_WORDS };

/*
 * Parse argv[1..argc) by the global options and those of a command (a list
 * ended by NULL, or NULL). Where options stand anywhere, words are moved
 * behind them; else parsing ends at the first word. *first is the index of the
 * first word. Returns 0, or -EINVAL with ERR_USAGE.
 */
int options_parse(int argc, char **argv, const struct option_def *const *own,
		  enum options_place place, struct settings *settings,
		  int *first, struct error *err);

/*
 * The value of one of a few words, which what names in messages. Returns 0, or
 * -EINVAL with ERR_USAGE.
 */
int option_word(const char *what, const char *arg, const struct word *words,
		unsigned int *value, struct error *err);

/* Refuse options that cannot go together, by name. 0, or ERR_USAGE. */
int options_check(const struct settings *settings, struct error *err);

/* Is it one of the pairs that cannot go together? */
bool options_exclude(const struct option_def *a, const struct option_def *b);

/*
 * Print the options as --help shows them, by groups; without: COMMON_* that
 * mean nothing to the command.
 */
void options_print(FILE *out, const struct option_def *const *own,
		   unsigned int without);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/options: a command line is parsed as main does it, first up to the
 * command and then behind it, with a command that takes every option.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "cli/options.h"
#include "uapi/vfio_pci_tph.h"

static const struct option_def *const every_option[] = {
	&option_mode, &option_mem,    &option_cpus,	  &option_via,
	&option_abi,  &option_owner,  &option_pid,	  &option_fd,
	&option_hold, &option_switch, &option_force,	  &option_hold_iommu,
	&option_raw,  &option_pairs,  &option_noheadings, NULL,
};

#define WORDS_MAX 12

/* A command line, taken apart. */
struct line {
	char text[256];
	char *argv[WORDS_MAX + 1];
	int argc;
	char **words; /* behind the command */
	int n_words;
	struct settings settings;
	struct error err;
};

static void split(struct line *l, const char *text)
{
	char *rest = l->text, *word;

	*l = (struct line){ .settings = { .access = { .fd = -1 } } };
	snprintf(l->text, sizeof(l->text), "vfio-tph %s", text);
	while ((word = strsep(&rest, " ")) && l->argc < WORDS_MAX)
		l->argv[l->argc++] = word;
}

/* Blanks part words. Returns 0, -EINVAL, or -ENOENT without a command. */
static int parse(struct line *l, const char *text)
{
	int first, command, r;

	split(l, text);
	r = options_parse(l->argc, l->argv, NULL, OPTIONS_BEFORE_WORDS,
			  &l->settings, &command, &l->err);
	if (r)
		return r;
	if (command == l->argc)
		return -ENOENT;
	r = options_parse(l->argc - command, l->argv + command, every_option,
			  OPTIONS_ANYWHERE, &l->settings, &first, &l->err);
	if (r)
		return r;
	l->words = l->argv + command + first;
	l->n_words = l->argc - command - first;
	return options_check(&l->settings, &l->err);
}

#define SET(X)                                                                 \
	X(verbose_before_the_command_is_set, "-v c", verbose, true)            \
	X(verbose_behind_the_command_is_set, "c -v", verbose, true)            \
	X(verbose_behind_a_word_is_set, "c dev -v", verbose, true)             \
	X(quiet_has_a_long_name, "c --quiet", quiet, true)                     \
	X(json_before_the_command_is_set, "--json c", json, true)              \
	X(json_behind_the_command_is_set, "c --json", json, true)              \
	X(json_has_a_letter, "-J c", json, true)                               \
	X(pairs_have_a_letter, "c -P", table.pairs, true)                      \
	X(raw_has_a_letter, "c -r", table.raw, true)                           \
	X(noheadings_have_a_letter, "c -nr", table.noheadings, true)           \
	X(dry_run_is_set, "c --dry-run", dry_run, true)                        \
	X(help_behind_the_command_is_set, "c -h", help, true)                  \
	X(version_is_set, "-V c", version, true)                               \
	X(letters_may_be_joined, "-vV c", version, true)                       \
	X(abbreviation_of_one_option_is_taken, "c --verb", verbose, true)      \
	X(abbreviation_of_an_option_with_argument_is_taken, "c --mo=iv", mode, \
	  VFIO_PCI_TPH_MODE_IV)                                                \
	X(mode_is_auto_by_default, "c", mode, 0)                               \
	X(mode_auto_is_read, "c --mode auto", mode, 0)                         \
	X(mode_ns_is_read, "c --mode ns", mode, VFIO_PCI_TPH_MODE_NS)          \
	X(mode_iv_is_read, "c --mode iv", mode, VFIO_PCI_TPH_MODE_IV)          \
	X(mode_ds_is_read, "c --mode ds", mode, VFIO_PCI_TPH_MODE_DS)          \
	X(long_name_of_ns_is_read, "c --mode no-st", mode,                     \
	  VFIO_PCI_TPH_MODE_NS)                                                \
	X(long_name_of_iv_is_read, "c --mode interrupt-vector", mode,          \
	  VFIO_PCI_TPH_MODE_IV)                                                \
	X(long_name_of_ds_is_read, "c --mode device-specific", mode,           \
	  VFIO_PCI_TPH_MODE_DS)                                                \
	X(mode_has_a_letter, "c -m ds", mode, VFIO_PCI_TPH_MODE_DS)            \
	X(argument_may_touch_its_letter, "c -mds", mode, VFIO_PCI_TPH_MODE_DS) \
	X(last_of_two_modes_counts, "c -m ds -m ns", mode,                     \
	  VFIO_PCI_TPH_MODE_NS)                                                \
	X(memory_is_volatile_by_default, "c", mem, TPH_MEM_VOLATILE)           \
	X(persistent_memory_is_read, "c --mem persistent", mem,                \
	  TPH_MEM_PERSISTENT)                                                  \
	X(way_of_opening_is_found_out_by_default, "c", access.via,             \
	  VFIO_VIA_AUTO)                                                       \
	X(way_cdev_is_read, "c --via cdev", access.via, VFIO_VIA_CDEV)         \
	X(way_group_is_read, "c --via=group", access.via, VFIO_VIA_GROUP)      \
	X(owner_is_set, "c --owner", access.owner, true)                       \
	X(pid_is_read, "c --pid 4711", access.pid, 4711)                       \
	X(descriptor_is_read, "c --pid 1 --fd 7", access.fd, 7)                \
	X(descriptor_0_is_read, "c --pid 1 --fd 0", access.fd, 0)              \
	X(no_descriptor_is_named_by_default, "c", access.fd, -1)               \
	X(pid_may_stand_behind_its_descriptor, "c --fd 7 --pid 1", access.fd,  \
	  7)                                                                   \
	X(hold_is_set, "c --hold", hold, true)                                 \
	X(device_is_not_attached_by_default, "c --hold", access.iommu.kind,    \
	  IOMMU_UNATTACHED)                                                    \
	X(ioas_is_read, "c --hold --iommu ioas", access.iommu.kind,            \
	  IOMMU_IOAS)                                                          \
	X(nesting_parent_is_read, "c --hold --iommu nesting-parent",           \
	  access.iommu.kind, IOMMU_NESTING_PARENT)                             \
	X(pasids_are_not_wanted_by_default, "c --hold --iommu ioas",           \
	  access.iommu.pasid, false)                                           \
	X(pasids_are_read, "c --hold --iommu ioas,pasid", access.iommu.pasid,  \
	  true)                                                                \
	X(faults_are_read, "c --hold --iommu ioas,faults",                     \
	  access.iommu.faults, true)                                           \
	X(pasids_are_read_behind_faults, "c --hold --iommu ioas,faults,pasid", \
	  access.iommu.pasid, true)                                            \
	X(last_of_two_tables_counts,                                           \
	  "c --hold --iommu ioas,pasid --iommu ioas", access.iommu.pasid,      \
	  false)                                                               \
	X(switch_is_set, "c --switch", switch_mode, true)                      \
	X(force_is_set, "c --force", force, true)                              \
	X(same_option_on_both_sides_is_taken, "-v c -v", verbose, true)

#define X(name, text, member, expected)                      \
	static void name(void **state)                       \
	{                                                    \
		struct line l;                               \
                                                             \
		(void)state;                                 \
		want_int(0, parse(&l, text), text);          \
		want_int(expected, l.settings.member, text); \
	}
SET(X)
#undef X

/* A part of the message. */
#define REFUSED(X)                                                             \
	X(verbose_and_quiet_exclude_each_other, "c -v -q",                     \
	  "--verbose and --quiet cannot go together")                          \
	X(order_of_verbose_and_quiet_does_not_matter, "c -q -v",               \
	  "--verbose and --quiet cannot go together")                          \
	X(verbose_before_and_quiet_behind_the_command_exclude_each_other,      \
	  "-v c -q", "--verbose and --quiet cannot go together")               \
	X(quiet_before_and_verbose_behind_the_command_exclude_each_other,      \
	  "-q c dev -v", "--verbose and --quiet cannot go together")           \
	X(both_before_the_command_exclude_each_other, "-vq c",                 \
	  "--verbose and --quiet cannot go together")                          \
	X(owner_and_pid_exclude_each_other, "c --owner -p 1",                  \
	  "--owner and --pid cannot go together")                              \
	X(owner_and_via_exclude_each_other, "c --via cdev --owner",            \
	  "--owner and --via cannot go together")                              \
	X(pid_and_via_exclude_each_other, "c --via auto --pid 1",              \
	  "--pid and --via cannot go together")                                \
	X(owner_and_hold_exclude_each_other, "c --hold --owner",               \
	  "--owner and --hold cannot go together")                             \
	X(pid_and_hold_exclude_each_other, "c --hold --pid 1",                 \
	  "--pid and --hold cannot go together")                               \
	X(abbreviations_exclude_each_other_too, "c --qui --verb",              \
	  "--verbose and --quiet cannot go together")                          \
	X(descriptor_needs_a_pid, "c --fd 7", "--fd needs --pid")              \
	X(table_needs_hold, "c --iommu ioas", "--iommu needs --hold")          \
	X(table_and_group_exclude_each_other,                                  \
	  "c --hold --iommu ioas --via group",                                 \
	  "--iommu and --via group cannot go together")                        \
	X(order_of_table_and_group_does_not_matter,                            \
	  "c --hold --via group --iommu ioas",                                 \
	  "--iommu and --via group cannot go together")                        \
	X(table_of_no_kind_is_refused, "c --hold --iommu hwpt",                \
	  "kind of page table 'hwpt' is not known")                            \
	X(table_with_something_else_is_refused, "c --hold --iommu ioas,dirty", \
	  "not a page table: 'ioas,dirty'")                                    \
	X(table_with_nothing_behind_the_comma_is_refused,                      \
	  "c --hold --iommu ioas,", "not a page table: 'ioas,'")               \
	X(descriptor_of_an_owner_needs_a_pid, "c --owner --fd 7",              \
	  "--fd needs --pid")                                                  \
	X(unknown_long_option_is_refused, "c --bogus",                         \
	  "unknown option --bogus")                                            \
	X(unknown_option_before_the_command_is_refused, "--bogus c",           \
	  "unknown option --bogus")                                            \
	X(unknown_letter_is_refused, "c -x", "unknown option -x")              \
	X(unknown_letter_among_known_is_refused, "c -vx", "unknown option -x") \
	X(question_mark_is_an_unknown_letter, "c -?", "unknown option -?")     \
	X(colon_is_an_unknown_letter, "c -:", "unknown option -:")             \
	X(option_of_a_command_before_it_is_refused, "--mode iv c",             \
	  "unknown option --mode")                                             \
	X(ambiguous_abbreviation_is_refused, "c --ver", "--ver")               \
	X(missing_argument_of_a_long_option_is_refused, "c --mode",            \
	  "option --mode needs an argument")                                   \
	X(missing_argument_of_a_letter_is_refused, "c -m",                     \
	  "option -m needs an argument")                                       \
	X(argument_of_a_flag_is_refused, "c --json=yes",                       \
	  "option --json takes no argument")                                   \
	X(unknown_mode_is_refused, "c --mode fast", "mode 'fast'")             \
	X(mode_in_capitals_is_refused, "c --mode IV", "mode 'IV'")             \
	X(part_of_a_mode_is_refused, "c --mode interrupt", "mode 'interrupt'") \
	X(empty_mode_is_refused, "c --mode=", "mode ''")                       \
	X(number_of_a_mode_is_refused, "c --mode 1", "mode '1'")               \
	X(unknown_memory_is_refused, "c --mem slow", "memory type 'slow'")     \
	X(unknown_way_of_opening_is_refused, "c --via x",                      \
	  "way of opening 'x'")                                                \
	X(unknown_abi_is_refused, "c --abi feature", "ABI 'feature'")          \
	X(pid_0_is_refused, "c --pid 0", "not a process id: '0'")              \
	X(negative_pid_is_refused, "c --pid -1", "not a process id: '-1'")     \
	X(signed_pid_is_refused, "c --pid +1", "not a process id: '+1'")       \
	X(hexadecimal_pid_is_refused, "c --pid 0x10",                          \
	  "not a process id: '0x10'")                                          \
	X(pid_of_letters_is_refused, "c --pid self",                           \
	  "not a process id: 'self'")                                          \
	X(pid_with_letters_is_refused, "c --pid 12a",                          \
	  "not a process id: '12a'")                                           \
	X(empty_pid_is_refused, "c --pid=", "not a process id: ''")            \
	X(pid_of_32_bits_is_refused, "c --pid 2147483648", "not a process id") \
	X(pid_that_wraps_in_64_bits_is_refused,                                \
	  "c --pid 18446744073709551617", "not a process id")                  \
	X(negative_descriptor_is_refused, "c --pid 1 --fd -1",                 \
	  "not a descriptor: '-1'")

#define X(name, text, expected)                             \
	static void name(void **state)                      \
	{                                                   \
		struct line l;                              \
                                                            \
		(void)state;                                \
		want_int(-EINVAL, parse(&l, text), text);   \
		want_within(expected, l.err.message, text); \
		want_int(ERR_USAGE, l.err.kind, text);      \
	}
REFUSED(X)
#undef X

static void hint_about_an_unknown_mode_lists_the_modes(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "c --mode fast");
	want_within("auto, ns, iv, ds, no-st", l.err.hint, NULL);
}

static void family_that_is_named_is_remembered(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "c --abi v8");
	want_string("v8", l.settings.access.abi, NULL);
}

static void family_auto_is_no_name(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "c --abi v1 --abi auto");
	want_string(NULL, l.settings.access.abi, NULL);
}

static void list_of_cpus_is_remembered(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "c --cpus 0-3,8");
	want_string("0-3,8", l.settings.cpus, NULL);
}

static void words_keep_their_order_among_options(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "c one -v two --mode iv three");
	assert_int_equal(3, l.n_words);
	want_string("one", l.words[0], NULL);
	want_string("two", l.words[1], NULL);
	want_string("three", l.words[2], NULL);
}

static void two_dashes_end_the_options(void **state)
{
	struct line l;

	(void)state;
	want_int(0, parse(&l, "c -- -v"), NULL);
	want_int(false, l.settings.verbose, NULL);
}

static void word_behind_two_dashes_is_a_word(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "c -- -v");
	assert_int_equal(1, l.n_words);
	want_string("-v", l.words[0], NULL);
}

static void line_without_a_command_ends_behind_its_options(void **state)
{
	struct line l;

	(void)state;
	want_int(-ENOENT, parse(&l, "-v"), NULL);
}

static void message_about_a_control_character_is_one_line(void **state)
{
	struct line l;

	(void)state;
	want_int(-EINVAL, parse(&l, "c -\x01"), NULL);
	want_int(true, is_one_line(l.err.message), l.err.message);
}

static void message_about_a_long_option_is_short(void **state)
{
	static char option[10001];
	char *argv[] = { option, option, NULL };
	struct settings settings = { 0 };
	struct error err = { 0 };
	int first;

	(void)state;
	memset(option, 'x', sizeof(option) - 1);
	memset(option, '-', 2);
	want_int(-EINVAL,
		 options_parse(2, argv, every_option, false, &settings, &first,
			       &err),
		 option);
	want_int(true, strlen(err.message) < 100, err.message);
}

/* What --help prints. */
static char *help(void)
{
	static char text[8192];
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_non_null(out);
	options_print(out, every_option, 0);
	fclose(out);
	return text;
}

static void help_names_every_option_of_the_command(void **state)
{
	const char *text = help();

	(void)state;
	for (const struct option_def *const *o = every_option; *o; o++)
		want_within((*o)->name, text, NULL);
}

static void help_names_every_global_option(void **state)
{
	const char *text = help();

	(void)state;
	for (const struct option_def *const *o = global_options; *o; o++)
		want_within((*o)->name, text, NULL);
}

static void no_two_options_share_a_letter(void **state)
{
	const struct option_def *all[OPTIONS_MAX];
	size_t n = 0;

	(void)state;
	for (const struct option_def *const *o = global_options; *o; o++)
		all[n++] = *o;
	for (const struct option_def *const *o = every_option; *o; o++)
		all[n++] = *o;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			want_int(false,
				 all[i]->letter &&
					 all[i]->letter == all[j]->letter,
				 all[i]->name);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = {
		SET(X) REFUSED(X) X(hint_about_an_unknown_mode_lists_the_modes) X(
			family_that_is_named_is_remembered) X(family_auto_is_no_name)
			X(list_of_cpus_is_remembered) X(words_keep_their_order_among_options) X(
				two_dashes_end_the_options) X(word_behind_two_dashes_is_a_word)
				X(line_without_a_command_ends_behind_its_options) X(
					message_about_a_control_character_is_one_line)
					X(message_about_a_long_option_is_short) X(
						help_names_every_option_of_the_command)
						X(help_names_every_global_option)
							X(no_two_options_share_a_letter)
	};
#undef X

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}

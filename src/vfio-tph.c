/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main: global options, the table of commands, the exit status. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/hold.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/targets.h"
#include "complete/complete.h"
#include "core/base/confine.h"
#include "core/base/interrupt.h"
#include "core/owner/scan.h"
#include "ui/message.h"
#include "ui/versions.h"
#include "cli/usage.h"

/*
 * A descriptor that the caller closed would be given to the next file
 * opened, and output written into it. /dev/null takes its place, such that
 * reading and writing fail as they would have.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) {
			fputs("vfio-tph: cannot open /dev/null\n", stderr);
			_exit(STATUS_FAILED);
		}
}

/*
 * The heap goes back to the kernel when the program ends, and not in a
 * hundred pieces when the names of all PCI devices are freed before that.
 */
static void keep_heap(void)
{
#ifdef M_TOP_PAD /* glibc's */
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

/* Is -J among the letters of one word? Those before it take no argument. */
static bool has_letter_json(const char *word)
{
	size_t n = word[0] == '-' ? strspn(word + 1, "hVvqnrPf") : 0;

	return word[0] == '-' && word[1 + n] == 'J';
}

/*
 * A usage error may come before --json was reached: look for it, and for
 * what getopt takes for it (-J, -vJ, --j, --js, --jso).
 */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		size_t n = strlen(argv[i]);

		if (has_letter_json(argv[i]) ||
		    (n > 2 && strncmp(argv[i], "--json", n) == 0))
			return true;
	}
	return false;
}

static void trace(void *context, const struct io_call *call)
{
	struct invocation *inv = context;

	if (inv->io.dry_run)
		plan_add(inv, call);
	else
		message_call(call);
}

/* What stands behind the first "--" is a program's: not for our parser. */
static int cut_program(struct invocation *inv, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		inv->program = argv + i + 1;
		return i;
	}
	return argc;
}

static int parse(struct invocation *inv, int argc, char **argv,
		 struct error *err)
{
	int first, r;

	r = options_parse(argc, argv, NULL, OPTIONS_BEFORE_WORDS,
			  &inv->settings, &first, err);
	if (r || inv->settings.version || (inv->settings.help && first == argc))
		return r;
	if (first == argc)
		return error_set(err, ERR_USAGE, EINVAL,
				 "no command was given");
	inv->command = command_need(argv[first], err);
	if (!inv->command)
		return -EINVAL;
	if (inv->settings.help)
		return 0;
	argc -= first;
	argv += first;
	if (inv->command->takes_program)
		argc = cut_program(inv, argc, argv);
	r = options_parse(argc, argv, inv->command->options, OPTIONS_ANYWHERE,
			  &inv->settings, &first, err);
	inv->words = argv + first;
	inv->n_words = argc - first;
	/* Its options were taken for ours. */
	if (r && inv->command->takes_program && !inv->program)
		error_hint(err, "put -- before the program that is to be run");
	return r ? r : options_check(&inv->settings, err);
}

static int check_columns(const struct invocation *inv, struct error *err)
{
	struct table_selection ignored;

	/* An unknown command has ended the program: error_set() is not 0. */
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	return inv->command->columns
		       ? table_select(&inv->settings.table,
				      inv->command->columns,
				      inv->command->n_columns, &ignored, err)
		       : 0;
}

static int run(struct invocation *inv, struct error *err)
{
	const struct settings *s = &inv->settings;
	int r = check_columns(inv, err);

	if (r)
		return r;
	if (!inv->command->executes)
		confine_rights();
	if (s->table.list_columns) {
		table_list_columns(stdout, inv->command->columns,
				   inv->command->n_columns);
		return 0;
	}
	report_set_table(inv->report, &s->table);
	message_set_quiet(s->quiet);
	inv->io.dry_run = s->dry_run;
	inv->io.context = inv;
	if (s->verbose || s->dry_run)
		inv->io.trace = trace;
	vfio_context_init(&inv->vfio, &inv->io);
	inv->look = inv->command->look;
	r = inv->command->run ? inv->command->run(inv, err)
			      : act_on_words(inv, inv->n_words, NULL, err);
	if (r == 0 && inv->held)
		r = hold_wait(inv, err);
	return r;
}

/*
 * Who only shows something ends without a word when its reader did, as others
 * do. A changing command goes on and reports it.
 */
static void end_with_reader(const struct invocation *inv)
{
	if (!inv->command ||
	    (!inv->command->changes && inv->command != &cmd_watch))
		signal(SIGPIPE, SIG_DFL);
}

/* A device was changed, and the result of that cannot be told. */
static int finish(struct invocation *inv, struct error *err)
{
	int r = report_finish(inv->report, err);

	/* A query, whose device is let go by now, ends as those that read. */
	if (r == -EPIPE && inv->command && !inv->command->lasts) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	if (r && inv->command && inv->command->lasts && inv->succeeded &&
	    !inv->settings.dry_run && !inv->settings.hold)
		error_prefix(err, "%s, but not told",
			     inv->failed ? "the other devices are done"
					 : "what was asked for is done");
	return r;
}

static void clean_up(struct invocation *inv)
{
	hold_release(inv);
	vfio_context_close(&inv->vfio);
	topology_free(inv->topology);
	owner_look_anew();
	pci_source_close(inv->source);
	plan_free(inv);
	report_free(inv->report);
}

static int exit_status(const struct invocation *inv)
{
	if (inv->output_failed)
		return STATUS_FAILED;
	if (inv->failed == 0)
		return inv->end_status;
	return (int)(inv->succeeded ? STATUS_PARTIAL : inv->first_failure);
}

static void usage_hint(const struct invocation *inv, struct error *err)
{
	const char *name = inv->command ? inv->command->name : "";

	if ((err->kind == ERR_USAGE || err->kind == ERR_INPUT) &&
	    inv->n_words > 0 && strcmp(inv->words[0], "help") == 0) {
		error_hint(err,
			   "vfio-tph %s --help shows the options, vfio-tph "
			   "help %s opens the manual page",
			   name, name);
		return;
	}
	if (err->kind != ERR_USAGE || err->hint[0] ||
	    err->advice.kind != ADVICE_NONE)
		return;
	error_hint(err, "try vfio-tph%s%s --help", *name ? " " : "", name);
}

static void prepare_process(void)
{
	keep_heap();
	fill_standard_descriptors();
	/*
	 * A closed pipe, or a file that may not grow, is an error like
	 * others, not a death in mid-change.
	 */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* Ignored by the caller, children would vanish without a word. */
	signal(SIGCHLD, SIG_DFL);
}

/* Parse the command line, and do what it asks for. */
static int obey(struct invocation *inv, int argc, char **argv,
		struct error *err)
{
	const struct settings *s = &inv->settings;
	int r = parse(inv, argc, argv, err);

	if (r == 0 && (s->help || s->version))
		report_as_text(inv->report);
	if (inv->command)
		report_set_command(inv->report, inv->command->name);
	if (r)
		return r;
	end_with_reader(inv);
	if (s->version)
		versions_print();
	else if (s->help)
		usage_print(inv->command);
	else
		r = run(inv, err);
	return r;
}

int main(int argc, char **argv)
{
	struct invocation inv = { .settings = { .access = { .fd = -1 } },
				  .lock = -1,
				  .vfio = { .iommufd = { .fd = -1 },
					    .container = -1 } };
	struct error err;

	prepare_process();
	if (argc > 1 && strcmp(argv[1], COMPLETE_COMMAND) == 0)
		return complete(argc - 1, argv + 1);
	inv.report =
		report_new(wants_json(argc, argv) ? REPORT_JSON : REPORT_TEXT);
	if (!inv.report) {
		error_system(&err, ENOMEM, "cannot start");
		message_error(NULL, &err, NULL);
		return STATUS_FAILED;
	}
	if (obey(&inv, argc, argv, &err)) {
		usage_hint(&inv, &err);
		invocation_fail(&inv, NULL, &err);
	}
	if (finish(&inv, &err))
		invocation_fail(&inv, NULL, &err);
	clean_up(&inv);
	if (inv.command && inv.command->changes && !inv.settings.hold)
		interrupt_end();
	return exit_status(&inv);
}

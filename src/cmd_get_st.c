/* SPDX-License-Identifier: GPL-2.0-or-later */
/* get-st: which steering tag stands for which CPU. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/describe.h"
#include "cli/invocation.h"
#include "cli/plan.h"
#include "cli/sharing.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/tph/steering.h"
#include "ui/message.h"

/* clang-format off */
static const struct option_def *const options[] = {
	&option_cpus,
	&option_allowed, &option_mem,   &option_mode, &option_owner, &option_pid,
	&option_fd,   &option_force, &option_via,  &option_abi,	  TABLE_OPTIONS, NULL
};
/* clang-format on */

/* clang-format off */
static const struct report_column columns[] = {
	{ .name = "DEVICE", .help = "address of the device", .heading = true },
	{ .key = "cpu", .name = "CPU", .help = "logical CPU number",
	  .right = true },
	{ .key = "node", .name = "NODE", .help = "NUMA node of the CPU",
	  .right = true },
	{ .key = "distance", .name = "DISTANCE",
	  .help = "distance of that node from the device's", .right = true },
	{ .key = "l2", .name = "L2", .help = "CPUs that share its L2 cache",
	  .shorten = true, .extra = true },
	{ .key = "l3", .name = "L3", .help = "CPUs that share its L3 cache",
	  .shorten = true, .extra = true },
	{ .key = "tag", .name = "TAG", .help = "steering tag of the CPU",
	  .right = true, .hex = true },
};
/* clang-format on */

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* By the index of the CPU in the list. */
struct answer {
	struct cpulist cpus;
	int *distances; /* of the CPU's node from the device's; -1: not known */
	uint16_t *tags;
};

static void answer_free(struct answer *answer)
{
	cpulist_free(&answer->cpus);
	free(answer->distances);
	free(answer->tags);
}

static int choose_cpus(struct invocation *inv, const struct target *t,
		       const struct cpu_choice *choice, struct cpulist *cpus,
		       struct error *err)
{
	const struct topology *topology = invocation_topology(inv, err);
	int r;

	if (!topology)
		return -EIO;
	r = topology_resolve(topology, choice, t->pci.numa_node, cpus, err);
	if (r == 0)
		cpulist_normalize(cpus);
	return r;
}

/*
 * Tags exist only while TPH is on. On a device of our own it is switched on
 * for the query; on one that somebody drives, not behind his back.
 */
static int switch_on(struct invocation *inv, struct target *t, bool *switched,
		     struct error *err)
{
	unsigned int mode;
	int r;

	if (t->control.enabled && t->borrowed)
		return 0;
	if (t->borrowed && !inv->settings.force) {
		error_set(err, ERR_TPH_OFF, EINVAL,
			  "TPH is off, and %s (pid %d) drives the device: a "
			  "query would have to switch it on",
			  t->owner.command, t->owner.pid);
		error_hint(err, "--force does so, and switches it off again");
		return -EINVAL;
	}
	r = steering_choose_mode(t, steering_query_mode(t, inv->settings.mode),
				 &mode, err);
	if (r == 0)
		r = steering_enable(t, mode, false, switched, err);
	if (r == 0 && inv->settings.verbose)
		message_note(t->pci.address,
			     "TPH was switched on for the query, and is "
			     "switched off again");
	return r;
}

static int query(struct invocation *inv, struct target *t,
		 const struct cpulist *cpus, uint16_t *tags, struct error *err)
{
	bool switched = false, changed;
	struct error other;
	int r = switch_on(inv, t, &switched, err);

	if (r)
		return r;
	r = steering_get_tags(t, cpus->items, cpus->count, inv->settings.mem,
			      tags, err);
	if (switched && steering_disable(t, &changed, &other) && r == 0) {
		*err = other;
		r = -EIO;
	}
	return r;
}

static void tell(struct invocation *inv, const struct target *t,
		 const struct answer *a)
{
	bool l2, l3;

	report_table(inv->report, "tags", columns, N_COLUMNS);
	l2 = report_shows(inv->report, "L2");
	l3 = report_shows(inv->report, "L3");
	for (size_t i = 0; i < a->cpus.count; i++) {
		unsigned int cpu = a->cpus.items[i];
		_cleanup_free_ char *near =
			l2 ? sharing_text(inv, CACHE_L2, cpu) : NULL;
		_cleanup_free_ char *wide =
			l3 ? sharing_text(inv, CACHE_L3, cpu) : NULL;
		int node = topology_node_of_cpu(inv->topology, cpu);
		int distance = a->distances[i];
		const struct report_cell cells[] = {
			CELL_OF_TEXT(t->pci.address),
			CELL_OF_NUMBER((long)cpu),
			node < 0 ? CELL_OF_NONE : CELL_OF_NUMBER(node),
			distance < 0 ? CELL_OF_NONE : CELL_OF_NUMBER(distance),
			near ? CELL_OF_TEXT(near) : CELL_OF_NONE,
			wide ? CELL_OF_TEXT(wide) : CELL_OF_NONE,
			a->tags[i] ? CELL_OF_NUMBER(a->tags[i]) : CELL_OF_NONE,
		};

		report_row(inv->report, cells);
	}
	report_table_end(inv->report);
	sharing_tell(inv, t->pci.address, &a->cpus, a->tags);
}

/* Tags can be shown without distances: libnuma may be missing. */
static int read_distances(struct invocation *inv, const struct target *t,
			  struct answer *a, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < a->cpus.count; i++) {
		a->distances[i] = -1;
		if (inv->no_distances)
			continue;
		r = topology_distance(
			inv->topology, t->pci.numa_node,
			topology_node_of_cpu(inv->topology, a->cpus.items[i]),
			&a->distances[i], err);
		if (r == -ELIBACC) {
			message_note(NULL,
				     "distances of nodes are not known: %s",
				     err->message);
			inv->no_distances = true;
			r = 0;
		}
	}
	return r;
}

static int open_and_query(struct invocation *inv, struct target *t,
			  const struct cpu_choice *choice, struct answer *a,
			  struct error *err)
{
	int r = t->cap_known ? target_check_tph(t, err) : 0;

	if (r == 0)
		r = choose_cpus(inv, t, choice, &a->cpus, err);
	if (r)
		return r;
	a->tags = calloc(a->cpus.count, sizeof(*a->tags));
	a->distances = calloc(a->cpus.count, sizeof(*a->distances));
	if (!a->tags || !a->distances)
		return error_system(err, ENOMEM, "cannot ask for the tags");
	r = read_distances(inv, t, a, err);
	if (r)
		return r;
	r = open_target(inv, t, &inv->settings.access, err);
	if (r == 0)
		r = target_check_tph(t, err);
	if (r == 0)
		r = query(inv, t, &a->cpus, a->tags, err);
	return r;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	_cleanup_(answer_free) struct answer answer = { 0 };
	struct target *t = visit->target;
	int r = open_and_query(inv, t, visit->state, &answer, err);

	if (r)
		return r;
	describe_device(inv->report, t);
	report_string(inv->report, "mem", tph_mem_name(inv->settings.mem));
	if (inv->n_words > 1 || !visit->selected->named ||
	    inv->settings.dry_run)
		report_heading(inv->report, "%s:", t->pci.address);
	plan_tell(inv);
	if (!inv->settings.dry_run)
		tell(inv, t, &answer);
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	const char *text = inv->settings.cpus;
	_cleanup_(cpu_choice_free) struct cpu_choice choice = {
		.kind = CPUS_ALL
	};
	int r = text ? cpu_choice_parse(text, strlen(text), CPU_CHOICE_ALONE,
					&choice, err)
		     : 0;

	return r ? r : act_on_words(inv, inv->n_words, &choice, err);
}

const struct command cmd_get_st = {
	.name = "get-st",
	.examples = "  vfio-tph get-st --cpus local 3b:00.0\n"
		    "  vfio-tph get-st --owner --output CPU,TAG,L3 3b:00.0\n",
	.words = "DEVICE...",
	.summary = "Show the steering tags of CPUs",
	.options = options,
	.takes = TAKES_VFIO | TAKES_PLURAL,
	.columns = columns,
	.n_columns = N_COLUMNS,
	.changes = true,
	.tells_state = true,
	.look = PCI_DEVICE_CDEV,
	.act = act,
	.run = run,
};

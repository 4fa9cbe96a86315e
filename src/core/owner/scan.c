/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/owner/scan.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/proc.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"
#include "core/base/workers.h"
#include "core/owner/stuck.h"

#define PATIENCE_MS 1000
#define DEADLINE_MS 1600
/* Tables of descriptors from this size on are not read twice. */
#define LARGE_TABLE 256

/* A process that is to be looked into. */
struct process {
	pid_t pid;
	size_t size; /* of its table of descriptors, about */
};

struct owner_scan {
	struct owner_scan *next; /* of those that were made */
	pid_t pid;		 /* of the one that was looked into, or 0 */
	struct process *processes;
	size_t n_processes;
	struct holding *list; /* sorted */
	size_t n, room;
	struct owner *given_up;
	size_t n_given_up;
	int unseen; /* why some process could not be looked into */
};

/* What a helper sends. */
struct sighting {
	enum { SEEN, UNSEEN, FAILED } what;
	int number; /* errno of the last two */
	struct holding holding;
};

_Static_assert(sizeof(struct sighting) <= WORKERS_MESSAGE, "fits");

static struct owner_scan *made;

static int compare_key(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	if (x->kind != y->kind)
		return (x->kind > y->kind) - (x->kind < y->kind);
	if (x->kind == HOLDS_GROUP || x->kind == NAMES_GROUP)
		return (x->group > y->group) - (x->group < y->group);
	return x->kind == HOLDS_SOME_DEVICE ? 0 : bdf_compare(&x->bdf, &y->bdf);
}

static int compare(const void *a, const void *b)
{
	const struct owner *x = &((const struct holding *)a)->owner;
	const struct owner *y = &((const struct holding *)b)->owner;

	if (compare_key(a, b))
		return compare_key(a, b);
	return x->pid != y->pid ? (x->pid > y->pid) - (x->pid < y->pid)
				: (x->fd > y->fd) - (x->fd < y->fd);
}

static int add(struct owner_scan *scan, const struct holding *holding)
{
	if (scan->n == scan->room) {
		size_t room = scan->room ? 2 * scan->room : 16;
		struct holding *larger =
			reallocarray(scan->list, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		scan->list = larger;
		scan->room = room;
	}
	scan->list[scan->n++] = *holding;
	return 0;
}

static void send(struct workers_seat *seat, int what, int number)
{
	struct sighting s = { .what = what, .number = number };

	workers_send(seat, &s, sizeof(s), -1);
}

/* In a helper. */
static void look_into(const struct process *process, struct workers_seat *seat)
{
	struct proc_walk walk _cleanup_walk_;
	struct sighting s = { .holding.owner.pid = process->pid };
	int r = proc_walk_descriptors(&walk, process->pid);
	bool only_names = false; /* one of these tells as much as all */

	if (r && r != -ENOENT && r != -ESRCH)
		send(seat, owner_want(r) ? FAILED : UNSEEN, -r);
	while (r >= 0 && (r = proc_walk_next(&walk)) > 0) {
		workers_step(seat);
		r = owner_prove(&walk, process->pid, &s.holding);
		if (r > 0 && s.holding.kind >= NAMES_GROUP) {
			r = !only_names;
			only_names = true;
		}
		if (r > 0) {
			owner_command(process->pid, s.holding.owner.command,
				      sizeof(s.holding.owner.command));
			workers_send(seat, &s, sizeof(s), -1);
		}
		if (owner_want(r))
			send(seat, FAILED, -r);
		r = 0;
	}
	if (owner_want(r))
		send(seat, FAILED, -r);
}

/* Threads of one program that pretend to be many share their descriptors. */
static bool is_seen_already(const struct owner_scan *scan, size_t task)
{
	const struct process *p = &scan->processes[task];

	return task && p->size >= LARGE_TABLE && p[-1].size == p->size &&
	       syscall(SYS_kcmp, p[-1].pid, p->pid, KCMP_FILES, 0, 0) == 0;
}

static void work(void *context, size_t task, struct workers_seat *seat)
{
	const struct owner_scan *scan = context;

	if (!is_seen_already(scan, task))
		look_into(&scan->processes[task], seat);
}

static int take(void *context, const void *message, size_t size, int fd)
{
	struct owner_scan *scan = context;
	struct sighting s;

	if (fd >= 0)
		close(fd);
	if (size != sizeof(s))
		return -EPROTO;
	memcpy(&s, message, sizeof(s));
	if (s.what == SEEN)
		return add(scan, &s.holding);
	if (s.what == UNSEEN)
		scan->unseen = s.number;
	return s.what == FAILED ? -s.number : 0;
}

/* Of its files comm is one that waits for nobody; stat is not. */
static void give_up(void *context, size_t task)
{
	struct owner_scan *scan = context;
	struct owner *one = &scan->given_up[scan->n_given_up++];

	one->pid = scan->processes[task].pid;
	owner_command(one->pid, one->command, sizeof(one->command));
	stuck_remember(one->pid);
}

/* Those that kept a look waiting are given up at once, for a while. */
static void leave_stuck(struct owner_scan *scan)
{
	size_t n = 0;

	for (size_t i = 0; i < scan->n_processes; i++) {
		struct owner *one = &scan->given_up[scan->n_given_up];

		if (!stuck_is_remembered(scan->processes[i].pid)) {
			scan->processes[n++] = scan->processes[i];
			continue;
		}
		one->pid = scan->processes[i].pid;
		owner_command(one->pid, one->command, sizeof(one->command));
		scan->n_given_up++;
	}
	scan->n_processes = n;
}

/* Smaller ones first: a large one keeps none of the others waiting. */
static int compare_processes(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return x->size != y->size ? (x->size > y->size) - (x->size < y->size)
				  : (x->pid > y->pid) - (x->pid < y->pid);
}

static int add_process(struct owner_scan *scan, pid_t pid)
{
	struct process *larger = reallocarray(
		scan->processes, scan->n_processes + 1, sizeof(*larger));
	char path[64];
	struct stat st;

	if (!larger)
		return -ENOMEM;
	scan->processes = larger;
	larger += scan->n_processes++;
	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	/* How many there are, since 6.2; 0 before. */
	*larger = (struct process){ pid,
				    stat(path, &st) ? 0 : (size_t)st.st_size };
	return 0;
}

/* What is within a process may vanish; the list of them does not. */
static int list_processes(struct owner_scan *scan)
{
	struct proc_walk walk _cleanup_walk_;
	int r = proc_walk_processes(&walk);

	while (r == 0 && (r = proc_walk_next(&walk)) > 0)
		r = walk.number > 0 && walk.number != getpid()
			    ? add_process(scan, walk.number)
			    : 0;
	if (r == 0)
		qsort(scan->processes, scan->n_processes,
		      sizeof(*scan->processes), compare_processes);
	return r;
}

static int load(struct owner_scan *scan)
{
	struct workers workers = {
		.work = work,
		.take = take,
		.give_up = give_up,
		.context = scan,
		.patience = PATIENCE_MS,
		.deadline = DEADLINE_MS,
	};
	int r;

	scan->given_up = calloc(scan->n_processes + 1, sizeof(*scan->given_up));
	if (!scan->given_up)
		return -ENOMEM;
	leave_stuck(scan);
	workers.n_tasks = scan->n_processes;
	r = workers_run(&workers);
	if (r == 0 && scan->n)
		qsort(scan->list, scan->n, sizeof(*scan->list), compare);
	return r;
}

static void scan_free(struct owner_scan *scan)
{
	free(scan->processes);
	free(scan->list);
	free(scan->given_up);
	free(scan);
}

int owner_look(pid_t pid, const struct owner_scan **scan)
{
	struct owner_scan *s;
	int r;

	for (s = made; s; s = s->next)
		if (s->pid == pid) {
			*scan = s;
			return 0;
		}
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->pid = pid;
	r = pid ? add_process(s, pid) : list_processes(s);
	if (r == 0)
		r = load(s);
	if (r) {
		scan_free(s);
		return r;
	}
	s->next = made;
	*scan = made = s;
	return 0;
}

const struct owner_scan *owner_seen(void)
{
	const struct owner_scan *s = made;

	while (s && s->pid)
		s = s->next;
	return s;
}

void owner_look_anew(void)
{
	while (made) {
		struct owner_scan *next = made->next;

		scan_free(made);
		made = next;
	}
}

int owner_scan_unseen(const struct owner_scan *scan)
{
	return scan->unseen;
}

const struct owner *owner_scan_given_up(const struct owner_scan *scan,
					size_t *n)
{
	*n = scan->n_given_up;
	return scan->given_up;
}

/* The first of those with this key, or NULL. */
static const struct holding *find(const struct owner_scan *scan,
				  const struct holding *key)
{
	const struct holding *found =
		scan->n ? bsearch(key, scan->list, scan->n, sizeof(*key),
				  compare_key)
			: NULL;

	while (found && found > scan->list && compare_key(found - 1, key) == 0)
		found--;
	return found;
}

bool owner_scan_find(const struct owner_scan *scan,
		     const struct pci_device *pci, struct owner *owner)
{
	struct holding key = { .kind = HOLDS_CDEV, .bdf = pci->bdf };
	const struct holding *found;

	*owner = (struct owner){ 0 };
	if (scan->n == 0)
		return false;
	found = find(scan, &key);
	if (!found) {
		key.kind = HOLDS_DEVICE;
		found = find(scan, &key);
	}
	if (!found) {
		key = (struct holding){ .kind = HOLDS_GROUP,
					.group = pci->iommu_group };
		found = find(scan, &key);
		/* Others of a group that is held need not be VFIO's. */
		if (found && !pci_device_is_vfio(pci))
			return false;
	}
	if (found)
		*owner = found->owner;
	return found != NULL;
}

const struct holding *owner_scan_about(const struct owner_scan *scan,
				       const struct pci_device *pci,
				       const struct holding *before)
{
	const struct holding *h = before ? before + 1 : scan->list;

	for (; h && h < scan->list + scan->n; h++) {
		bool of_group =
			h->kind == HOLDS_GROUP || h->kind == NAMES_GROUP;

		if (h->kind == HOLDS_SOME_DEVICE)
			continue;
		if (of_group ? h->group == pci->iommu_group
			     : bdf_equal(&h->bdf, &pci->bdf))
			return h;
	}
	return NULL;
}

/* Does the process hold the function's group? */
static bool has_group(const struct owner_scan *scan,
		      const struct pci_device *pci, pid_t pid)
{
	const struct holding key = { .kind = HOLDS_GROUP,
				     .group = pci->iommu_group };
	const struct holding *h = find(scan, &key);

	for (; h && h < scan->list + scan->n && compare_key(h, &key) == 0; h++)
		if (h->owner.pid == pid)
			return true;
	return false;
}

const struct holding *owner_scan_candidate(const struct owner_scan *scan,
					   const struct pci_device *pci,
					   bool named,
					   const struct holding *before)
{
	const struct holding *h = before ? before + 1 : scan->list;

	for (; h && h < scan->list + scan->n; h++)
		switch (h->kind) {
		case HOLDS_CDEV:
		case HOLDS_DEVICE:
			if (bdf_equal(&h->bdf, &pci->bdf))
				return h;
			break;
		case HOLDS_SOME_DEVICE:
			if (named || has_group(scan, pci, h->owner.pid))
				return h;
			break;
		default:
			break;
		}
	return NULL;
}

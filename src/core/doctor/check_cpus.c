/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPUs that tags could aim at: which are near, and which are set apart. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/cpu/cpuset.h"
#include "core/doctor/checks.h"
#include "core/doctor/evidence.h"
#include "core/base/kernel_cmdline.h"
#include "core/base/proc.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"

#define ISOLATED_FILE "/sys/devices/system/cpu/isolated"
#define NOHZ_FILE     "/sys/devices/system/cpu/nohz_full"
#define IRQ_MASK_FILE "/proc/irq/default_smp_affinity"

/* The process of that name, 0 where there is none; or -errno. */
static int find_process(const char *name)
{
	struct proc_walk walk _cleanup_walk_;
	int unseen = 0, r = proc_walk_processes(&walk);
	char command[32];

	while (r >= 0 && (r = proc_walk_next(&walk)) > 0) {
		long n = sysfs_readf(command, sizeof(command), "/proc/%d/comm",
				     walk.number);

		if (n > 0 && strcmp(command, name) == 0)
			return walk.number;
		/* Those that ended, or have a longer name, are not it. */
		if (n < 0 && n != -ENOENT && n != -ESRCH && n != -EFBIG)
			unseen = (int)n;
	}
	return r ? r : unseen;
}

void check_irqbalance(struct doctor *d, struct finding *f)
{
	char path[32];
	int pid;

	(void)d;
	pid = find_process("irqbalance");
	if (pid < 0) {
		finding_unread(f, "/proc/PID/comm", -pid);
		return;
	}
	if (!pid) {
		finding_see(f, "/proc/PID/comm", "none is irqbalance");
		finding_ok(f, "no irqbalance moves interrupts");
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	finding_see(f, path, "irqbalance");
	finding_warn(f, "irqbalance moves interrupts, and tags do not follow "
			"by themselves");
	finding_advise(f, ADVICE_WATCH_IRQ);
}

/*
 * A list of CPUs of any length as evidence: "none" for an empty one, "-" where
 * the kernel has no such file. Returns the list, to be freed: empty where there
 * is none; or NULL with errno where it cannot be read.
 */
static char *see_list(struct finding *f, const char *path)
{
	char *text = sysfs_read_all(path);
	int number = errno;

	if (!text && number == ENOENT) {
		finding_see(f, path, "-");
		text = strdup("");
		number = ENOMEM;
	} else if (!text) {
		finding_see(f, path, "%s", strerror(number));
	} else {
		/* nohz_full is "(null)" where it is built in and not used. */
		text[isdigit((unsigned char)*text) ? strcspn(text, "\n") : 0] =
			'\0';
		finding_see(f, path, "%s", *text ? text : "none");
	}
	errno = number;
	return text;
}

/* Where interrupts may go to, as the kernel was told and as it is set. */
static void see_interrupt_mask(struct finding *f)
{
	_cleanup_free_ char *line = sysfs_read_all("/proc/cmdline");
	_cleanup_free_ char *value = line ? strdup(line) : NULL;
	_cleanup_free_ char *mask = NULL;

	if (!value)
		finding_see(f, "/proc/cmdline", "%s", strerror(errno));
	else if (kernel_cmdline_value(line, "irqaffinity", value,
				      strlen(line) + 1))
		finding_see(f, "/proc/cmdline", "irqaffinity=%s", value);
	mask = check_see_text(f, IRQ_MASK_FILE);
}

/* Partitions of cpusets keep CPUs to themselves as isolcpus= does. */
static void see_partitions(const struct doctor *d, struct finding *f)
{
	_cleanup_(cpulist_free) struct cpulist cpus = { 0 };
	char path[CPUSET_PATH_SIZE], last[CPUSET_PATH_SIZE] = "";

	if (!d->topology || topology_present_cpus(d->topology, &cpus))
		return;
	for (size_t i = 0; i < cpus.count; i++) {
		if (!cpuset_partition_of(cpus.items[i], path))
			continue;
		if (strcmp(path, last) != 0)
			finding_see(f, "/sys/fs/cgroup",
				    "CPU %u is of the "
				    "partition %.120s",
				    cpus.items[i], path);
		memcpy(last, path, sizeof(last));
	}
}

void check_cpu_isolation(struct doctor *d, struct finding *f)
{
	_cleanup_free_ char *isolated = see_list(f, ISOLATED_FILE);
	_cleanup_free_ char *nohz = NULL;
	int number = errno;

	nohz = see_list(f, NOHZ_FILE);
	see_interrupt_mask(f);
	see_partitions(d, f);
	if (!isolated)
		finding_unread(f, ISOLATED_FILE, number);
	else if (*isolated)
		finding_ok(f,
			   "nothing runs on isolated CPUs but what is put "
			   "there: %s",
			   isolated);
	else
		finding_ok(f, "no CPU is isolated");
}

/* Is none of the isolated CPUs one of the node's? */
static bool is_elsewhere(const struct doctor *d, struct finding *f, int node,
			 const char *isolated)
{
	_cleanup_(cpulist_free) struct cpulist list = { 0 };
	struct error err = { .number = 0 };
	bool elsewhere;

	if (cpulist_parse(isolated, strlen(isolated), CPULIST_MAX_CPU, "CPU",
			  &list, &err)) {
		finding_see(f, ISOLATED_FILE, "%s", err.message);
		return false;
	}
	elsewhere = list.count > 0;
	for (size_t i = 0; i < list.count; i++)
		elsewhere &= topology_node_of_cpu(d->topology, list.items[i]) !=
			     node;
	return elsewhere;
}

/* Warn if the isolated CPUs are on other nodes than this one. */
static bool warn_of_isolated(struct doctor *d, struct finding *f, int node)
{
	_cleanup_free_ char *isolated = sysfs_read_all(ISOLATED_FILE);

	if (!isolated && errno != ENOENT)
		finding_see(f, ISOLATED_FILE, "%s", strerror(errno));
	if (!isolated || !isdigit((unsigned char)*isolated))
		return false;
	isolated[strcspn(isolated, "\n")] = '\0';
	if (!is_elsewhere(d, f, node, isolated))
		return false;
	finding_see(f, ISOLATED_FILE, "%s", isolated);
	finding_warn(f, "none of the isolated CPUs is on its node %d: %s", node,
		     isolated);
	finding_next(f,
		     "isolate CPUs of node %d for what drives it, or mind the "
		     "way between the nodes",
		     node);
	return true;
}

static void look_at_node(struct doctor *d, struct finding *f, int node)
{
	_cleanup_(cpulist_free) struct cpulist usable = { 0 };
	int r = topology_cpus_of_node(d->topology, node, true, &usable);
	size_t n = usable.count;

	if (r == -ENOMEM) {
		finding_skip(f, "cannot list the CPUs: %s", strerror(ENOMEM));
	} else if (n == 0) {
		finding_warn(f, "none of the CPUs of its node %d is online",
			     node);
		finding_next(f, "name CPUs of another node");
	} else if (!warn_of_isolated(d, f, node)) {
		finding_ok(f, "%zu CPUs of its node %d can be aimed at", n,
			   node);
	}
}

static void see_cpus(const struct doctor *d, struct finding *f)
{
	_cleanup_free_ char *list = NULL;
	char path[CHECK_PATH_SIZE];

	list = check_see_text(f, check_device_file(d, "local_cpulist", path));
	finding_see(f, check_device_file(d, "numa_node", path), "%d",
		    d->target->pci.numa_node);
}

void check_local_cpus_recorded(struct doctor *d, struct finding *f)
{
	const struct pci_device *pci = &d->target->pci;
	_cleanup_free_ char *text = NULL;
	struct error err = { .kind = ERR_NONE };
	_cleanup_(cpulist_free) struct cpulist cpus = { 0 };

	if (pci_device_node_cpus(pci, &cpus, &err) == 0 && !cpus.count) {
		check_skip_unseen(d, f);
		return;
	}
	text = err.kind ? NULL : cpulist_format(&cpus);
	if (!text) {
		finding_skip(f, "cannot list the CPUs: %s", strerror(ENOMEM));
		return;
	}
	finding_see(f, "dump", "node %d: CPUs %s", pci->numa_node, text);
	finding_ok(f, "CPUs of its node %d: %s", pci->numa_node, text);
}

void check_local_cpus(struct doctor *d, struct finding *f)
{
	int node = d->target->pci.numa_node;

	if (!d->topology) {
		finding_skip(f, "%.500s", d->no_topology.message);
		return;
	}
	see_cpus(d, f);
	if (node >= 0) {
		look_at_node(d, f, node);
	} else if (topology_max_node(d->topology) <= 0) {
		finding_ok(f, "there is one node: every CPU is near");
	} else {
		finding_warn(f, "the firmware does not say to which node it "
				"belongs");
		finding_next(f, "name the CPUs, or node:N: \"local\" is not "
				"known for it");
	}
}

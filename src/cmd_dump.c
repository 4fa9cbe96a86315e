/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump: config space of devices and of the bridges above them as lspci -xxxx
 * prints it, and beside it what else is needed to read it elsewhere: driver,
 * node, group, owner, and the ST table as status shows it. lspci -F reads it
 * too.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/pci/path.h"
#include "core/pci/record.h"
#include "core/tph/table_read.h"
#include "ui/clean.h"
#include "ui/message.h"

#define CONFIG_SIZE  4096
#define CLASS_BRIDGE 0x0604

static const struct option_def *const options[] = { &option_owner, &option_pid,
						    &option_fd, &option_abi,
						    NULL };

struct dump {
	struct bdf *bridges; /* that were written; functions come once */
	size_t n_bridges;
	size_t unreadable; /* functions of which a part is missing */
};

static bool is_written(const struct dump *dump, const struct bdf *bdf)
{
	for (size_t i = 0; i < dump->n_bridges; i++)
		if (bdf_equal(&dump->bridges[i], bdf))
			return true;
	return false;
}

static int remember(struct dump *dump, const struct bdf *bdf, struct error *err)
{
	struct bdf *larger = reallocarray(dump->bridges, dump->n_bridges + 1,
					  sizeof(*larger));

	if (!larger)
		return error_system(err, ENOMEM, "cannot write the dump");
	dump->bridges = larger;
	dump->bridges[dump->n_bridges++] = *bdf;
	return 0;
}

/* A dump is mostly this: printf for each byte would be most of its cost. */
static void write_row(unsigned int offset, const unsigned char bytes[16])
{
	static const char digits[] = "0123456789abcdef";
	char row[16 * 3 + 1], *at = row;

	for (unsigned int i = 0; i < 16; i++) {
		*at++ = ' ';
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 0xf];
	}
	*at = '\0';
	printf("%02x:%s\n", offset, row);
}

/* As much of config space as there is, or as may be seen. */
static void write_config(struct target *t)
{
	static const unsigned int sizes[] = { CONFIG_SIZE, 256, 64 };
	struct config_reader config = pci_device_config(&t->pci);
	unsigned char bytes[CONFIG_SIZE];
	unsigned int size = 0;

	if (t->through_vfio)
		config = vfio_device_config(&t->vfio);
	for (size_t i = 0; !size && i < sizeof(sizes) / sizeof(*sizes); i++)
		if (config.read(config.context, 0, bytes, sizes[i]) == 0)
			size = sizes[i];
	for (unsigned int i = 0; i < size; i += 16)
		write_row(i, bytes + i);
}

static void write_function(struct invocation *inv, struct target *t,
			   const struct pci_fact *fact)
{
	if (clean_printf(stdout, "%s %04x: %04x:%04x%s%.180s\n", t->pci.address,
			 t->pci.class_id, t->pci.vendor_id, t->pci.device_id,
			 t->pci.name[0] ? " " : "", t->pci.name))
		report_incomplete(inv->report);
	if (pci_fact_write(stdout, fact))
		report_incomplete(inv->report);
	write_config(t);
	putchar('\n');
}

static void fill_fact(struct invocation *inv, const struct target *t,
		      struct pci_fact *fact)
{
	*fact = (struct pci_fact){ .numa_node = t->pci.numa_node,
				   .iommu_group = t->pci.iommu_group,
				   .has_port = t->pci.below_port,
				   .port = t->pci.port,
				   .owner = t->owner };
	fact->known = PCI_FACT_DRIVER | PCI_FACT_GROUP | PCI_FACT_NODE |
		      PCI_FACT_CDEV | PCI_FACT_PORT;
	/* Processes of other users only root sees. */
	if (geteuid() == 0)
		fact->known |= PCI_FACT_HOLDER;
	memcpy(fact->driver, t->pci.driver, sizeof(fact->driver));
	memcpy(fact->cdev, t->pci.cdev, sizeof(fact->cdev));
	invocation_node_cpus(inv, &t->pci, &fact->node_cpus);
}

static void free_fact(struct pci_fact *fact)
{
	cpulist_free(&fact->node_cpus);
	st_table_free(&fact->table);
}

/* A bridge, once. */
static int write_bridge(struct invocation *inv, struct dump *dump,
			const struct bdf *bridge, struct error *err)
{
	_cleanup_(target_close) struct target t = TARGET_NONE;
	_cleanup_(free_fact) struct pci_fact fact = { 0 };
	int r;

	if (is_written(dump, bridge))
		return 0;
	r = target_look(inv->source, bridge, inv->look, &t, err);
	if (r)
		return r;
	fill_fact(inv, &t, &fact);
	write_function(inv, &t, &fact);
	return remember(dump, bridge, err);
}

/*
 * The Root Port, without which the completer would not be known, and the
 * switches on the way.
 */
static int write_bridges(struct invocation *inv, struct dump *dump,
			 const struct target *t, struct error *err)
{
	_cleanup_free_ struct bdf *bridges = NULL;
	size_t n;
	int r = pci_path_bridges(&t->pci, &bridges, &n, err);

	for (size_t i = 0; r == 0 && i < n; i++)
		r = write_bridge(inv, dump, &bridges[i], err);
	return r;
}

/* What cannot be read is left out: a dump is of what there is to see. */
static int read_state(struct invocation *inv, struct target *t,
		      struct pci_fact *fact, struct error *err)
{
	const struct target_access *access = &inv->settings.access;
	const struct topology *topology;
	struct error why_not;

	int r = pci_device_holder(&t->pci, &t->owner, err);

	if (r)
		return r;
	if ((access->owner && t->owner.pid) || access->pid)
		if (open_target(inv, t, access, &why_not))
			message_note(t->pci.address,
				     "without what its process would show: %s",
				     why_not.message);
	fill_fact(inv, t, fact);
	topology = t->owner.pid ? invocation_try_topology(inv) : NULL;
	r = st_table_read(t, topology, t->owner.pid != 0, &fact->table, err);
	if (r == 0 && fact->table.no_tags.kind)
		message_note(t->pci.address, "without the ST table: %s",
			     fact->table.no_tags.message);
	else if (r == 0 && fact->table.no_cpus.kind)
		message_note(t->pci.address, "without the CPUs of the tags: %s",
			     fact->table.no_cpus.message);
	if (r == 0 && fact->table.no_irqs.kind)
		message_note(t->pci.address, "%s", fact->table.no_irqs.message);
	return r;
}

static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct target *t = visit->target;
	struct dump *dump = visit->state;
	_cleanup_(free_fact) struct pci_fact fact = { 0 };
	int r;

	if (is_written(dump, &t->pci.bdf))
		return 0;
	r = write_bridges(inv, dump, t, err);
	if (r == 0)
		r = read_state(inv, t, &fact, err);
	if (r == 0) {
		write_function(inv, t, &fact);
		dump->unreadable += !t->cap_known;
		if (t->pci.class_id == CLASS_BRIDGE)
			r = remember(dump, &t->pci.bdf, err);
	}
	return r;
}

static int run(struct invocation *inv, struct error *err)
{
	struct dump dump = { 0 };
	int r;

	if (inv->settings.json)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--json and dump cannot go together: lspci "
				 "reads a dump");
	r = act_on_words(inv, inv->n_words, &dump, err);
	if (r == 0 && dump.unreadable) {
		r = error_set(err, ERR_PERMISSION, EPERM,
			      "no permission to read the extended config "
			      "space of %zu functions: it is not in the dump",
			      dump.unreadable);
		error_hint_rights(err, "CAP_SYS_ADMIN");
		inv->succeeded = 0;
	}
	free(dump.bridges);
	return r;
}

const struct command cmd_dump = {
	.name = "dump",
	.examples = "  vfio-tph dump all >machine.txt\n"
		    "  vfio-tph dump --owner 3b:00.0 >device.txt\n",
	.without = COMMON_DRY_RUN,
	.words = "DEVICE...",
	.summary = "Write what list, status, cap and doctor read elsewhere",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL,
	.look = PCI_DEVICE_NAME | PCI_DEVICE_CDEV | LOOK_NON_TPH,
	.act = act,
	.run = run,
};

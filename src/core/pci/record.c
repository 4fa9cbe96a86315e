/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/pci/proc_text.h"
#include "core/pci/tph_words.h"
#include "uapi/vfio_pci_tph.h"

#define OURS PCI_RECORD_MARK

void pci_fact_init(struct pci_fact *fact)
{
	*fact = (struct pci_fact){ .numa_node = -1, .iommu_group = -1 };
}

void pci_fact_free(struct pci_fact *fact)
{
	cpulist_free(&fact->node_cpus);
	st_table_free(&fact->table);
	pci_fact_init(fact);
}

/* Text from outside, which goes to a terminal in the end. */
static void keep_text(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
	text_keep_one_line(to);
}

/* An entry of the table; the table grows to hold it. */
static struct st_entry *entry_at(struct st_table *table, unsigned int index)
{
	struct st_entry *larger;

	if (index >= VFIO_PCI_TPH_MAX_ENTRIES)
		return NULL;
	if (index < table->n)
		return &table->entries[index];
	larger = reallocarray(table->entries, index + 1, sizeof(*larger));
	if (!larger)
		return NULL;
	table->entries = larger;
	for (; table->n <= index; table->n++)
		table->entries[table->n] = (struct st_entry){ .irq = -1 };
	return &table->entries[index];
}

/* "-1" or a number: of an interrupt. */
static bool take_irq(const char **p, int *irq)
{
	unsigned int value;

	*irq = -1;
	if (text_take(p, "-1"))
		return true;
	if (!text_take_number(p, &value))
		return false;
	*irq = (int)value;
	return true;
}

/* " other-node", or nothing. */
static enum st_mark take_mark(const char **p)
{
	enum st_mark marks[] = { ST_MARK_OTHER_NODE, ST_MARK_OTHER_CACHE };

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const char *rest = *p;

		if (text_take(&rest, " ") &&
		    text_take(&rest, st_mark_word(marks[i]))) {
			*p = rest;
			return marks[i];
		}
	}
	return ST_MARK_NONE;
}

static bool read_entry(struct pci_fact *fact, const char *p)
{
	unsigned int index, tag;
	struct st_entry *e;
	enum st_mark mark;
	int irq;

	if (!text_take_number(&p, &index) || !text_take(&p, " ") ||
	    !text_take_hex(&p, &tag) || tag > UINT16_MAX ||
	    !text_take(&p, " ") || !take_irq(&p, &irq))
		return false;
	mark = take_mark(&p);
	e = *p ? NULL : entry_at(&fact->table, index);
	if (!e)
		return false;
	e->tag = (uint16_t)tag;
	e->irq = irq;
	e->mark = mark;
	fact->table.tags_known = true;
	return true;
}

static bool append_list(struct pci_fact *fact, struct cpulist *to,
			const char *text)
{
	struct cpulist list;
	struct error ignored;
	bool ok = cpulist_parse(text, strlen(text), CPULIST_MAX_CPU, "CPU",
				&list, &ignored) == 0;

	ok = ok && list.count <= PCI_FACT_CPUS_MAX - fact->n_cpus;
	fact->n_cpus += ok ? list.count : 0;
	for (size_t i = 0; ok && i < list.count; i++)
		ok = cpulist_append(to, list.items[i], 1, 1) == 0;
	cpulist_free(&list);
	return ok;
}

enum entry_cpus { OF_TAG, OF_L3, OF_IRQ };

static bool read_cpus(struct pci_fact *fact, const char *p,
		      enum entry_cpus which)
{
	struct st_entry *e;
	unsigned int index;

	if (!text_take_number(&p, &index) || !text_take(&p, " "))
		return false;
	e = entry_at(&fact->table, index);
	if (!e)
		return false;
	fact->table.cpus_known |= which == OF_TAG;
	return append_list(fact,
			   which == OF_TAG  ? &e->cpus
			   : which == OF_L3 ? &e->l3
					    : &e->irq_cpus,
			   p);
}

static bool read_mem(struct pci_fact *fact, const char *text)
{
	const struct word *word = word_find(tph_mem_words, text);

	if (word)
		fact->table.mem = (enum tph_mem)word->value;
	return word;
}

static bool read_owner(struct pci_fact *fact, const char *p)
{
	unsigned int pid;

	if (!text_take_number(&p, &pid) || pid == 0 || !text_take(&p, " "))
		return false;
	fact->owner.pid = (pid_t)pid;
	keep_text(fact->owner.command, sizeof(fact->owner.command), p);
	fact->known |= PCI_FACT_HOLDER;
	return true;
}

static const struct {
	const char *word;
	unsigned int fact;
} facts[] = {
	{ "driver", PCI_FACT_DRIVER }, { "group", PCI_FACT_GROUP },
	{ "node", PCI_FACT_NODE },     { "cdev", PCI_FACT_CDEV },
	{ "port", PCI_FACT_PORT },     { "owner", PCI_FACT_HOLDER },
};

#define N_FACTS (sizeof(facts) / sizeof(*facts))

/* "driver node": what there is none of. */
static bool read_none(struct pci_fact *fact, const char *p)
{
	while (*p) {
		for (size_t i = 0; i < N_FACTS; i++)
			if (text_take(&p, facts[i].word))
				fact->known |= facts[i].fact;
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	return true;
}

/* A line of ours; words that a later version may add are left alone. */
static bool take_ours(struct pci_fact *fact, const char *text)
{
	const char *rest;

	if ((rest = text_after(text, "entry ")))
		return read_entry(fact, rest);
	if ((rest = text_after(text, "cpus ")))
		return read_cpus(fact, rest, OF_TAG);
	if ((rest = text_after(text, "l3 ")))
		return read_cpus(fact, rest, OF_L3);
	if ((rest = text_after(text, "irq-cpus ")))
		return read_cpus(fact, rest, OF_IRQ);
	if ((rest = text_after(text, "mem ")))
		return read_mem(fact, rest);
	if ((rest = text_after(text, "owner ")))
		return read_owner(fact, rest);
	if ((rest = text_after(text, "node-cpus ")))
		return append_list(fact, &fact->node_cpus, rest);
	if ((rest = text_after(text, "port "))) {
		fact->has_port = true;
		fact->known |= PCI_FACT_PORT;
		return bdf_parse(rest, &fact->port) == 0;
	}
	if ((rest = text_after(text, "none ")))
		return read_none(fact, rest);
	if ((rest = text_after(text, "cdev "))) {
		int number;

		keep_text(fact->cdev, sizeof(fact->cdev), rest);
		fact->known |= PCI_FACT_CDEV;
		return proc_text_vfio_node(fact->cdev, &number) ==
		       VFIO_NODE_CDEV;
	}
	return true;
}

/* A number that is too large is not known. */
static void take_number(struct pci_fact *fact, int *to, unsigned int what,
			const char *text)
{
	int value = text_number(text);

	if (value < 0)
		return;
	*to = value;
	fact->known |= what;
}

/* "fast devsel, IRQ 255, NUMA node 0, IOMMU group 10", of lspci -v. */
static void take_flags(struct pci_fact *fact, const char *flags)
{
	char part[32];

	while (*flags) {
		const char *rest;

		snprintf(part, sizeof(part), "%.*s", (int)strcspn(flags, ","),
			 flags);
		if ((rest = text_after(part, "NUMA node ")))
			take_number(fact, &fact->numa_node, PCI_FACT_NODE,
				    rest);
		else if ((rest = text_after(part, "IOMMU group ")))
			take_number(fact, &fact->iommu_group, PCI_FACT_GROUP,
				    rest);
		flags += strcspn(flags, ",");
		flags += strspn(flags, ", ");
	}
}

/* Lines that lspci -v prints. */
static bool take_theirs(struct pci_fact *fact, const char *text)
{
	const char *rest;

	if ((rest = text_after(text, "Kernel driver in use: "))) {
		keep_text(fact->driver, sizeof(fact->driver), rest);
		fact->known |= PCI_FACT_DRIVER;
	} else if ((rest = text_after(text, "NUMA node: ")))
		take_number(fact, &fact->numa_node, PCI_FACT_NODE, rest);
	else if ((rest = text_after(text, "IOMMU group: ")))
		take_number(fact, &fact->iommu_group, PCI_FACT_GROUP, rest);
	else if ((rest = text_after(text, "Flags: ")))
		take_flags(fact, rest);
	return rest;
}

int pci_fact_take(struct pci_fact *fact, const char *line)
{
	const char *ours = text_after(line, OURS);

	if (!ours)
		return take_theirs(fact, line);
	return take_ours(fact, ours) ? 1 : -EINVAL;
}

/* A list in lines that are short enough, the index before each part. */
static int write_list(FILE *out, const char *what, long index,
		      const struct cpulist *list)
{
	_cleanup_free_ char *text = list->count ? cpulist_format(list) : NULL;
	char *part = text;

	if (list->count && !text)
		return -ENOMEM;
	while (part && *part) {
		size_t length = strlen(part);

		if (length > PCI_RECORD_LINE - 64)
			for (length = PCI_RECORD_LINE - 64;
			     part[length] != ',';)
				length--;
		fprintf(out, OURS "%s ", what);
		if (index >= 0)
			fprintf(out, "%ld ", index);
		fprintf(out, "%.*s\n", (int)length, part);
		part += length + (part[length] == ',');
	}
	return 0;
}

static int write_table(FILE *out, const struct st_table *table)
{
	int r = 0;

	if (!table->tags_known)
		return 0;
	if (table->cpus_known)
		fprintf(out, OURS "mem %s\n", tph_mem_name(table->mem));
	for (size_t i = 0; i < table->n; i++) {
		const struct st_entry *e = &table->entries[i];

		fprintf(out, OURS "entry %zu 0x%x %d%s%s\n", i, e->tag, e->irq,
			e->mark ? " " : "",
			e->mark ? st_mark_word(e->mark) : "");
		r |= write_list(out, "cpus", (long)i, &e->cpus);
		r |= write_list(out, "l3", (long)i, &e->l3);
		r |= write_list(out, "irq-cpus", (long)i, &e->irq_cpus);
	}
	return r;
}

/* What is known to be none: a line that is missing says nothing. */
static void write_none(FILE *out, const struct pci_fact *fact)
{
	const unsigned int none =
		fact->known & ~((fact->driver[0] ? PCI_FACT_DRIVER : 0) |
				(fact->iommu_group >= 0 ? PCI_FACT_GROUP : 0) |
				(fact->numa_node >= 0 ? PCI_FACT_NODE : 0) |
				(fact->cdev[0] ? PCI_FACT_CDEV : 0) |
				(fact->has_port ? PCI_FACT_PORT : 0) |
				(fact->owner.pid ? PCI_FACT_HOLDER : 0));

	if (!none)
		return;
	fputs(OURS "none", out);
	for (size_t i = 0; i < N_FACTS; i++)
		if (none & facts[i].fact)
			fprintf(out, " %s", facts[i].word);
	putc('\n', out);
}

int pci_fact_write(FILE *out, const struct pci_fact *fact)
{
	char address[BDF_LENGTH];
	int r;

	if (fact->numa_node >= 0)
		fprintf(out, "\tNUMA node: %d\n", fact->numa_node);
	if (fact->iommu_group >= 0)
		fprintf(out, "\tIOMMU group: %d\n", fact->iommu_group);
	if (fact->driver[0])
		fprintf(out, "\tKernel driver in use: %s\n", fact->driver);
	if (fact->cdev[0])
		fprintf(out, OURS "cdev %s\n", fact->cdev);
	if (fact->has_port)
		fprintf(out, OURS "port %s\n",
			bdf_format(&fact->port, address));
	if (fact->owner.pid)
		fprintf(out, OURS "owner %d %s\n", fact->owner.pid,
			fact->owner.command);
	write_none(out, fact);
	r = write_list(out, "node-cpus", -1, &fact->node_cpus);
	r |= write_table(out, &fact->table);
	return r ? -ENOMEM : 0;
}

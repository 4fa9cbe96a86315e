/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/pci/tph_words.h"
#include "uapi/vfio_pci_tph.h"

#define OURS "# vfio-tph: "

struct reader {
	const char *name; /* of the file, in messages */
	unsigned int line;
	struct pci_record *record;
	struct pci_fact *fact; /* that lines belong to, or NULL */
	size_t room;
};

static void fact_free(struct pci_fact *fact)
{
	cpulist_free(&fact->node_cpus);
	st_table_free(&fact->table);
}

void pci_record_free(struct pci_record *record)
{
	if (!record)
		return;
	for (size_t i = 0; i < record->n; i++)
		fact_free(&record->facts[i]);
	free(record->facts);
	free(record);
}

static int out_of_memory(struct error *err)
{
	return error_system(err, ENOMEM, "cannot read the dump");
}

static int bad_line(const struct reader *r, struct error *err)
{
	return error_set(err, ERR_USAGE, EINVAL,
			 "%.256s:%u: not a line of a dump", r->name, r->line);
}

/* "[0000:]01:00.0 ", as libpci wants it, begins a function. */
static bool is_head(const char *line, struct bdf *bdf)
{
	char address[BDF_LENGTH];
	size_t length = strcspn(line, " ");

	if (length >= sizeof(address) || line[length] != ' ')
		return false;
	memcpy(address, line, length);
	address[length] = '\0';
	return bdf_parse(address, bdf) == 0;
}

static int add_fact(struct reader *r, const struct bdf *bdf, struct error *err)
{
	struct pci_record *record = r->record;

	if (record->n == r->room) {
		size_t room = r->room ? 2 * r->room : 16;
		struct pci_fact *larger =
			reallocarray(record->facts, room, sizeof(*larger));

		if (!larger)
			return out_of_memory(err);
		record->facts = larger;
		r->room = room;
	}
	r->fact = &record->facts[record->n++];
	*r->fact = (struct pci_fact){ .bdf = *bdf,
				      .numa_node = -1,
				      .iommu_group = -1 };
	return 0;
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

static bool append_list(struct cpulist *to, const char *text)
{
	struct cpulist list;
	struct error ignored;
	bool ok = cpulist_parse(text, strlen(text), CPULIST_MAX_CPU, "CPU",
				&list, &ignored) == 0;

	for (size_t i = 0; ok && i < list.count; i++)
		ok = cpulist_append(to, list.items[i], 1, 1) == 0;
	cpulist_free(&list);
	return ok;
}

static bool read_cpus(struct pci_fact *fact, const char *p, bool of_irq)
{
	struct st_entry *e;
	unsigned int index;

	if (!text_take_number(&p, &index) || !text_take(&p, " "))
		return false;
	e = entry_at(&fact->table, index);
	if (e && !of_irq)
		fact->table.cpus_known = true;
	return e && append_list(of_irq ? &e->irq_cpus : &e->cpus, p);
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
	snprintf(fact->owner.command, sizeof(fact->owner.command), "%.31s", p);
	return true;
}

/* A line of ours; words that a later version may add are left alone. */
static bool read_ours(struct pci_fact *fact, const char *text)
{
	const char *rest;

	if ((rest = text_after(text, "entry ")))
		return read_entry(fact, rest);
	if ((rest = text_after(text, "cpus ")))
		return read_cpus(fact, rest, false);
	if ((rest = text_after(text, "irq-cpus ")))
		return read_cpus(fact, rest, true);
	if ((rest = text_after(text, "mem ")))
		return read_mem(fact, rest);
	if ((rest = text_after(text, "owner ")))
		return read_owner(fact, rest);
	if ((rest = text_after(text, "node-cpus ")))
		return append_list(&fact->node_cpus, rest);
	if ((rest = text_after(text, "port "))) {
		fact->has_port = true;
		return bdf_parse(rest, &fact->port) == 0;
	}
	if ((rest = text_after(text, "cdev ")))
		snprintf(fact->cdev, sizeof(fact->cdev), "%.63s", rest);
	return true;
}

/* Lines that lspci -v prints, indented by a tab. */
static void read_theirs(struct pci_fact *fact, const char *text)
{
	const char *rest;

	if ((rest = text_after(text, "\tKernel driver in use: ")))
		snprintf(fact->driver, sizeof(fact->driver), "%.63s", rest);
	else if ((rest = text_after(text, "\tNUMA node: ")))
		fact->numa_node = text_number(rest);
	else if ((rest = text_after(text, "\tIOMMU group: ")))
		fact->iommu_group = text_number(rest);
}

static int read_line(struct reader *r, const char *line, struct error *err)
{
	struct bdf bdf;

	if (is_head(line, &bdf))
		return add_fact(r, &bdf, err);
	if (!r->fact)
		return 0;
	if (!text_after(line, OURS))
		read_theirs(r->fact, line);
	else if (!read_ours(r->fact, line + strlen(OURS)))
		return bad_line(r, err);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct pci_fact *x = a, *y = b;

	return bdf_compare(&x->bdf, &y->bdf);
}

static int finish(struct reader *r, struct error *err)
{
	struct pci_record *record = r->record;
	char address[BDF_LENGTH];

	if (record->n == 0)
		return error_set(err, ERR_USAGE, EINVAL,
				 "%.256s: no device in it", r->name);
	qsort(record->facts, record->n, sizeof(*record->facts), compare);
	for (size_t i = 1; i < record->n; i++)
		if (compare(&record->facts[i - 1], &record->facts[i]) == 0)
			return error_set(
				err, ERR_USAGE, EINVAL,
				"%.256s: %s is in it twice", r->name,
				bdf_format(&record->facts[i].bdf, address));
	return 0;
}

int pci_record_read(const char *path, const char *name,
		    struct pci_record **record, struct error *err)
{
	_cleanup_fclose_ FILE *f = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	struct reader r = { .name = name };
	size_t size = 0;
	ssize_t n;
	int result = 0;

	if (!f)
		return error_set(err, ERR_USAGE, errno,
				 "cannot read %.256s: %s", name,
				 strerror(errno));
	r.record = calloc(1, sizeof(*r.record));
	if (!r.record)
		return out_of_memory(err);
	while (result == 0 && (n = getline(&line, &size, f)) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		r.line++;
		result = read_line(&r, line, err);
	}
	if (result == 0 && !feof(f))
		result = error_set(err, ERR_USAGE, errno,
				   "cannot read %.256s: %s", name,
				   strerror(errno));
	if (result == 0)
		result = finish(&r, err);
	if (result) {
		pci_record_free(r.record);
		return result;
	}
	*record = r.record;
	return 0;
}

const struct pci_fact *pci_record_find(const struct pci_record *record,
				       const struct bdf *bdf)
{
	const struct pci_fact key = { .bdf = *bdf };

	return bsearch(&key, record->facts, record->n, sizeof(key), compare);
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
		r |= write_list(out, "irq-cpus", (long)i, &e->irq_cpus);
	}
	return r;
}

int pci_record_write(FILE *out, const struct pci_fact *fact)
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
	r = write_list(out, "node-cpus", -1, &fact->node_cpus);
	r |= write_table(out, &fact->table);
	return r ? -ENOMEM : 0;
}

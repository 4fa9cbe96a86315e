/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics: the state of the devices as OpenMetrics text, for the node
 * exporter's textfile collector. Reads only, and opens no VFIO device.
 * docs/metrics.md tells of each metric, and of how to have them collected.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/metrics.h"
#include "cli/targets.h"
#include "core/base/cleanup.h"
#include "core/tph/msix_vectors.h"
#include "core/base/replace_file.h"

static const struct option_def *const options[] = { &option_file, &option_from,
						    NULL };

struct collection {
	struct metrics metrics;
	size_t room;
};

static struct device_metrics *new_device(struct collection *c)
{
	struct metrics *m = &c->metrics;

	if (m->n == c->room) {
		size_t room = c->room ? 2 * c->room : 16;
		struct device_metrics *larger =
			reallocarray(m->devices, room, sizeof(*larger));

		if (!larger)
			return NULL;
		m->devices = larger;
		c->room = room;
	}
	m->devices[m->n] =
		(struct device_metrics){ .programmed = -1, .vectors = -1 };
	return &m->devices[m->n++];
}

/* Of a table in MSI-X nothing shows without opening the device. */
static int count_programmed(struct target *t, struct device_metrics *d,
			    struct error *err)
{
	size_t n = t->cap.table_size;
	_cleanup_free_ uint16_t *tags = calloc(n + 1, sizeof(*tags));
	int r, count = 0;

	if (!t->cap.offset || t->cap.location != TPH_TABLE_CAPABILITY)
		return 0;
	if (!tags)
		return error_system(err, ENOMEM, "cannot collect");
	r = target_read_tags(t, 0, (unsigned int)n, tags, err);
	for (size_t i = 0; i < n; i++)
		count += tags[i] != 0;
	if (r == 0)
		d->programmed = count;
	return r;
}

static int count_vectors(struct target *t, struct device_metrics *d,
			 struct error *err)
{
	_cleanup_free_ struct msix_vector *vectors = NULL;
	size_t n;
	int r = msix_vectors(&t->pci, &vectors, &n, err);

	if (r == 0)
		d->vectors = (int)n;
	return r == -ENODATA ? 0 : r;
}

/* A dump can have the whole table, and the vectors. */
static void count_recorded(const struct st_table *table,
			   struct device_metrics *d)
{
	d->programmed = d->vectors = 0;
	for (size_t i = 0; i < table->n; i++) {
		d->programmed += table->entries[i].tag != 0;
		d->vectors += table->entries[i].irq >= 0;
	}
}

/*
 * Without the right to read config space any function may have TPH. Those
 * that were not named are counted, and are no devices of their own.
 */
static int act(struct invocation *inv, struct visit *visit, struct error *err)
{
	struct target *t = visit->target;
	const struct st_table *recorded = pci_device_table(&t->pci);
	struct device_metrics *d;
	int r;

	(void)inv;
	if (!t->cap_known && !t->silent && !visit->selected->named)
		return DEVICE_UNSEEN;
	d = new_device(visit->state);
	if (!d)
		return error_system(err, ENOMEM, "cannot collect");
	r = pci_device_holder(&t->pci, &t->owner, err);
	if (r == 0)
		r = count_programmed(t, d, err);
	if (recorded)
		count_recorded(recorded, d);
	else if (r == 0)
		r = count_vectors(t, d, err);
	d->seen = true;
	d->success = r == 0 && t->cap_known;
	d->target = *t;
	if (t->silent)
		return DEVICE_SILENT;
	return r || t->cap_known ? r : DEVICE_UNSEEN;
}

/* Of one that fails, its failure is to be seen. */
static void miss(const struct visit *visit)
{
	struct device_metrics *d = new_device(visit->state);

	if (d)
		bdf_format(&visit->selected->bdf, d->target.pci.address);
}

static int write_file(const char *path, const char *text, size_t length,
		      struct error *err)
{
	_cleanup_close_ int dir = -1;
	_cleanup_free_ char *parent = strdup(path);
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct stat st;
	int r;

	if (!parent)
		return error_system(err, ENOMEM, "cannot write %.256s", path);
	/* Renaming would put a file in place of /dev/null, too. */
	if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return error_set(err, ERR_OUTPUT, EINVAL,
				 "cannot write %.256s: it is no regular file",
				 path);
	parent[name - path] = '\0';
	dir = open(parent[0] ? parent : ".",
		   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = dir < 0 ? -errno : replace_file(dir, name, 0644, text, length);
	if (r == 0)
		return 0;
	error_system(err, -r, "cannot write %.256s", path);
	err->kind = ERR_OUTPUT;
	return r;
}

/* What could be collected goes out, also where something could not be. */
static int tell(const struct invocation *inv, const struct metrics *metrics,
		struct error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (out)
		metrics_write(out, metrics);
	if (!out || fclose(out))
		return error_system(err, ENOMEM, "cannot write the metrics");
	/* A dry run changes nothing: it shows what it would write. */
	if (inv->settings.file && !inv->settings.dry_run)
		return write_file(inv->settings.file, text, length, err);
	report_text(inv->report, text);
	return 0;
}

static int run(struct invocation *inv, struct error *err)
{
	struct collection c = { 0 };
	struct error other;
	int r;

	if (inv->settings.json)
		return error_set(err, ERR_USAGE, EINVAL,
				 "--json and metrics cannot go together: its "
				 "output is OpenMetrics text");
	r = act_on_words(inv, inv->n_words, &c, err);
	/* Without a source there is nothing to tell of. */
	c.metrics.unreadable = (unsigned int)inv->unseen;
	if (inv->source && tell(inv, &c.metrics, &other)) {
		if (r)
			invocation_fail(inv, NULL, err);
		*err = other;
		r = -EIO;
	}
	free(c.metrics.devices);
	return r;
}

const struct command cmd_metrics = {
	.name = "metrics",
	.examples = "  vfio-tph metrics\n"
		    "  vfio-tph metrics --write "
		    "/var/lib/prometheus/node-exporter/vfio-tph.prom\n",
	.words = "[DEVICE...]",
	.summary = "Print the state of devices as metrics for Prometheus",
	.options = options,
	.takes = TAKES_FUNCTIONS | TAKES_PLURAL | TAKES_NONE,
	.look = PCI_DEVICE_NAME,
	.act = act,
	.miss = miss,
	.run = run,
};

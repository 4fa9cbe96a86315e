/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source of facts that is a dump, of another machine or another time. */
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/compat.h"
#include "core/pci/device.h"
#include "core/pci/dump_text.h"
#include "core/pci/private.h"

struct source_dump {
	struct pci_source base;
	struct dump dump;
};

static const struct dump *dump_of(const struct pci_source *source)
{
	return &((const struct source_dump *)source)->dump;
}

static void dump_close(struct pci_source *source)
{
	dump_free(&((struct source_dump *)source)->dump);
	free(source);
}

/* Under VFIO or not is not looked at: nobody could open it. */
static int dump_list(struct pci_source *source, unsigned int which,
		     struct pci_function **list, size_t *n, struct error *err)
{
	const struct dump *dump = dump_of(source);
	size_t room = 0;

	(void)which;
	*n = 0;
	for (size_t i = 0; i < dump->n; i++)
		if (pci_function_add(list, n, &room, &dump->functions[i].bdf))
			return error_system(err, ENOMEM,
					    "cannot list the devices");
	return 0;
}

static bool read8(const struct dump *dump, const struct dump_function *f,
		  unsigned int offset, uint8_t *value)
{
	return dump_bytes(dump, f, offset, value, 1);
}

/* The bridge to a bus, or NULL. */
static const struct dump_function *find_bridge(const struct dump *dump,
					       const struct bdf *below)
{
	for (size_t i = 0; i < dump->n; i++) {
		const struct dump_function *f = &dump->functions[i];
		uint8_t type, secondary;

		if (f->bdf.domain == below->domain &&
		    f->bdf.bus != below->bus &&
		    read8(dump, f, PCI_HEADER_TYPE, &type) &&
		    (type & 0x7f) == PCI_HEADER_TYPE_BRIDGE &&
		    read8(dump, f, PCI_SECONDARY_BUS, &secondary) &&
		    secondary == below->bus)
			return f;
	}
	return NULL;
}

static bool step_down(const struct dump *dump, struct bdf *at,
		      const struct bridge_hop *hop)
{
	for (size_t i = 0; i < dump->n; i++) {
		const struct bdf *b = &dump->functions[i].bdf;
		const struct dump_function *bridge;

		if (b->domain != at->domain || b->device != hop->device ||
		    b->function != hop->function ||
		    (hop->bus >= 0 && b->bus != hop->bus))
			continue;
		bridge = find_bridge(dump, b);
		if (!bridge || !bdf_equal(&bridge->bdf, at))
			continue;
		*at = *b;
		return true;
	}
	return false;
}

/* Paths below /sys and /dev are this machine's. */
static int dump_resolve(struct pci_source *source, const struct selector *sel,
			struct bdf *bdf)
{
	const struct dump *dump = dump_of(source);
	bool found = sel->kind != SELECT_SYSFS && sel->kind != SELECT_CDEV;

	*bdf = sel->bdf;
	for (unsigned int i = 0; found && i < sel->n_hops; i++)
		found = step_down(dump, bdf, &sel->hops[i]);
	return found && dump_find(dump, bdf) ? 0 : -ENODEV;
}

static int dump_ids(struct pci_source *source, const struct bdf *bdf,
		    struct pci_ids *ids)
{
	const struct dump *dump = dump_of(source);
	const struct dump_function *f = dump_find(dump, bdf);
	uint8_t head[12];

	if (!f)
		return -ENODEV;
	if (dump_bytes(dump, f, 0, head, sizeof(head))) {
		ids->vendor = (uint16_t)(head[0] | head[1] << 8);
		ids->device = (uint16_t)(head[2] | head[3] << 8);
		ids->class_id = (uint16_t)(head[10] | head[11] << 8);
		if (ids->vendor != 0xffff)
			return 0;
	}
	/* A virtual function: only the line with its address has them. */
	ids->vendor = f->vendor;
	ids->device = f->device;
	return f->has_ids ? 0 : -ENODATA;
}

static int dump_begin(struct pci_device *dev)
{
	dev->recorded = dump_find(dump_of(dev->source), &dev->bdf);
	return dev->recorded ? 0 : -ENODEV;
}

static void dump_end(struct pci_device *dev)
{
	if (dev->fact)
		pci_fact_free(dev->fact);
	free(dev->fact);
	dev->fact = NULL;
}

/* -1 where it is not known, -2 where it is no PCIe function. */
static int port_type(const struct pci_source *source, const struct bdf *bdf)
{
	struct pci_device dev;
	struct config_reader config = pci_device_config(&dev);
	struct error ignored;
	unsigned int at = 0, flags = 0;
	int r = pci_device_begin((struct pci_source *)source, bdf, &dev,
				 &ignored);

	if (r == 0)
		r = config_find_cap(&config, PCI_CAP_ID_EXP, &at);
	if (r == 0 && at)
		r = config_read16(&config, at + PCI_EXP_FLAGS, &flags);
	return r ? -1 : !at ? -2 : (int)((flags & PCI_EXP_FLAGS_TYPE) >> 4);
}

/* One with the PCIe capability has 4096 bytes, one without it 256. */
static bool is_conventional(struct pci_device *dev)
{
	struct config_reader config = pci_device_config(dev);
	unsigned int at;

	return config_find_cap(&config, PCI_CAP_ID_EXP, &at) == 0 && !at;
}

static int dump_config(struct pci_device *dev, unsigned int offset,
		       void *buffer, unsigned int length)
{
	unsigned int end = offset + length;

	if (dump_bytes(dump_of(dev->source), dev->recorded, offset, buffer,
		       length))
		return 0;
	return end > 4096 || (end > 256 && is_conventional(dev)) ? -ERANGE
								 : -EPERM;
}

/* From the function upwards, then turned round. */
static int dump_bridges(const struct pci_device *dev,
			struct bdf list[PCI_BRIDGES_MAX])
{
	const struct dump *dump = dump_of(dev->source);
	const struct dump_function *bridge;
	struct bdf at = dev->bdf;
	int n = 0;

	while (n < PCI_BRIDGES_MAX && (bridge = find_bridge(dump, &at)))
		at = list[n++] = bridge->bdf;
	for (int i = 0; i < n / 2; i++) {
		struct bdf other = list[i];

		list[i] = list[n - 1 - i];
		list[n - 1 - i] = other;
	}
	return n;
}

#define ALL_FACTS                                                           \
	(PCI_FACT_DRIVER | PCI_FACT_GROUP | PCI_FACT_NODE | PCI_FACT_CDEV | \
	 PCI_FACT_PORT | PCI_FACT_HOLDER)

/*
 * By the bridges in the file. That there is none above it only the function
 * itself tells, which is then part of the root complex: the bridge need not be
 * in the file.
 */
static void find_port(struct pci_device *dev)
{
	_uninitialized_ struct bdf bridges[PCI_BRIDGES_MAX];
	int own = port_type(dev->source, &dev->bdf), type;

	if (own == PCI_EXP_TYPE_RC_END || own == PCI_EXP_TYPE_RC_EC ||
	    own == PCI_EXP_TYPE_ROOT_PORT) {
		dev->unknown &= ~PCI_FACT_PORT;
		return;
	}
	if (dump_bridges(dev, bridges) == 0)
		return;
	type = port_type(dev->source, &bridges[0]);
	if (type != PCI_EXP_TYPE_ROOT_PORT && type != -1)
		return; /* the one above it is missing */
	dev->unknown &= ~PCI_FACT_PORT;
	dev->below_port = true;
	dev->port = bridges[0];
}

static int dump_fill(struct pci_device *dev, unsigned int what,
		     struct error *err)
{
	struct pci_fact *fact = calloc(1, sizeof(*fact));

	(void)what;
	dev->fact = fact;
	if (!fact || dump_fact(dump_of(dev->source), dev->recorded, fact))
		return error_system(err, ENOMEM, "cannot read the dump");
	dev->numa_node = fact->numa_node;
	dev->iommu_group = fact->iommu_group;
	memcpy(dev->driver, fact->driver, sizeof(dev->driver));
	memcpy(dev->cdev, fact->cdev, sizeof(dev->cdev));
	dev->unknown = ALL_FACTS & ~fact->known;
	dev->port = fact->port;
	dev->below_port = fact->has_port;
	if (dev->unknown & PCI_FACT_PORT)
		find_port(dev);
	return 0;
}

static int dump_holder(const struct pci_device *dev, struct owner *holder,
		       struct error *err)
{
	(void)err;
	if (dev->fact)
		*holder = dev->fact->owner;
	return 0;
}

static int dump_node_cpus(const struct pci_device *dev, struct cpulist *cpus,
			  struct error *err)
{
	const struct cpulist *from = dev->fact ? &dev->fact->node_cpus : cpus;

	for (size_t i = 0; i < from->count; i++)
		if (cpulist_append(cpus, from->items[i], 1, 1))
			return error_system(err, ENOMEM,
					    "cannot read the dump");
	return 0;
}

static const struct st_table *dump_table(const struct pci_device *dev)
{
	return dev->fact && dev->fact->table.tags_known ? &dev->fact->table
							: NULL;
}

static void dump_place(const struct bdf *bdf, const char *file,
		       char place[PCI_PLACE_SIZE])
{
	char address[BDF_LENGTH];

	if (strcmp(file, "config") == 0)
		snprintf(place, PCI_PLACE_SIZE, "config of %s",
			 bdf_format(bdf, address));
	else
		snprintf(place, PCI_PLACE_SIZE, "%s",
			 file[0] ? "dump" : "bridges of the dump");
}

static const struct pci_source_ops dump_ops = {
	.title = "machine (not known: a dump)",
	.nothing = "this dump has no PCI device",
	.unseen = { .why = "not in the dump",
		    .cannot = "the dump does not have",
		    .config = "the dump has no extended config space",
		    .hint = "lspci -xxxx prints it, as root",
		    .kind = ERR_USAGE,
		    .number = ENODATA },
	.close = dump_close,
	.list = dump_list,
	.resolve = dump_resolve,
	.ids = dump_ids,
	.begin = dump_begin,
	.end = dump_end,
	.read = dump_config,
	.fill = dump_fill,
	.bridges = dump_bridges,
	.holder = dump_holder,
	.node_cpus = dump_node_cpus,
	.table = dump_table,
	.place = dump_place,
};

static FILE *open_file(const char *file)
{
	int fd = strcmp(file, "-") == 0
			 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			 : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (!f && fd >= 0)
		close(fd);
	return f;
}

int source_dump_read(FILE *f, const char *name, struct pci_source **source,
		     struct error *err)
{
	struct source_dump *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return error_system(err, ENOMEM, "cannot read the dump");
	d->base.ops = &dump_ops;
	r = dump_read(f, name, &d->dump, err);
	if (r)
		pci_source_close(&d->base);
	else
		*source = &d->base;
	return r;
}

int source_dump_open(const char *file, struct pci_source **source,
		     struct error *err)
{
	const char *name = strcmp(file, "-") == 0 ? "standard input" : file;
	_cleanup_fclose_ FILE *f = open_file(file);
	int r;

	r = f ? source_dump_read(f, name, source, err)
	      : error_set(err, ERR_USAGE, errno, "cannot read %.256s: %s", name,
			  strerror(errno));
	if (r && err->kind == ERR_USAGE)
		error_advise(err, ADVICE_MAKE_DUMP);
	return r;
}

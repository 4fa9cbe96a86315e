/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/msix_vectors.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/pci/proc_text.h"
#include "core/base/sysfs.h"
#include "core/base/text.h"

#define DEVICE_DIR "/sys/bus/pci/devices/"
#define IRQ_DIR	   "/sys/kernel/irq"

int msix_affinity(unsigned int irq, struct cpulist *cpus)
{
	struct error ignored;
	char text[4096];
	long length = sysfs_readf(text, sizeof(text),
				  "/proc/irq/%u/effective_affinity_list", irq);

	*cpus = (struct cpulist){ 0 };
	if (length == -ENOENT) /* not every architecture knows it */
		length = sysfs_readf(text, sizeof(text),
				     "/proc/irq/%u/smp_affinity_list", irq);
	if (length <= 0)
		return length < 0 ? (int)length : -ENODATA;
	return cpulist_parse(text, (size_t)length, CPULIST_MAX_CPU, "CPU", cpus,
			     &ignored);
}

/*
 * Fills the one CPU that it goes to, or -1. Returns 0, or -errno; that an
 * interrupt is gone meanwhile, or goes nowhere, is no failure.
 */
static int read_cpu(unsigned int irq, int *cpu)
{
	_cleanup_(cpulist_free) struct cpulist cpus;
	int r = msix_affinity(irq, &cpus);

	*cpu = r == 0 && cpus.count == 1 ? (int)cpus.items[0] : -1;
	return r == -ENOENT || r == -ENODATA ? 0 : r;
}

static int compare(const void *a, const void *b)
{
	const struct msix_vector *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/*
 * Whose interrupt is it? Returns 1 and fills *index, 0 if it is not VFIO's, or
 * -errno. One that is gone meanwhile is nobody's.
 */
static int read_index(const struct pci_device *pci, unsigned int irq,
		      unsigned int *index)
{
	char text[512];
	long length =
		sysfs_readf(text, sizeof(text), IRQ_DIR "/%u/actions", irq);

	if (length == -ENOENT)
		return access(IRQ_DIR, F_OK) ? -errno : 0;
	return length < 0 ? (int)length
			  : proc_text_vector(text, pci->address, index);
}

struct vectors {
	struct msix_vector *list;
	size_t n, room;
};

/* Returns 0, or -errno. */
static int add(struct vectors *v, struct msix_vector vector)
{
	if (v->n == v->room) {
		size_t room = v->room ? 2 * v->room : 64;
		struct msix_vector *larger =
			reallocarray(v->list, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		v->list = larger;
		v->room = room;
	}
	v->list[v->n++] = vector;
	return 0;
}

/* Returns 0, also where the interrupt is not VFIO's, or -errno with *err. */
static int look_at(struct vectors *v, const struct pci_device *pci,
		   unsigned int irq, struct error *err)
{
	struct msix_vector vector = { .irq = irq };
	int r = read_index(pci, irq, &vector.index);

	if (r < 0)
		return error_system(err, -r,
				    "cannot read " IRQ_DIR "/%u/actions", irq);
	if (r == 0)
		return 0;
	r = read_cpu(irq, &vector.cpu);
	if (r)
		return error_system(err, -r,
				    "cannot read where interrupt %u goes", irq);
	r = add(v, vector);
	return r ? error_system(err, -r, "cannot keep the vectors") : 0;
}

int msix_vectors(const struct pci_device *pci, struct msix_vector **vectors,
		 size_t *n, struct error *err)
{
	_cleanup_closedir_ DIR *d = NULL;
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 16];
	struct vectors v = { 0 };
	struct dirent *entry;
	int r = 0;

	*vectors = NULL;
	*n = 0;
	if (!pci_source_is_live(pci->source))
		return error_set(err, ERR_SYSTEM, ENODATA, "%s",
				 pci_source_unseen(pci->source)->why);
	snprintf(path, sizeof(path), DEVICE_DIR "%s/msi_irqs", pci->address);
	d = opendir(path);
	/* A function that never had a vector has no such directory. */
	if (!d && errno == ENOENT)
		return 0;
	if (!d)
		return error_system(err, errno, "cannot read %s", path);
	while (r == 0 && (errno = 0, entry = readdir(d))) {
		int irq = text_number(entry->d_name);

		if (irq >= 0)
			r = look_at(&v, pci, (unsigned int)irq, err);
	}
	if (r == 0 && errno)
		r = error_system(err, errno, "cannot read %s", path);
	if (r) {
		free(v.list);
		return r;
	}
	if (v.n)
		qsort(v.list, v.n, sizeof(*v.list), compare);
	*vectors = v.list;
	*n = v.n;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/msix_vectors.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/cleanup.h"
#include "core/proc_text.h"
#include "core/sysfs.h"
#include "core/text.h"

#define DEVICE_DIR "/sys/bus/pci/devices/"
#define IRQ_DIR	   "/sys/kernel/irq"

int msix_affinity(unsigned int irq, struct cpulist *cpus)
{
	struct error ignored;
	char text[4096];
	long length = sysfs_readf(text, sizeof(text),
				  "/proc/irq/%u/effective_affinity_list", irq);

	*cpus = (struct cpulist){ 0 };
	if (length < 0)
		length = sysfs_readf(text, sizeof(text),
				     "/proc/irq/%u/smp_affinity_list", irq);
	if (length <= 0)
		return length < 0 ? (int)length : -ENODATA;
	return cpulist_parse(text, (size_t)length, CPULIST_MAX_CPU, "CPU",
			     cpus, &ignored);
}

static int read_cpu(unsigned int irq)
{
	struct cpulist cpus;
	int cpu = -1;

	if (msix_affinity(irq, &cpus) == 0 && cpus.count == 1)
		cpu = (int)cpus.items[0];
	cpulist_free(&cpus);
	return cpu;
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
	long length = sysfs_readf(text, sizeof(text), IRQ_DIR "/%u/actions",
				  irq);

	if (length == -ENOENT)
		return access(IRQ_DIR, F_OK) ? -errno : 0;
	return length < 0 ? (int)length
			  : proc_text_vector(text, pci->address, index);
}

int msix_vectors(const struct pci_device *pci, struct msix_vector **vectors,
		 size_t *n, struct error *err)
{
	_cleanup_free_ struct msix_vector *list = NULL;
	_cleanup_closedir_ DIR *d = NULL;
	char path[sizeof(DEVICE_DIR) + BDF_LENGTH + 16];
	struct dirent *entry;
	size_t room = 0;

	*vectors = NULL;
	*n = 0;
	snprintf(path, sizeof(path), DEVICE_DIR "%s/msi_irqs", pci->address);
	d = opendir(path);
	/* A function that never had a vector has no such directory. */
	if (!d)
		return errno == ENOENT
			       ? 0
			       : error_system(err, errno, "cannot read %s",
					      path);
	for (errno = 0; (entry = readdir(d)); errno = 0) {
		int irq = text_number(entry->d_name);
		unsigned int index;
		int r = irq < 0 ? 0
				: read_index(pci, (unsigned int)irq, &index);

		if (r < 0)
			return error_system(err, -r, "cannot read " IRQ_DIR
						     "/%d/actions",
					    irq);
		if (r == 0)
			continue;
		if (*n == room) {
			struct msix_vector *larger;

			room = room ? 2 * room : 64;
			larger = reallocarray(list, room, sizeof(*list));
			if (!larger)
				return error_system(err, ENOMEM,
						    "cannot read %s", path);
			list = larger;
		}
		list[(*n)++] = (struct msix_vector){
			index, (unsigned int)irq, read_cpu((unsigned int)irq)
		};
	}
	if (errno)
		return error_system(err, errno, "cannot read %s", path);
	if (list)
		qsort(list, *n, sizeof(*list), compare);
	*vectors = take_ptr(list);
	return 0;
}

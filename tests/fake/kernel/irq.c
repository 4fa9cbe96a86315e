// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MSI-X vectors: allocated by VFIO_DEVICE_SET_IRQS, shown by /proc/interrupts,
 * /proc/irq, /sys/kernel/irq and the function's msi_irqs. STATE/vectors lists
 * those that have a handler, one line each: "irq bdf vector".
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define FIRST_IRQ 128
#define TEXT_MAX  (1 << 20)

static uint32_t new_irq(void)
{
	uint32_t irq = FIRST_IRQ;
	int fd = state_open("next-irq", O_RDWR | O_CREAT);

	if (fd < 0)
		return 0;
	if (sys_pread(fd, &irq, sizeof(irq), 0) != sizeof(irq))
		irq = FIRST_IRQ;
	irq++;
	if (sys_pwrite(fd, &irq, sizeof(irq), 0) != sizeof(irq))
		irq = 1;
	sys_close(fd);
	return irq - 1;
}

/* The CPU that a new vector goes to: those of the device's node in turn. */
static uint32_t vector_cpu(const struct device *dev, unsigned int vector,
			   uint8_t *local)
{
	char name[PATH_MAX], text[8192];
	uint32_t cpu, n = 0;

	snprintf(name, sizeof(name), "root%.3000s/local_cpulist", dev->path);
	memset(local, 0, FAKE_MAX_CPUS / 8);
	if (state_read(name, text, sizeof(text)) > 0)
		list_parse(text, local);
	for (cpu = 0; cpu < FAKE_MAX_CPUS; cpu++)
		n += cpu_in(local, cpu);
	if (!n)
		memcpy(local, machine.online, FAKE_MAX_CPUS / 8);
	for (n = n ? vector % n : 0, cpu = 0; cpu < FAKE_MAX_CPUS; cpu++)
		if (cpu_in(local, cpu) && !n--)
			return cpu;
	return 0;
}

static void irq_file(uint32_t irq, const char *file, const char *text)
{
	char name[96], line[8200];

	snprintf(name, sizeof(name), "root/proc/irq/%u/%s", irq, file);
	snprintf(line, sizeof(line), "%s\n", text);
	if (state_write(name, line, strlen(line)))
		abort();
}

/* sysfs: what the kernel has for a vector with and without a handler. */
static void make_in_sysfs(const struct device *dev, uint32_t irq)
{
	char name[2 * PATH_MAX];

	snprintf(name, sizeof(name), "%s/root%.3000s/msi_irqs", machine.dir,
		 dev->path);
	real.syscall(SYS_mkdirat, AT_FDCWD, name, 0755);
	snprintf(name, sizeof(name), "root%.3000s/msi_irqs/%u", dev->path, irq);
	if (state_write(name, "msix\n", 5))
		abort();
	snprintf(name, sizeof(name), "%s/root/sys/kernel/irq/%u", machine.dir,
		 irq);
	real.syscall(SYS_mkdirat, AT_FDCWD, name, 0755);
	snprintf(name, sizeof(name), "root/sys/kernel/irq/%u/actions", irq);
	if (state_write(name, "", 0))
		abort();
}

static void remove_from_sysfs(const struct device *dev, uint32_t irq)
{
	char name[2 * PATH_MAX];

	snprintf(name, sizeof(name), "%s/root/sys/kernel/irq/%u/actions",
		 machine.dir, irq);
	real.syscall(SYS_unlinkat, AT_FDCWD, name, 0);
	*strrchr(name, '/') = '\0';
	real.syscall(SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR);
	snprintf(name, sizeof(name), "%s/root%.3000s/msi_irqs/%u", machine.dir,
		 dev->path, irq);
	real.syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

static void name_handler(const struct device *dev, uint32_t irq,
			 unsigned int vector, bool on)
{
	char name[64], text[64];

	snprintf(name, sizeof(name), "root/sys/kernel/irq/%u/actions", irq);
	snprintf(text, sizeof(text), "vfio-msix[%u](%s)\n", vector, dev->bdf);
	if (state_write(name, text, on ? strlen(text) : 0))
		abort();
}

static void make_directory(const struct device *dev, uint32_t irq,
			   unsigned int vector)
{
	uint8_t local[FAKE_MAX_CPUS / 8];
	char path[PATH_MAX + 128], list[8192], cpu[16];

	snprintf(path, sizeof(path), "%s/root/proc/irq/%u", machine.dir, irq);
	real.syscall(SYS_mkdirat, AT_FDCWD, path, 0755);
	snprintf(cpu, sizeof(cpu), "%u", vector_cpu(dev, vector, local));
	list_format(local, list, sizeof(list));
	irq_file(irq, "effective_affinity_list", cpu);
	irq_file(irq, "smp_affinity_list", list);
	snprintf(path, sizeof(path), "%s/root/proc/irq/%u/vfio-msix[%u](%s)",
		 machine.dir, irq, vector, dev->bdf);
	real.syscall(SYS_mkdirat, AT_FDCWD, path, 0755);
}

static void remove_directory(const struct device *dev, uint32_t irq,
			     unsigned int vector)
{
	static const char *const files[] = { "effective_affinity_list",
					     "smp_affinity_list" };
	char path[PATH_MAX + 128];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/root/proc/irq/%u/%s",
			 machine.dir, irq, files[i]);
		real.syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	}
	snprintf(path, sizeof(path), "%s/root/proc/irq/%u/vfio-msix[%u](%s)",
		 machine.dir, irq, vector, dev->bdf);
	real.syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
	snprintf(path, sizeof(path), "%s/root/proc/irq/%u", machine.dir, irq);
	real.syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

/* STATE/vectors without, and perhaps again with, this vector. */
static void list_vector(const struct device *dev, uint32_t irq,
			unsigned int vector, bool on)
{
	char *text = malloc(TEXT_MAX), line[64], *at;
	size_t n = 0;

	if (!text)
		abort();
	text[0] = '\0';
	state_read("vectors", text, TEXT_MAX - 64);
	snprintf(line, sizeof(line), "%u %s %u\n", irq, dev->bdf, vector);
	at = strstr(text, line);
	if (at)
		memmove(at, at + strlen(line), strlen(at + strlen(line)) + 1);
	n = strlen(text);
	if (on)
		n += (size_t)snprintf(text + n, 64, "%s", line);
	state_write("vectors", text, n);
	free(text);
}

int irq_allocate(struct device *dev, unsigned int first, unsigned int count)
{
	unsigned int i;

	for (i = first; i < first + count; i++)
		if (!dev->state.irq[i]) {
			dev->state.irq[i] = new_irq();
			make_in_sysfs(dev, dev->state.irq[i]);
		}
	if (!dev->state.msix_enabled) {
		dev->state.msix_enabled = 1;
		config_set_u16(dev, dev->msix + 2,
			       config_u16(dev, dev->msix + 2) | 0x8000);
	}
	return 0;
}

void irq_signal(struct device *dev, unsigned int vector, bool on)
{
	uint32_t irq = dev->state.irq[vector];

	if (!irq || dev->state.signalled[vector] == on)
		return;
	dev->state.signalled[vector] = on;
	if (on) {
		dev->state.control[vector] &= ~1u;
		make_directory(dev, irq, vector);
	} else {
		dev->state.control[vector] |= 1u;
		remove_directory(dev, irq, vector);
	}
	name_handler(dev, irq, vector, on);
	list_vector(dev, irq, vector, on);
}

void irq_free_all(struct device *dev)
{
	unsigned int i;

	for (i = 0; i < dev->msix_size; i++) {
		irq_signal(dev, i, false);
		if (dev->state.irq[i])
			remove_from_sysfs(dev, dev->state.irq[i]);
		dev->state.irq[i] = 0;
	}
	dev->state.msix_enabled = 0;
	if (dev->msix)
		config_set_u16(dev, dev->msix + 2,
			       config_u16(dev, dev->msix + 2) & 0x7fff);
}

static void append(FILE *out, const char *name)
{
	char *text = malloc(TEXT_MAX);

	if (text && state_read(name, text, TEXT_MAX) > 0)
		fputs(text, out);
	free(text);
}

/* One line of /proc/interrupts; every CPU has a column. */
static void interrupt_line(FILE *out, const char *line)
{
	unsigned int irq, vector;
	char bdf[16];
	int i;

	if (sscanf(line, "%u %15s %u", &irq, bdf, &vector) != 3)
		return;
	fprintf(out, "%4u:", irq);
	for (i = 0; i < machine.cpus_online; i++)
		fprintf(out, "%11d", 0);
	fprintf(out, "  IR-PCI-MSIX-%s %4u-edge      vfio-msix[%u](%s)\n", bdf,
		vector, vector, bdf);
}

void irq_publish(void)
{
	char *text = malloc(TEXT_MAX), *rest = text, *line, *buffer = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&buffer, &size);

	if (!text || !out)
		abort();
	append(out, "interrupts.head");
	append(out, "interrupts.host");
	if (state_read("vectors", text, TEXT_MAX) > 0)
		while ((line = strtok_r(rest, "\n", &rest)))
			interrupt_line(out, line);
	fclose(out);
	state_write("root/proc/interrupts", buffer, size);
	free(buffer);
	free(text);
}

void irq_follow(const char *virtual_path)
{
	uint8_t wanted[FAKE_MAX_CPUS / 8], now[FAKE_MAX_CPUS / 8];
	char name[PATH_MAX], text[8192];
	unsigned int irq;
	uint32_t cpu;

	if (sscanf(virtual_path, "/proc/irq/%u/effective", &irq) != 1)
		return;
	snprintf(name, sizeof(name), "root/proc/irq/%u/smp_affinity_list", irq);
	if (state_read(name, text, sizeof(text)) <= 0)
		return;
	list_parse(text, wanted);
	snprintf(name, sizeof(name), "root/proc/irq/%u/effective_affinity_list",
		 irq);
	if (state_read(name, text, sizeof(text)) <= 0)
		return;
	list_parse(text, now);
	for (cpu = 0; cpu < FAKE_MAX_CPUS; cpu++)
		if (cpu_in(now, cpu) && cpu_in(wanted, cpu))
			return;
	for (cpu = 0; cpu < FAKE_MAX_CPUS; cpu++)
		if (cpu_in(wanted, cpu) && cpu_in(machine.online, cpu))
			break;
	snprintf(text, sizeof(text), "%u", cpu);
	if (cpu < FAKE_MAX_CPUS)
		irq_file(irq, "effective_affinity_list", text);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/* The settings of the machine: STATE/machine, lines of key and value. */
#include "fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <fcntl.h>

struct machine machine;

bool cpu_in(const uint8_t *mask, uint32_t cpu)
{
	return cpu < FAKE_MAX_CPUS && (mask[cpu / 8] >> (cpu % 8) & 1);
}

/* The lists are the generator's own: nothing else needs be understood. */
void list_parse(const char *text, uint8_t *mask)
{
	memset(mask, 0, FAKE_MAX_CPUS / 8);
	while (*text >= '0' && *text <= '9') {
		char *end;
		unsigned long first = strtoul(text, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (; first <= last && first < FAKE_MAX_CPUS; first++)
			mask[first / 8] |= (uint8_t)(1u << (first % 8));
		text = *end == ',' ? end + 1 : end;
	}
}

void list_format(const uint8_t *mask, char *out, size_t size)
{
	size_t at = 0;
	uint32_t cpu, last;

	out[0] = '\0';
	for (cpu = 0; cpu < FAKE_MAX_CPUS && at < size; cpu++) {
		if (!cpu_in(mask, cpu))
			continue;
		for (last = cpu; cpu_in(mask, last + 1);)
			last++;
		at += (size_t)snprintf(out + at, size - at, "%s%u",
				       at ? "," : "", cpu);
		if (last > cpu && at < size)
			at += (size_t)snprintf(out + at, size - at, "-%u",
					       last);
		cpu = last;
	}
}

char *text_value(const char *text, const char *key, char *out, size_t size)
{
	size_t n = strlen(key);

	while (text && *text) {
		if (!strncmp(text, key, n) && text[n] == ' ') {
			size_t length = strcspn(text + n + 1, "\n");

			if (length >= size)
				length = size - 1;
			memcpy(out, text + n + 1, length);
			out[length] = '\0';
			return out;
		}
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return NULL;
}

static unsigned int number(const char *text, const char *key,
			   unsigned int otherwise)
{
	char value[32];

	return text_value(text, key, value, sizeof(value))
		       ? (unsigned int)strtoul(value, NULL, 0)
		       : otherwise;
}

static bool yes(const char *text, const char *key)
{
	char value[8];

	return text_value(text, key, value, sizeof(value)) &&
	       !strcmp(value, "yes");
}

static void list(const char *text, const char *key, uint8_t *mask)
{
	char *value = malloc(1 << 16);

	if (value && text_value(text, key, value, 1 << 16))
		list_parse(value, mask);
	free(value);
}

static void settings(const char *text)
{
	char value[32];

	machine.nr_cpus = (int)number(text, "nr_cpus", 1);
	machine.cpus_conf = (int)number(text, "cpus_conf", 1);
	machine.cpus_online = (int)number(text, "cpus_online", 1);
	list(text, "present", machine.present);
	list(text, "online", machine.online);
	list(text, "mems", machine.mems);
	machine.notph = yes(text, "notph");
	machine.fdinfo_syspath = yes(text, "fdinfo_syspath");
	if (!text_value(text, "chroot", machine.chroot,
			sizeof(machine.chroot)) ||
	    !strcmp(machine.chroot, "/"))
		machine.chroot[0] = '\0';
	machine.ptrace = yes(text, "ptrace");
	machine.iommu_present = yes(text, "iommu_present");
	machine.iommu_nesting = yes(text, "iommu_nesting");
	machine.iommu_fault = yes(text, "iommu_fault");
	machine.iommu_dirty = yes(text, "iommu_dirty");
	machine.iommu_type = number(text, "iommu_type", 1);
	machine.iommu_pasid = number(text, "iommu_pasid", 0);
	machine.iommu_capabilities = number(text, "iommu_capabilities", 0);
	machine.max_entries = number(text, "max_entries", 2048);
	machine.getst_tableless =
		text_value(text, "getst", value, sizeof(value)) &&
		!strcmp(value, "tableless");
	machine.uid = number(text, "uid", 0);
	machine.gid = number(text, "gid", 0);
	text_value(text, "release", machine.release, sizeof(machine.release));
}

int machine_load(const char *dir)
{
	char *text, *full = real.canonicalize(dir);
	struct stat st;
	ssize_t n;

	if (!full)
		return -errno;
	machine.dir_len = strlen(full);
	if (machine.dir_len >= sizeof(machine.dir) - 256) {
		free(full);
		return -ENAMETOOLONG;
	}
	memcpy(machine.dir, full, machine.dir_len + 1);
	free(full);
	if (sys_fstatat(AT_FDCWD, machine.dir, &st, 0))
		return -errno;
	machine.dev = st.st_dev;
	text = malloc(1 << 18);
	if (!text)
		return -ENOMEM;
	n = state_read("machine", text, 1 << 18);
	if (n > 0)
		settings(text);
	free(text);
	return n > 0 ? 0 : n ? (int)n : -ENODATA;
}

void machine_affinity(uint8_t *mask)
{
	char *text = malloc(1 << 16);

	if (text && state_read("affinity", text, 1 << 16) > 0)
		list_parse(text, mask);
	else
		memcpy(mask, machine.online, FAKE_MAX_CPUS / 8);
	free(text);
}

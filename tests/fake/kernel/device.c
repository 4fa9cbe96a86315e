// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One PCI function that a VFIO driver has: its configuration space is the
 * file that sysfs shows, what the kernel remembers of it is
 * STATE/run/<bdf>/state, its BARs are sparse files beside that.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define COMMAND_MEMORY 0x0002
#define COMMAND_OTHERS 0xfff9 /* neither memory nor bus master */

static void description(struct device *dev, const char *text)
{
	char value[32], key[8];
	unsigned int i;

	text_value(text, "path", dev->path, sizeof(dev->path));
	text_value(text, "abi", dev->abi, sizeof(dev->abi));
	dev->group = text_value(text, "group", value, sizeof(value))
			     ? atoi(value)
			     : -1;
	for (i = 0; i < 6; i++) {
		snprintf(key, sizeof(key), "bar%u", i);
		if (text_value(text, key, value, sizeof(value)))
			dev->bar[i] = strtoull(value, NULL, 10);
	}
}

static void capabilities(struct device *dev)
{
	dev->pm = config_find_cap(dev->config, 0x01);
	dev->msix = config_find_cap(dev->config, 0x11);
	dev->tph = config_find_ecap(dev->config, 0x17);
	if (dev->msix) {
		uint32_t table = config_u32(dev, dev->msix + 4);

		dev->msix_size = (config_u16(dev, dev->msix + 2) & 0x7ff) + 1u;
		dev->msix_bar = table & 7;
		dev->msix_offset = table & ~7u;
	}
}

bool device_sleeps(const struct device *dev)
{
	return dev->pm && (config_u16(dev, dev->pm + 4) & 3);
}

bool device_decodes(const struct device *dev)
{
	return (config_u16(dev, 4) & COMMAND_MEMORY) && !device_sleeps(dev);
}

static void run_name(const struct device *dev, const char *file, char *out,
		     size_t size)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/run/%s", machine.dir, dev->bdf);
	real.syscall(SYS_mkdirat, AT_FDCWD, path, 0755);
	snprintf(out, size, "run/%s/%s", dev->bdf, file);
}

/* The vector table of the mapped BAR takes on, or gives, the words of now. */
static void table_words(struct device *dev, int fd, bool load)
{
	uint32_t table[4 * FAKE_MAX_VECTORS];
	size_t size = 16ul * dev->msix_size;
	unsigned int i, changed = 0;

	if (sys_pread(fd, table, size, dev->msix_offset) != (ssize_t)size)
		return;
	for (i = 0; i < dev->msix_size; i++) {
		if (load) {
			dev->state.control[i] = table[4 * i + 3];
		} else if (table[4 * i + 3] != dev->state.control[i]) {
			table[4 * i + 3] = dev->state.control[i];
			changed++;
		}
	}
	if (changed && sys_pwrite(fd, table, size, dev->msix_offset) < 0)
		abort();
}

/* The vector control words stand in the mapped BAR while it decodes. A
 * mapping of a BAR that does not decode faults: the file has no length. */
static void bar_sync(struct device *dev, bool load)
{
	off_t size = device_decodes(dev) && dev->msix
			     ? (off_t)dev->bar[dev->msix_bar]
			     : 0;
	struct stat st;
	int fd;

	if (!dev->msix)
		return;
	fd = device_bar_open(dev, dev->msix_bar);
	if (fd < 0)
		return;
	if (!sys_fstat(fd, &st)) {
		if (!load && st.st_size != size)
			sys_ftruncate(fd, size);
		if (load ? st.st_size : size)
			table_words(dev, fd, load);
	}
	sys_close(fd);
}

int device_bar_open(struct device *dev, unsigned int bar)
{
	char file[16], name[64];
	struct stat st;
	int fd;

	snprintf(file, sizeof(file), "bar%u", bar);
	run_name(dev, file, name, sizeof(name));
	fd = state_open(name, O_RDWR | O_CREAT);
	if (fd >= 0 && bar != dev->msix_bar && !sys_fstat(fd, &st) &&
	    !st.st_size)
		sys_ftruncate(fd, (off_t)dev->bar[bar]);
	return fd;
}

int device_load(const char *bdf, struct device *dev)
{
	char name[64], text[8192];
	unsigned int i;
	ssize_t n;
	int fd, error;

	memset(dev, 0, sizeof(*dev));
	snprintf(dev->bdf, sizeof(dev->bdf), "%.12s", bdf);
	snprintf(name, sizeof(name), "devs/%s", dev->bdf);
	n = state_read(name, text, sizeof(text));
	if (n < 0)
		return -ENODEV;
	description(dev, text);
	error = config_read_bdf(dev->path, dev->config);
	if (error)
		return error;
	memcpy(dev->loaded, dev->config, sizeof(dev->config));
	capabilities(dev);
	snprintf(name, sizeof(name), "run/%s/state", dev->bdf);
	fd = state_open(name, O_RDONLY);
	if (fd < 0) {
		for (i = 0; i < FAKE_MAX_VECTORS; i++)
			dev->state.control[i] = 1; /* masked */
		return 0;
	}
	if (sys_pread(fd, &dev->state, sizeof(dev->state), 0) !=
	    (ssize_t)sizeof(dev->state))
		error = -EIO;
	sys_close(fd);
	bar_sync(dev, true);
	return error;
}

void device_save(struct device *dev)
{
	char name[64];
	unsigned int i;
	int fd;

	fd = config_file(dev->path, O_WRONLY);
	for (i = 0; fd >= 0 && i < FAKE_CONFIG_SIZE; i += 4)
		if (memcmp(dev->config + i, dev->loaded + i, 4) &&
		    sys_pwrite(fd, dev->config + i, 4, i) != 4)
			break;
	if (fd >= 0)
		sys_close(fd);
	run_name(dev, "state", name, sizeof(name));
	fd = state_open(name, O_WRONLY | O_CREAT);
	if (fd < 0 || sys_pwrite(fd, &dev->state, sizeof(dev->state), 0) < 0)
		abort();
	sys_close(fd);
	bar_sync(dev, false);
	memcpy(dev->loaded, dev->config, sizeof(dev->config));
}

static void clear_tags(struct device *dev)
{
	unsigned int i, size = tph_core_table_size(dev);

	for (i = 0; i < size; i++)
		config_set_u16(dev, dev->tph + 12 + 2 * i, 0);
	for (i = 0; i < dev->msix_size; i++)
		dev->state.control[i] = (dev->state.control[i] & 0xffff) | 1;
}

/* A function level reset. The kernel saves and restores around it, the TPH
 * registers only while it has TPH enabled. */
void device_reset(struct device *dev, bool keep_tph)
{
	if (keep_tph && dev->state.tph_enabled)
		return;
	if (dev->tph) {
		config_set_u32(dev, dev->tph + 8, 0);
		clear_tags(dev);
	}
}

/* As sysfs shows whether a driver uses it. */
static void show_enabled(const struct device *dev, bool enabled)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "root%.3000s/enable", dev->path);
	if (state_write(name, enabled ? "1\n" : "0\n", 2))
		abort();
}

int device_first_open(const char *bdf)
{
	struct device *dev = malloc(sizeof(*dev));
	int error;

	if (!dev)
		return -ENOMEM;
	error = device_load(bdf, dev);
	if (!error) {
		if (dev->pm) /* to D0 */
			config_set_u16(dev, dev->pm + 4,
				       config_u16(dev, dev->pm + 4) & 0xfffc);
		config_set_u16(dev, 4,
			       (config_u16(dev, 4) & COMMAND_OTHERS) |
				       COMMAND_MEMORY);
		device_reset(dev, false);
		dev->state.tph_enabled = 0;
		dev->state.tph_req = 0;
		memcpy(dev->state.saved, dev->config, FAKE_CONFIG_SIZE);
		dev->state.opened = 1;
		device_save(dev);
		show_enabled(dev, true);
	}
	free(dev);
	return error;
}

/* Of a device that is closed the kernel remembers nothing. */
static void forget(const struct device *dev)
{
	char path[PATH_MAX + 64];
	unsigned int i;

	for (i = 0; i < 7; i++) {
		if (i < 6)
			snprintf(path, sizeof(path), "%s/run/%s/bar%u",
				 machine.dir, dev->bdf, i);
		else
			snprintf(path, sizeof(path), "%s/run/%s/state",
				 machine.dir, dev->bdf);
		real.syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	}
}

/* What was saved at open comes back, and the device is reset. */
void device_last_close(const char *bdf)
{
	struct device *dev = malloc(sizeof(*dev));
	bool vectors;

	if (dev && !device_load(bdf, dev) && dev->state.opened) {
		vectors = dev->state.msix_enabled;
		irq_free_all(dev);
		memcpy(dev->config, dev->state.saved, FAKE_CONFIG_SIZE);
		if (dev->tph)
			clear_tags(dev);
		dev->state.tph_enabled = 0;
		dev->state.tph_req = 0;
		dev->state.tph_mode = 0;
		dev->state.opened = 0;
		device_save(dev);
		show_enabled(dev, false);
		forget(dev);
		if (vectors)
			irq_publish();
	}
	free(dev);
}

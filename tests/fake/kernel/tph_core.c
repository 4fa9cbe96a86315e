// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own TPH functions (drivers/pci/tph.c, msi.c) over the bytes of
 * the device, with their surprises: an error while writing an entry switches
 * TPH off, a tag asked for while TPH is off is 0.
 */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { REQ_OFF = 0, REQ_TPH = 1, REQ_EXT = 3 };
enum { MODE_NS, MODE_IV, MODE_DS };

#define TAG_FAILS 0x80 /* the generator's mark: the _DSM fails */

unsigned int tph_core_location(const struct device *dev)
{
	return dev->tph ? config_u32(dev, dev->tph + 4) >> 9 & 3 : 0;
}

unsigned int tph_core_table_size(const struct device *dev)
{
	if (tph_core_location(dev) != TPH_LOC_CAP)
		return 0;
	return (config_u32(dev, dev->tph + 4) >> 16 & 0x7ff) + 1;
}

static void set_requester(struct device *dev, unsigned int requester)
{
	uint32_t control = config_u32(dev, dev->tph + 8);

	control = (control & ~0x300u) | requester << 8;
	config_set_u32(dev, dev->tph + 8, control);
}

/* The Root Port above: the topmost function of the path, if it is one. */
static bool root_port(const struct device *dev, uint8_t *config)
{
	char path[PATH_MAX], *at;
	unsigned int cap;

	/* /sys/devices/pciDDDD:BB/<port>/... */
	snprintf(path, sizeof(path), "%s", dev->path);
	at = strchr(path + strlen("/sys/devices/"), '/');
	at = at ? strchr(at + 1, '/') : NULL;
	if (!at)
		return false;
	*at = '\0';
	if (config_read_bdf(path, config))
		return false;
	cap = config_find_cap(config, 0x10);
	return cap && (config[cap + 2] >> 4 & 15) == 4;
}

static unsigned int completer(const struct device *dev)
{
	uint8_t config[FAKE_CONFIG_SIZE];
	unsigned int cap;

	if (!root_port(dev, config))
		return REQ_OFF;
	cap = config_find_cap(config, 0x10);
	return config[cap + 0x25] >> 4 & 3;
}

int tph_core_enable(struct device *dev, unsigned int mode)
{
	uint32_t capability;
	unsigned int own, port;

	if (machine.notph || !dev->tph)
		return -EINVAL;
	if (dev->state.tph_enabled)
		return -EBUSY;
	capability = config_u32(dev, dev->tph + 4);
	if (!(capability & 7 & 1u << mode))
		return -EINVAL;
	dev->state.tph_mode = mode;
	own = capability & 0x100 ? REQ_EXT : REQ_TPH;
	port = completer(dev);
	dev->state.tph_req = own < port ? own : port;
	if (dev->state.tph_req == REQ_OFF)
		return -EINVAL;
	config_set_u32(dev, dev->tph + 8, mode | dev->state.tph_req << 8);
	dev->state.tph_enabled = 1;
	return 0;
}

void tph_core_disable(struct device *dev)
{
	if (!dev->tph || !dev->state.tph_enabled)
		return;
	config_set_u32(dev, dev->tph + 8, 0);
	dev->state.tph_mode = 0;
	dev->state.tph_req = 0;
	dev->state.tph_enabled = 0;
}

/* The answer of the host bridge's _DSM for a CPU. */
static int dsm(const struct device *dev, uint32_t cpu, uint8_t answer[8])
{
	char name[64];
	ssize_t n;
	int fd;

	/* A host bridge may have tags of its own. */
	snprintf(name, sizeof(name), "dsm-%.10s",
		 dev->path + strlen("/sys/devices/"));
	fd = state_open(name, O_RDONLY);
	if (fd < 0)
		fd = state_open("dsm", O_RDONLY);
	if (fd < 0)
		return -EINVAL;
	n = sys_pread(fd, answer, 8, 8 * (off_t)cpu);
	sys_close(fd);
	return n != 8 || answer[0] & TAG_FAILS ? -EINVAL : 0;
}

int tph_core_cpu_tag(const struct device *dev, unsigned int mem_type,
		     uint32_t cpu, uint16_t *tag)
{
	uint8_t config[FAKE_CONFIG_SIZE], answer[8];
	const uint8_t *half = answer + (mem_type ? 4 : 0);
	int error;

	if (!root_port(dev, config))
		return -ENODEV;
	*tag = 0;
	error = dsm(dev, cpu, answer);
	if (error)
		return error;
	if (dev->state.tph_req == REQ_TPH && (half[0] & 1))
		*tag = half[1];
	if (dev->state.tph_req == REQ_EXT && (half[0] & 2))
		*tag = (uint16_t)(half[2] | half[3] << 8);
	return 0;
}

static int set_msix_entry(struct device *dev, unsigned int index, uint16_t tag)
{
	if (!dev->state.msix_enabled || index >= dev->msix_size ||
	    !dev->state.irq[index])
		return -ENXIO;
	dev->state.control[index] =
		(dev->state.control[index] & 0xffff) | (uint32_t)tag << 16;
	return 0;
}

static int set_cap_entry(struct device *dev, unsigned int index, uint16_t tag)
{
	if (index >= tph_core_table_size(dev))
		return -ENXIO;
	config_set_u16(dev, dev->tph + 12 + 2 * index, tag);
	return 0;
}

int tph_core_set_entry(struct device *dev, unsigned int index, uint16_t tag)
{
	int error;

	if (!dev->tph || !dev->state.tph_enabled)
		return -EINVAL;
	if (dev->state.tph_mode == MODE_NS)
		return 0;
	set_requester(dev, REQ_OFF);
	error = fault("SET_ST.entry");
	if (!error) {
		switch (tph_core_location(dev)) {
		case TPH_LOC_MSIX:
			error = set_msix_entry(dev, index, tag);
			break;
		case TPH_LOC_CAP:
			error = set_cap_entry(dev, index, tag);
			break;
		default:
			error = -EINVAL;
		}
	}
	if (error)
		tph_core_disable(dev);
	else
		set_requester(dev, dev->state.tph_req);
	return error;
}

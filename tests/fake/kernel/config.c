// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration space: bytes, capabilities, and the file that holds it. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>

uint16_t config_u16(const struct device *dev, unsigned int offset)
{
	return (uint16_t)(dev->config[offset] | dev->config[offset + 1] << 8);
}

uint32_t config_u32(const struct device *dev, unsigned int offset)
{
	return config_u16(dev, offset) | (uint32_t)config_u16(dev, offset + 2)
						 << 16;
}

void config_set_u16(struct device *dev, unsigned int offset, uint16_t v)
{
	dev->config[offset] = (uint8_t)v;
	dev->config[offset + 1] = (uint8_t)(v >> 8);
}

void config_set_u32(struct device *dev, unsigned int offset, uint32_t v)
{
	config_set_u16(dev, offset, (uint16_t)v);
	config_set_u16(dev, offset + 2, (uint16_t)(v >> 16));
}

unsigned int config_find_cap(const uint8_t *config, uint8_t id)
{
	unsigned int at = config[0x34], steps = 48;

	while (at >= 0x40 && at < 0x100 && steps--) {
		if (config[at] == id)
			return at;
		at = config[at + 1];
	}
	return 0;
}

unsigned int config_find_ecap(const uint8_t *config, uint16_t id)
{
	unsigned int at = 0x100, steps = 480;

	while (at >= 0x100 && at < FAKE_CONFIG_SIZE && steps--) {
		if ((config[at] | config[at + 1] << 8) == id)
			return at;
		at = (unsigned int)config[at + 2] >> 4 |
		     (unsigned int)config[at + 3] << 4;
		at &= 0xffc;
	}
	return 0;
}

int config_file(const char *sys_path, int flags)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "root%.3000s/config", sys_path);
	return state_open(name, flags);
}

int config_read_bdf(const char *sys_path, uint8_t *config)
{
	int fd = config_file(sys_path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sys_pread(fd, config, FAKE_CONFIG_SIZE, 0);
	sys_close(fd);
	return n == FAKE_CONFIG_SIZE ? 0 : -EIO;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration space through a reader, so that sysfs, the VFIO config region
 * and a recorded dump are all the same; numbers in host byte order, and the
 * lists of capabilities (PCIe 6.0, 7.5.1.1.11 and 7.6.3).
 */
#ifndef CORE_PCI_CONFIG_READER_H
#define CORE_PCI_CONFIG_READER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where configuration space is read from. read() copies length bytes at
 * offset (0-4095) in bus order (little-endian) and returns 0; -EPERM where
 * the caller may not read there; -ERANGE where the function has no such
 * bytes (a conventional PCI function ends at 256); or another -errno. A
 * function that does not answer reads as all ones.
 */
struct config_reader {
	int (*read)(void *context, unsigned int offset, void *buffer,
		    unsigned int length);
	void *context;
};

/* Read one number. Return 0 or the reader's error, then with *value 0. */
int config_read8(const struct config_reader *reader, unsigned int offset,
		 unsigned int *value);
int config_read16(const struct config_reader *reader, unsigned int offset,
		  unsigned int *value);
int config_read32(const struct config_reader *reader, unsigned int offset,
		  uint32_t *value);

/*
 * The offset of a capability in the first 256 bytes, of several of them, and
 * of one in the extended space; 0 where there is none. A list that loops ends
 * after as many steps as config space has room for. Return 0, the reader's
 * error, or -ENXIO where the function does not answer: what it has is not
 * known.
 */
int config_find_caps(const struct config_reader *reader,
		     const unsigned int *ids, unsigned int *offsets, size_t n);
int config_find_cap(const struct config_reader *reader, unsigned int id,
		    unsigned int *offset);
int config_find_ext_cap(const struct config_reader *reader, unsigned int id,
			unsigned int *offset);

#endif

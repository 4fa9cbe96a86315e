/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ATS Extended Capability (PCIe 6.0, 10.5.1): can a device ask the IOMMU
 * for translations, and keep them?
 */
#ifndef CORE_PCI_ATS_CAP_H
#define CORE_PCI_ATS_CAP_H

#include <stdbool.h>

#include "core/pci/config_reader.h"

struct ats_cap {
	unsigned int offset; /* of the capability; 0: there is none */
	bool enabled;
};

/* Returns 0 or the reader's error. */
int ats_cap_read(const struct config_reader *reader, struct ats_cap *cap);

#endif

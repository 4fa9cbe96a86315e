// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module that takes the place of the stock vfio-pci: the whole driver
 * once more, under that name, because a user space that accepts no other
 * (DPDK, SPDK) compares it. One file, since an object belongs to one module.
 */
#define TPH_REPLACES_VFIO_PCI

#include "main.c"
#include "tph.c"
#include "layout.c"
#include "tags.c"
#include "table.c"
#include "write.c"
#include "hw.c"

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/vfio_device, vfio_group, vfio_query: opening a device, with any
 * answers of the kernel.
 */
#include "kernel.h"

#include "core/vfio/device.h"
#include "core/owner/query.h"

static void query(void)
{
	struct bdf list[VFIO_RESET_LIST_MAX];
	uint16_t ids[2];
	size_t n = vfio_query_reset_list(KERNEL_FD, list);

	fuzz_must(n <= VFIO_RESET_LIST_MAX);
	for (size_t i = 0; i < n; i++)
		fuzz_must(list[i].device <= 0x1f && list[i].function <= 7);
	vfio_query_ids(KERNEL_FD, ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_device pci = { .address = "0000:01:00.0",
				  .bdf = { .bus = 1 },
				  .driver = "vfio-pci" };
	struct io io = { .device = pci.address };
	struct vfio_context context;
	struct vfio_device device;
	struct error err = { 0 };
	uint8_t how;

	kernel_load(data, size);
	how = kernel_take();
	pci.iommu_group = how & 1 ? 5 : -1;
	if (how & 2)
		snprintf(pci.cdev, sizeof(pci.cdev), "/dev/vfio/devices/vfio0");
	if (how & 16) {
		query();
		return 0;
	}
	vfio_context_init(&context, &io);
	if (vfio_device_open(&context, &pci, how >> 2 & 3, &device, &err)) {
		fuzz_must_explain(&err);
	} else {
		struct config_reader config = vfio_device_config(&device);
		uint8_t bytes[64];

		fuzz_must(device.fd == KERNEL_FD);
		config.read(config.context, 0, bytes, sizeof(bytes));
	}
	vfio_device_close(&device);
	vfio_context_close(&context);
	return 0;
}

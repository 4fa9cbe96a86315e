/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only process of run-smmu's guest: the tool's own modules for iommufd on
 * an emulated SMMUv3, which offers what the bench's VT-d does not, nesting.
 * Prints TAP, and each call.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "core/vfio/iommu_probe.h"
#include "core/vfio/iommu_table.h"
#include "uapi/iommufd.h"

#define BDF   "0000:01:00.0"
#define SYSFS "/sys/bus/pci/devices/" BDF

static int cases, refused;

static void check(bool good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++cases, name);
}

static void trace(void *context, const struct io_call *call)
{
	(void)context;
	refused += call->result < 0;
	printf("# %s %s = %s\n", call->name, call->arguments,
	       call->result < 0 ? strerrorname_np(-call->result) : "ok");
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("# cannot write %s: %s\n", path, strerror(errno));
	close(fd);
}

/* Hand the device to vfio-pci and open it. Returns its descriptor or -1. */
static int open_device(void)
{
	char path[300] = "";
	struct dirent *entry;
	DIR *dir;

	put(SYSFS "/driver_override", "vfio-pci");
	put("/sys/bus/pci/drivers_probe", BDF);
	dir = opendir(SYSFS "/vfio-dev");
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(path, sizeof(path), "/dev/vfio/devices/%s",
				 entry->d_name);
	if (dir)
		closedir(dir);
	return open(path, O_RDWR);
}

static void look(const struct iommufd *iommufd, uint32_t dev_id)
{
	struct iommu_probe probe;
	struct error err;

	check(iommu_probe(iommufd, dev_id, &probe, &err) == 0,
	      "what the IOMMU has is found out");
	check(probe.info.type == IOMMU_HW_INFO_TYPE_ARM_SMMUV3,
	      "it is an SMMUv3");
	check(probe.nesting_parent.tried && !probe.nesting_parent.number,
	      "a nesting parent can be had");
	check(probe.fault_queue.tried && !probe.fault_queue.number,
	      "a page table with a fault queue can be had");
	check(!probe.info.pasid_width && !probe.nesting_parent_pasid.tried,
	      "one for PASIDs is not tried, there is no PASID width");
}

/* Attach the device as choice says, and take everything back. */
static void attach(const struct iommufd *iommufd, uint32_t dev_id, int device,
		   const struct iommu_choice *choice, const char *name)
{
	struct iommu_table *list = NULL, *table;
	struct error err = { .message = "" };
	bool good;

	refused = 0;
	good = iommu_table_get(&list, iommufd, 0, dev_id, choice, &table,
			       &err) == 0;
	if (good) {
		good = iommu_table_attach(table, iommufd, device, &err) == 0 &&
		       iommufd_detach(iommufd, device) == 0;
		good &= iommu_table_put(&list, iommufd, table, &err) == 0;
	}
	if (err.message[0])
		printf("# %s\n", err.message);
	check(good && !refused, name);
}

static void run(void)
{
	static const struct {
		const char *name;
		struct iommu_choice choice;
		/* clang-format off */
	} ways[] = {
		{ "ioas", { IOMMU_IOAS, false, false } },
		{ "ioas,pasid", { IOMMU_IOAS, true, false } },
		{ "ioas,faults", { IOMMU_IOAS, false, true } },
		{ "nesting-parent", { IOMMU_NESTING_PARENT, false, false } },
		{ "nesting-parent,pasid", { IOMMU_NESTING_PARENT, true, false } },
		{ "nesting-parent,faults", { IOMMU_NESTING_PARENT, false, true } },
		{ "nesting-parent,pasid,faults",
		  { IOMMU_NESTING_PARENT, true, true } },
	};
	/* clang-format on */
	struct io io = { .trace = trace, .device = BDF };
	struct iommufd iommufd = { &io, -1 };
	uint32_t dev_id = 0;
	int device = open_device();

	check(device >= 0 && iommufd_open(&iommufd) == 0 &&
		      iommufd_bind(&iommufd, device, &dev_id) == 0,
	      "the device is bound to an iommufd");
	look(&iommufd, dev_id);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		attach(&iommufd, dev_id, device, &ways[i].choice, ways[i].name);
	close(device);
	iommufd_close(&iommufd);
}

int main(void)
{
	mount("none", "/sys", "sysfs", 0, "");
	mount("none", "/dev", "devtmpfs", 0, "");
	setvbuf(stdout, NULL, _IOLBF, 0);
	run();
	printf("1..%d\n", cases);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

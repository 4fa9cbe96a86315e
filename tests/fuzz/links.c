/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/proc_text: where links lead to, those of descriptors in /proc and that
 * of a function in sysfs.
 */
#include "fuzz.h"

#include "core/pci/proc_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	char written[64] = "";
	int number = -1;
	struct bdf path[4];

	switch (proc_text_vfio_node(text, &number)) {
	case VFIO_NODE_GROUP:
		snprintf(written, sizeof(written), "/dev/vfio/");
		break;
	case VFIO_NODE_CDEV:
		snprintf(written, sizeof(written), "/dev/vfio/devices/vfio");
		break;
	case VFIO_NODE_NONE:
		fuzz_must(number == -1);
		break;
	}
	fuzz_must(strncmp(text, written, strlen(written)) == 0);
	fuzz_must(!written[0] ||
		  (number >= 0 && atoi(text + strlen(written)) == number));
	for (size_t n = proc_text_path(text, path, 4); n--;)
		fuzz_must(strstr(text, "pci") && strchr(text, '/') &&
			  path[n].device <= 0x1f && path[n].function <= 7);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/proc_text.h"

#include <string.h>

#include "core/base/text.h"

bool proc_text_vector(const char *text, const char *address,
		      unsigned int *index)
{
	return text_take(&text, "vfio-msix[") &&
	       text_take_number(&text, index) && text_take(&text, "](") &&
	       text_take(&text, address) && text_take(&text, ")") && !*text;
}

enum vfio_node proc_text_vfio_node(const char *target, int *number)
{
	enum vfio_node node = VFIO_NODE_CDEV;
	unsigned int value;

	if (!text_take(&target, "/dev/vfio/devices/vfio")) {
		node = VFIO_NODE_GROUP;
		if (!text_take(&target, "/dev/vfio/"))
			return VFIO_NODE_NONE;
		text_take(&target, "noiommu-");
	}
	if (!text_take_number(&target, &value) || *target)
		return VFIO_NODE_NONE;
	*number = (int)value;
	return node;
}

const char *proc_text_value(const char *text, const char *key, size_t *length)
{
	while (text) {
		const char *value = text_after(text, key);

		if (value && *value == ':') {
			value++;
			value += strspn(value, " \t");
			*length = strcspn(value, "\n");
			return value;
		}
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

size_t proc_text_path(const char *path, struct bdf *list, size_t max)
{
	bool host_bridge = false;
	size_t n = 0;

	while (path) {
		size_t length = strcspn(path, "/");
		char component[BDF_LENGTH] = "";
		struct bdf bdf;

		if (length < sizeof(component))
			memcpy(component, path, length);
		if (text_after(path, "pci")) {
			host_bridge = true;
			n = 0;
		} else if (host_bridge && n < max &&
			   bdf_parse(component, &bdf) == 0) {
			list[n++] = bdf;
		}
		path = path[length] ? path + length + 1 : NULL;
	}
	return n;
}

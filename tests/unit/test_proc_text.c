/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/proc_text: lines and links of /proc and sysfs. */
#include "unit.h"

#include <stdio.h>

#include "core/pci/proc_text.h"

#define ADDRESS "0000:01:00.0"

/* "INDEX", or "" where it is no vector of the function. */
static const char *vector(const char *text, char buffer[32])
{
	unsigned int index;

	buffer[0] = '\0';
	if (proc_text_vector(text, ADDRESS, &index))
		snprintf(buffer, 32, "%u", index);
	return buffer;
}

/* "group N", "cdev N" or "". */
static const char *node(const char *target, char buffer[32])
{
	int number;

	buffer[0] = '\0';
	switch (proc_text_vfio_node(target, &number)) {
	case VFIO_NODE_GROUP:
		snprintf(buffer, 32, "group %d", number);
		break;
	case VFIO_NODE_CDEV:
		snprintf(buffer, 32, "cdev %d", number);
		break;
	case VFIO_NODE_NONE:
		break;
	}
	return buffer;
}

static const char *value(const char *text, char buffer[32])
{
	size_t length;
	const char *found = proc_text_value(text, "key", &length);

	snprintf(buffer, 32, "%.*s", found ? (int)length : 4,
		 found ? found : "none");
	return buffer;
}

static const char *port(const char *path, char buffer[32])
{
	struct bdf list[4];

	buffer[0] = '\0';
	return proc_text_path(path, list, 4) ? bdf_format(&list[0], buffer)
					     : buffer;
}

#define CASES(X)                                                              \
	X(vector_of_the_function_is_found, vector,                            \
	  "vfio-msix[3](0000:01:00.0)", "3")                                  \
	X(vector_of_another_function_is_not, vector,                          \
	  "vfio-msix[3](0000:01:00.1)", "")                                   \
	X(vector_of_a_longer_address_is_not, vector,                          \
	  "vfio-msix[3](10000:01:00.0)", "")                                  \
	X(vector_of_another_driver_is_not, vector, "nvme0q3", "")             \
	X(vector_that_is_shared_is_not, vector,                               \
	  "vfio-msix[3](0000:01:00.0),other", "")                             \
	X(interrupt_without_a_handler_is_not, vector, "", "")                 \
	X(message_of_msi_is_not, vector, "vfio-msi[3](0000:01:00.0)", "")     \
	X(index_that_would_wrap_is_not, vector,                               \
	  "vfio-msix[4294967299](0000:01:00.0)", "")                          \
	X(index_that_is_negative_is_not, vector,                              \
	  "vfio-msix[-1](0000:01:00.0)", "")                                  \
	X(text_that_ends_in_the_name_is_not, vector, "vfio-msix[", "")        \
	X(node_of_a_group_is_one, node, "/dev/vfio/12", "group 12")           \
	X(character_device_is_one, node, "/dev/vfio/devices/vfio3", "cdev 3") \
	X(container_is_neither, node, "/dev/vfio/vfio", "")                   \
	X(deleted_node_is_neither, node, "/dev/vfio/12 (deleted)", "")        \
	X(node_below_another_directory_is_neither, node, "/tmp/dev/vfio/12",  \
	  "")                                                                 \
	X(group_without_iommu_is_neither, node, "/dev/vfio/noiommu-0", "")    \
	X(number_of_a_group_that_would_wrap_is_neither, node,                 \
	  "/dev/vfio/4294967308", "")                                         \
	X(negative_group_is_neither, node, "/dev/vfio/-1", "")                \
	X(value_of_a_line_is_found, value, "pos:\t0\nkey:\t/a b\nx:\t1\n",    \
	  "/a b")                                                             \
	X(value_of_the_last_line_needs_no_newline, value, "key: 1", "1")      \
	X(empty_value_is_found, value, "key:\nother:\t1\n", "")               \
	X(key_within_a_line_is_no_key, value, "x key:\t1\n", "none")          \
	X(key_is_found_behind_a_line_that_mentions_it, value,                 \
	  "x key:\t1\nkey:\t2\n", "2")                                        \
	X(longer_key_is_another, value, "keys:\t1\n", "none")                 \
	X(text_without_lines_has_no_value, value, "", "none")                 \
	X(port_is_the_first_behind_the_host_bridge, port,                     \
	  "../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0",            \
	  "0000:00:01.0")                                                     \
	X(port_is_behind_the_last_host_bridge, port,                          \
	  "../pci0000:e2/0000:e2:00.5/pci10000:e0/10000:e0:01.0/x",           \
	  "10000:e0:01.0")                                                    \
	X(path_without_host_bridge_has_no_port, port, "/0000:00:01.0", "")    \
	X(host_bridge_alone_has_no_port, port, "pci0000:00", "")              \
	X(long_component_is_no_port, port,                                    \
	  "pci0000:00/0000:00:01.0000000000000000", "")

#define X(name, read, text, wanted)                            \
	static void name(void **state)                         \
	{                                                      \
		char buffer[32];                               \
                                                               \
		(void)state;                                   \
		want_string(wanted, read(text, buffer), text); \
	}
CASES(X)
#undef X

int main(void)
{
#define X(name, ...) cmocka_unit_test(name),
	const struct CMUnitTest tests[] = { CASES(X) };
#undef X

	return cmocka_run_group_tests_name("proc_text", tests, NULL, NULL);
}

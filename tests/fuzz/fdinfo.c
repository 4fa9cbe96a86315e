/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/proc_text: /proc/PID/fdinfo/FD, of which we want one value. */
#include "fuzz.h"

#include "core/pci/proc_text.h"

#define KEY "vfio-device-syspath"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	size_t length = 0;
	const char *value = proc_text_value(text, KEY, &length);
	bool has = strncmp(text, KEY ":", sizeof(KEY)) == 0 ||
		   strstr(text, "\n" KEY ":");

	fuzz_must(has == (value != NULL));
	if (value) {
		fuzz_must(value > text && value + length <= text + size);
		fuzz_must(!memchr(value, '\n', length));
	}
	return 0;
}

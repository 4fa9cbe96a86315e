/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/proc_text: who handles an interrupt, of which we want one function's. */
#include "fuzz.h"

#include "core/pci/proc_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		unsigned int index = 0;
		char name[64];

		if (!proc_text_vector(line, "0000:01:00.0", &index))
			continue;
		fuzz_must(index <= 999999999);
		/* Leading zeros aside, the line has the number as it is. */
		snprintf(name, sizeof(name), "%u](0000:01:00.0)", index);
		fuzz_must(strstr(line, name));
	}
	return 0;
}

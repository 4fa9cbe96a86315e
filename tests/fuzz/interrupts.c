/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/proc_text: /proc/interrupts, of which we want one function's. */
#include "fuzz.h"

#include "core/proc_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		unsigned int irq = 0, index = 0;
		char name[64];

		if (!proc_text_interrupt(line, "0000:01:00.0", &irq, &index))
			continue;
		fuzz_must(irq <= 999999999 && index <= 999999999);
		fuzz_must(strstr(line, "](0000:01:00.0)"));
		/* Leading zeros aside, the line has the numbers as they are. */
		snprintf(name, sizeof(name), "%u](0000:01:00.0)", index);
		fuzz_must(strstr(line, name));
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/kernel_cmdline: the kernel's command line. */
#include "fuzz.h"

#include "core/base/kernel_cmdline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	bool found = kernel_cmdline_has(text, "pci", "notph"), expected = false;
	char *rest = text, *word, *option, value[64];

	(void)kernel_cmdline_value(text, "irqaffinity", value, sizeof(value));
	/* Quotes, and what stands behind "--", have rules of their own. */
	if (strchr(text, '"') || strstr(text, "--"))
		return 0;
	/* The same, said in another way. */
	while ((word = strsep(&rest, " \t\n\v\f\r"))) {
		if (strncmp(word, "pci=", 4) != 0)
			continue;
		word += 4;
		while ((option = strsep(&word, ",")))
			expected |= strcmp(option, "notph") == 0;
	}
	fuzz_must(found == expected);
	return 0;
}

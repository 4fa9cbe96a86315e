/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/proc_text: the kernel's command line. */
#include "fuzz.h"

#include "core/proc_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	char *rest = text, *word, *option;
	bool found = proc_text_pci_option(text, "notph"), expected = false;

	/* The same, said in another way. */
	while ((word = strsep(&rest, " \n"))) {
		if (strncmp(word, "pci=", 4) != 0)
			continue;
		word += 4;
		while ((option = strsep(&word, ",")))
			expected |= strcmp(option, "notph") == 0;
	}
	fuzz_must(found == expected);
	return 0;
}

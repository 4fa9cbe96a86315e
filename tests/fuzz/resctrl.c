/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/resctrl: io_alloc_cbm. */
#include "fuzz.h"

#include "core/cpu/resctrl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	unsigned int l3, ways;

	if (resctrl_fewest_ways(text, &l3, &ways)) {
		char number[16];

		fuzz_must(l3 <= 999999999 && ways <= 4 * size);
		/* Leading zeros aside, the text has it as it is. */
		snprintf(number, sizeof(number), "%u=", l3);
		fuzz_must(strstr(text, number));
	}
	return 0;
}

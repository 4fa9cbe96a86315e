/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/resctrl.h"

#include <string.h>

#include "core/base/text.h"

/* Step over a hexadecimal mask of any length and count its bits. */
static bool take_mask(const char **p, unsigned int *bits)
{
	static const char digits[] = "0123456789abcdef";
	const char *start = *p;

	*bits = 0;
	for (; **p && strchr(digits, **p); (*p)++)
		*bits += (unsigned int)__builtin_popcount(
			(unsigned int)(strchr(digits, **p) - digits));
	return *p > start;
}

bool resctrl_fewest_ways(const char *text, unsigned int *l3, unsigned int *ways)
{
	bool first = true;

	do {
		unsigned int id, bits;

		if (!text_take_number(&text, &id) || !text_take(&text, "=") ||
		    !take_mask(&text, &bits))
			return false;
		if (first || bits < *ways) {
			*l3 = id;
			*ways = bits;
		}
		first = false;
	} while (text_take(&text, ";"));
	return !*text || strcmp(text, "\n") == 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/pci/tph_words.h"

#include <stddef.h>

const struct word tph_mem_words[] = {
	{ "volatile", TPH_MEM_VOLATILE },
	{ "persistent", TPH_MEM_PERSISTENT },
	{ NULL, 0 },
};

const char *tph_mode_name(unsigned int mode)
{
	static const struct word modes[] = { TPH_MODE_WORDS, { NULL, 0 } };
	const char *name = word_name(modes, mode);

	return name ? name : "reserved";
}

const char *tph_mem_name(enum tph_mem mem)
{
	return word_name(tph_mem_words, mem);
}

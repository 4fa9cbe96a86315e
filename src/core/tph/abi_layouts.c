/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/tph/abi_layouts.h"

#include <stddef.h>
#include <string.h>

#include "uapi/vfio_pci_tph.h"

const struct tph_layout tph_layout_v1 = {
	.name = "v1",
	.bits = { { VFIO_PCI_TPH_MODE_NS, 1 << 0 },
		  { VFIO_PCI_TPH_MODE_IV, 1 << 1 },
		  { VFIO_PCI_TPH_MODE_DS, 1 << 2 } },
	.tells_table = true,
};

const struct tph_layout tph_layout_v8 = {
	.name = "v8",
	.bits = { { VFIO_PCI_TPH_MODE_NS, 0 },
		  { VFIO_PCI_TPH_MODE_IV, 1 << 0 },
		  { VFIO_PCI_TPH_MODE_DS, 1 << 1 } },
	.counts_vectors = true,
	.undoes = true,
	.clears = true,
	.tags_in_ds = true,
};

static const struct tph_layout *const layouts[] = { &tph_layout_v1,
						    &tph_layout_v8 };

#define N_LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

const struct tph_layout *tph_layout_find(const char *name)
{
	for (size_t i = 0; i < N_LAYOUTS; i++)
		if (strcmp(layouts[i]->name, name) == 0)
			return layouts[i];
	return NULL;
}

uint8_t tph_layout_bits(const struct tph_layout *layout, unsigned int modes)
{
	uint8_t bits = 0;

	for (size_t i = 0; i < TPH_N_MODES; i++)
		if (modes & layout->bits[i].mode)
			bits |= layout->bits[i].bit;
	return bits;
}

unsigned int tph_layout_modes(const struct tph_layout *layout, uint8_t bits)
{
	unsigned int modes = 0;

	for (size_t i = 0; i < TPH_N_MODES; i++)
		if (bits & layout->bits[i].bit)
			modes |= layout->bits[i].mode;
	return modes;
}

/* Would a kernel of this layout answer so? */
static bool agrees(const struct tph_layout *layout,
		   const struct tph_layout_look *look)
{
	unsigned int gated = look->modes & ~VFIO_PCI_TPH_MODE_DS;

	if (look->byte1 != (layout->tells_table && look->table))
		return false;
	if (look->bits == tph_layout_bits(layout, look->modes))
		return true;
	/* A gate may leave device-specific mode without a table out. */
	return !look->table && look->bits == tph_layout_bits(layout, gated);
}

const struct tph_layout *tph_layout_tell(const struct tph_layout_look *look,
					 const struct tph_layout *named,
					 const struct tph_layout *hint)
{
	const struct tph_layout *found = NULL;

	if (named)
		return agrees(named, look) ? named : NULL;
	for (size_t i = 0; i < N_LAYOUTS; i++) {
		if (!agrees(layouts[i], look))
			continue;
		/* Without a mode nothing can be enabled in either. */
		if (found && look->bits)
			return hint;
		found = found ? found : layouts[i];
	}
	return found;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/bdf: whatever a user may write for a device. */
#include "fuzz.h"

#include "core/pci/bdf.h"

static void check_address(const struct bdf *bdf)
{
	char text[BDF_LENGTH];
	struct bdf again;

	fuzz_must(bdf->device <= 0x1f && bdf->function <= 7);
	fuzz_must(bdf_parse(bdf_format(bdf, text), &again) == 0);
	fuzz_must(bdf_equal(bdf, &again) && bdf_compare(bdf, &again) == 0);
}

static void check_hops(const struct selector *sel)
{
	fuzz_must(sel->n_hops >= 1 && sel->n_hops <= BRIDGE_PATH_MAX);
	for (unsigned int i = 0; i < sel->n_hops; i++)
		fuzz_must(sel->hops[i].bus >= -1 && sel->hops[i].bus <= 0xff &&
			  sel->hops[i].device <= 0x1f &&
			  sel->hops[i].function <= 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, size);
	struct selector sel;
	struct error err = { 0 };
	struct bdf bdf;

	if (bdf_parse(text, &bdf) == 0)
		check_address(&bdf);
	if (selector_parse(text, &sel, &err)) {
		fuzz_must_explain(&err);
		return 0;
	}
	if (sel.kind != SELECT_ID && sel.kind != SELECT_ALL)
		check_address(&sel.bdf);
	if (sel.kind == SELECT_BRIDGE_PATH)
		check_hops(&sel);
	return 0;
}

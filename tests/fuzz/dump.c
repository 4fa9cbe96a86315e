/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/pci/dump_text, record and source_dump: any text in place of a dump. */
#include "fuzz.h"

#include "core/pci/source.h"
#include "core/tph/target.h"

static void look_at(struct pci_source *source, const struct bdf *bdf)
{
	struct error err = { 0 };
	struct target target;

	if (target_look(source, bdf, PCI_DEVICE_CDEV, &target, &err)) {
		fuzz_must_explain(&err);
		return;
	}
	fuzz_must(bdf_equal(&target.pci.bdf, bdf));
	if (target.cap_known && target.cap.location == TPH_TABLE_CAPABILITY) {
		uint16_t tags[2048];

		target_read_tags(&target, 0, target.cap.table_size, tags, &err);
	}
	target_close(&target);
}

static void look_at_all(struct pci_source *source)
{
	const struct selector all = { .kind = SELECT_ALL };
	_cleanup_free_ struct bdf *list = NULL;
	struct selector path = { .kind = SELECT_BRIDGE_PATH, .n_hops = 1 };
	struct error err;
	size_t n;

	fuzz_must(pci_source_find(source, &all, &list, &n, &err) == 0 && n > 0);
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ struct bdf *found = NULL;
		size_t n_found;

		look_at(source, &list[i]);
		path.bdf = list[i];
		path.hops[0] = (struct bridge_hop){ -1, list[0].device,
						    list[0].function };
		pci_source_find(source, &path, &found, &n_found, &err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_fclose_ FILE *f = fmemopen((void *)data, size, "r");
	struct error err = { 0 };
	struct pci_source *source;

	fuzz_must(f);
	if (source_dump_read(f, "the input", &source, &err)) {
		fuzz_must_explain(&err);
	} else {
		look_at_all(source);
		pci_source_close(source);
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/pci_dump, core/pci_record and libpci: any text in place of a dump. No
 * file is made: fopen() is ours here, for the libraries too.
 */
#include "fuzz.h"

#include <dlfcn.h>

#include "core/pci/device.h"
#include "core/pci/record.h"
#include "core/tph/target.h"

#define NAME  "/the/input"
#define FILES 4

/* The input, opened as a file. */
struct opened {
	FILE *f;
	size_t at;
};

static const uint8_t *input;
static size_t input_size;
static struct opened files[FILES];

static ssize_t on_read(void *cookie, char *buffer, size_t size)
{
	struct opened *o = cookie;
	size_t n = input_size - o->at < size ? input_size - o->at : size;

	memcpy(buffer, input + o->at, n);
	o->at += n;
	return (ssize_t)n;
}

static int on_close(void *cookie)
{
	((struct opened *)cookie)->f = NULL;
	return 0;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
	const cookie_io_functions_t functions = { .read = on_read,
						  .close = on_close };

	if (strcmp(path, NAME) != 0) {
		/* libFuzzer's own, or a list of names for the ids. */
		FILE *(*real)(const char *, const char *);

		*(void **)&real = dlsym(RTLD_NEXT, "fopen");
		return real(path, mode);
	}
	for (size_t i = 0; i < FILES; i++)
		if (!files[i].f) {
			files[i].at = 0;
			files[i].f = fopencookie(&files[i], mode, functions);
			return files[i].f;
		}
	abort();
}

/* libpci jumps out of a malformed line, and leaves the file open. */
static void close_files(void)
{
	for (size_t i = 0; i < FILES; i++)
		if (files[i].f)
			fclose(files[i].f);
}

static void look_at(struct pci_bus *bus, const struct bdf *bdf)
{
	struct error err = { 0 };
	struct target target;

	if (target_look(bus, bdf, PCI_DEVICE_CDEV, &target, &err)) {
		fuzz_must_explain(&err);
		return;
	}
	fuzz_must(bdf_equal(&target.pci.bdf, bdf));
	if (target.cap_known && target.cap.location == TPH_TABLE_CAPABILITY) {
		uint16_t tags[64];

		target_read_tags(&target, 0, target.cap.table_size, tags, &err);
	}
	target_close(&target);
}

static void look_at_all(struct pci_bus *bus)
{
	const struct selector all = { .kind = SELECT_ALL };
	_cleanup_free_ struct bdf *list = NULL;
	struct selector path = { .kind = SELECT_BRIDGE_PATH, .n_hops = 1 };
	struct error err;
	size_t n;

	fuzz_must(pci_bus_find(bus, &all, &list, &n, &err) == 0 && n > 0);
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ struct bdf *found = NULL;
		size_t n_found;

		look_at(bus, &list[i]);
		path.bdf = list[i];
		path.hops[0] = (struct bridge_hop){ -1, list[0].device,
						    list[0].function };
		pci_bus_find(bus, &path, &found, &n_found, &err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = { 0 };
	struct pci_bus *bus;

	input = data;
	input_size = size;
	if (pci_bus_open_dump(NAME, &bus, &err)) {
		fuzz_must_explain(&err);
	} else {
		look_at_all(bus);
		pci_bus_close(bus);
	}
	close_files();
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/doctor/kernel_config: any bytes in place of /proc/config.gz, through
 * zlib, which reads text that is not compressed as well. Options are looked
 * for in what came out.
 */
#include "fuzz.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "core/doctor/kernel_config.h"

static const uint8_t *input;
static size_t input_size;
static unsigned int place; /* of the three, where the file is */

gzFile __wrap_gzopen64(const char *path, const char *mode);
gzFile __wrap_gzopen64(const char *path, const char *mode)
{
	static int file = -1;
	unsigned int at = strcmp(path, "/proc/config.gz") == 0	    ? 0
			  : strncmp(path, "/boot/config-", 13) == 0 ? 1
			  : strncmp(path, "/lib/modules/", 13) == 0 ? 2
								    : 3;

	fuzz_must(at < 3);
	if (at != place) {
		errno = ENOENT;
		return NULL;
	}
	if (file < 0)
		file = memfd_create("config", MFD_CLOEXEC);
	fuzz_must(file >= 0 && ftruncate(file, 0) == 0 &&
		  pwrite(file, input, input_size, 0) == (ssize_t)input_size &&
		  lseek(file, 0, SEEK_SET) == 0);
	return gzdopen(dup(file), mode);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const options[] = { "CONFIG_PCIE_TPH", "CONFIG_VFIO",
					       "" };
	_cleanup_(kernel_config_free) struct kernel_config config = { 0 };
	struct error err = { .kind = ERR_NONE };

	/* The last byte says where the file is; the other places have none. */
	place = size ? data[size - 1] % 3 : 0;
	input = data;
	input_size = size ? size - 1 : 0;
	if (kernel_config_load("1", &config, &err)) {
		fuzz_must_explain(&err);
		return 0;
	}
	fuzz_must(config.text);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		char value[8];

		kernel_config_get(config.text, options[i], value,
				  sizeof(value));
		fuzz_must(memchr(value, '\0', sizeof(value)));
		fuzz_must(!strchr(value, '\n'));
	}
	return 0;
}

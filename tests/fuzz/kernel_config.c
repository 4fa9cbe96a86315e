/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/doctor/kernel_config: any bytes in place of /proc/config.gz, through
 * zlib, which reads text that is not compressed as well. Options are looked
 * for in what came out.
 */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "core/doctor/kernel_config.h"

static const uint8_t *input;
static size_t input_size;

gzFile __wrap_gzopen64(const char *path, const char *mode);
gzFile __wrap_gzopen64(const char *path, const char *mode)
{
	int fd = memfd_create("config", MFD_CLOEXEC);

	fuzz_must(strcmp(path, "/proc/config.gz") == 0 ||
		  strncmp(path, "/boot/config-", 13) == 0 ||
		  strncmp(path, "/lib/modules/", 13) == 0);
	fuzz_must(fd >= 0 &&
		  write(fd, input, input_size) == (ssize_t)input_size &&
		  lseek(fd, 0, SEEK_SET) == 0);
	return gzdopen(fd, mode);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const options[] = { "CONFIG_PCIE_TPH", "CONFIG_VFIO",
					       "" };
	_cleanup_(kernel_config_free) struct kernel_config config = { 0 };
	struct error err = { .kind = ERR_NONE };

	input = data;
	input_size = size;
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/doctor/kernel_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "core/base/cleanup.h"

/* Twenty times the largest there is: what is larger is no configuration. */
#define SIZE_MAX_CONFIG (8u << 20)

void kernel_config_free(struct kernel_config *config)
{
	free(config->text);
	config->text = NULL;
}

static int read_all(gzFile file, char **text)
{
	size_t size = 1u << 16, used = 0;
	_cleanup_free_ char *buffer = NULL;

	for (;;) {
		char *larger = realloc(buffer, size);
		int n;

		if (!larger)
			return -ENOMEM;
		buffer = larger;
		n = gzread(file, buffer + used,
			   (unsigned int)(size - used) - 1);
		if (n < 0)
			return -EIO;
		used += (size_t)n;
		if (used < size - 1)
			break;
		size *= 2;
		if (size > SIZE_MAX_CONFIG)
			return -EFBIG;
	}
	buffer[used] = '\0';
	*text = take_ptr(buffer);
	return 0;
}

/* zlib reads what is not compressed as it is. */
static int load(const char *path, char **text)
{
	gzFile file = gzopen(path, "re");
	int r;

	if (!file)
		return errno ? -errno : -ENOMEM;
	r = read_all(file, text);
	/* A file that ends in the middle is told of only now. */
	if (gzclose(file) != Z_OK && r == 0) {
		free(take_ptr(*text));
		r = -EIO;
	}
	return r;
}

int kernel_config_load(const char *release, struct kernel_config *config,
		       struct error *err)
{
	static const char *const places[] = { "/proc/config.gz",
					      "/boot/config-%s",
					      "/lib/modules/%s/config" };
	int r = -ENOENT;

	config->text = NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *rest = strstr(places[i], "%s");
		int head =
			rest ? (int)(rest - places[i]) : (int)strlen(places[i]);
		int now;

		snprintf(config->path, sizeof(config->path), "%.*s%.200s%s",
			 head, places[i], rest ? release : "",
			 rest ? rest + 2 : "");
		now = load(config->path, &config->text);
		if (now == 0)
			return 0;
		if (now != -ENOENT)
			r = now;
	}
	return error_set(err, ERR_SYSTEM, -r,
			 "neither /proc/config.gz nor /boot/config-%.64s nor "
			 "/lib/modules/%.64s/config can be read: %s",
			 release, release, strerror(-r));
}

void kernel_config_get(const char *text, const char *option, char *value,
		       size_t size)
{
	size_t length = strlen(option);

	snprintf(value, size, "n");
	for (const char *line = text; line && *line;) {
		size_t n = strcspn(line, "\n");

		if (n > length && strncmp(line, option, length) == 0 &&
		    line[length] == '=')
			snprintf(value, size, "%.*s", (int)(n - length - 1),
				 line + length + 1);
		line += n;
		line += *line == '\n';
	}
}

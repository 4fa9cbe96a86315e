/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/kernel_cmdline: words of the kernel's command line; core/kernel_config:
 * options of its configuration, and where that is looked for.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "core/base/kernel_cmdline.h"
#include "core/doctor/kernel_config.h"

static void want_notph(bool expected, const char *line)
{
	want_int(expected, kernel_cmdline_has(line, "pci", "notph"), line);
}

static void an_option_is_found_among_others(void **s)
{
	(void)s;
	want_notph(true, "pci=notph");
	want_notph(true, "root=/dev/sda1 ro pci=notph quiet\n");
	want_notph(true, "pci=nomsi,notph,noats");
	want_notph(true, "pci=nomsi pci=notph");
	want_notph(true, "pci=notph pci=nomsi");
	want_notph(true, "\tpci=notph");
	want_notph(true, "pci=\"noats,notph\"");
	want_notph(true, "\"pci=notph\"");
}

static void what_only_looks_like_it_is_not_it(void **s)
{
	(void)s;
	want_notph(false, "");
	want_notph(false, "\n");
	want_notph(false, "pci=nomsi");
	want_notph(false, "pci=notphs");
	want_notph(false, "pci=xnotph");
	want_notph(false, "xpci=notph");
	want_notph(false, "notph");
	want_notph(false, "pci notph");
	want_notph(false, "init=\"a pci=notph b\"");
	want_notph(false, "pcie=notph");
}

static void what_stands_behind_two_dashes_is_inits(void **s)
{
	(void)s;
	want_notph(false, "quiet -- pci=notph");
	want_notph(true, "pci=notph -- quiet");
	want_notph(true, "--x pci=notph");
}

static void want_value(const char *expected, const char *line)
{
	char value[16];
	bool found = kernel_cmdline_value(line, "irq_affinity", value,
					  sizeof(value));

	want_int(expected != NULL, found, line);
	want_string(expected ? expected : "", value, line);
}

static void the_last_value_of_a_parameter_counts(void **s)
{
	(void)s;
	want_value("0-3", "a=b irq_affinity=0-3");
	want_value("4", "irq_affinity=0-3 irq_affinity=4");
	want_value("0-3", "irq-affinity=0-3");
	want_value("", "irq_affinity");
	want_value("a=b", "irq_affinity=a=b");
	want_value(NULL, "irq_affinit=1");
	want_value(NULL, "irq_affinity1=1");
}

static void a_value_that_is_too_long_is_cut(void **s)
{
	(void)s;
	want_value("0123456789abcde", "irq_affinity=0123456789abcdefgh");
}

static void want_option(const char *expected, const char *text)
{
	char value[16];

	kernel_config_get(text, "CONFIG_PCIE_TPH", value, sizeof(value));
	want_string(expected, value, text);
}

static void an_option_of_the_configuration_has_its_value(void **s)
{
	(void)s;
	want_option("y", "CONFIG_PCIE_TPH=y\n");
	want_option("y", "#\n# Automatic\n#\nCONFIG_X=y\nCONFIG_PCIE_TPH=y");
	want_option("m", "CONFIG_PCIE_TPH=m\nCONFIG_Z=y\n");
	want_option("\"a\"", "CONFIG_PCIE_TPH=\"a\"\n");
}

static void an_option_that_is_not_set_is_n(void **s)
{
	(void)s;
	want_option("n", "");
	want_option("n", "# CONFIG_PCIE_TPH is not set\n");
	want_option("n", "#CONFIG_PCIE_TPH=y\n");
	want_option("n", "CONFIG_PCIE_TPH_X=y\n");
	want_option("n", "XCONFIG_PCIE_TPH=y\n");
	want_option("n", "CONFIG_PCIE_TPH\n");
}

/* The one place where there is a configuration, and the file that is it. */
static const char *place;
static char file[64];

gzFile __real_gzopen64(const char *path, const char *mode);
gzFile __wrap_gzopen64(const char *path, const char *mode);

gzFile __wrap_gzopen64(const char *path, const char *mode)
{
	if (place && strcmp(path, place) == 0)
		return __real_gzopen64(file, mode);
	errno = ENOENT;
	return NULL;
}

static void write_file(const char *mode, const char *text)
{
	gzFile f = __real_gzopen64(file, mode);

	assert_non_null(f);
	want_int(strlen(text), gzwrite(f, text, (unsigned int)strlen(text)),
		 NULL);
	want_int(Z_OK, gzclose(f), NULL);
}

static void want_loaded(const char *at, const char *mode)
{
	struct kernel_config config;
	struct error err;

	place = at;
	write_file(mode, "CONFIG_PCIE_TPH=y\n");
	want_int(0, kernel_config_load("7.2.0-x", &config, &err), at);
	want_string(at, config.path, NULL);
	want_string("CONFIG_PCIE_TPH=y\n", config.text, at);
	kernel_config_free(&config);
}

static void the_configuration_is_read_compressed_or_not(void **s)
{
	(void)s;
	want_loaded("/proc/config.gz", "w");
	want_loaded("/boot/config-7.2.0-x", "wT");
	want_loaded("/lib/modules/7.2.0-x/config", "wT");
}

static void one_larger_than_the_first_buffer_is_read_whole(void **s)
{
	size_t size = 300000;
	char *text = malloc(size + 1);
	struct kernel_config config;
	struct error err;

	(void)s;
	assert_non_null(text);
	memset(text, '#', size);
	text[size] = '\0';
	place = "/proc/config.gz";
	write_file("w", text);
	want_int(0, kernel_config_load("x", &config, &err), NULL);
	want_int(size, strlen(config.text), NULL);
	kernel_config_free(&config);
	free(text);
}

static void a_file_that_ends_in_the_middle_is_refused(void **s)
{
	struct kernel_config config;
	struct error err;

	(void)s;
	place = "/proc/config.gz";
	write_file("w", "CONFIG_PCIE_TPH=y\nCONFIG_VFIO=m\n");
	assert_int_equal(truncate(file, 20), 0);
	want_int(-EIO, kernel_config_load("x", &config, &err), NULL);
}

static void none_is_an_error_that_names_the_places(void **s)
{
	struct kernel_config config;
	struct error err;

	(void)s;
	place = NULL;
	want_int(-ENOENT, kernel_config_load("1.2", &config, &err), NULL);
	want_within("/proc/config.gz", err.message, NULL);
	want_within("/boot/config-1.2", err.message, NULL);
	want_within("/lib/modules/1.2/config", err.message, NULL);
}

static int make_file(void **s)
{
	int fd;

	(void)s;
	snprintf(file, sizeof(file), "/tmp/unit-kernel.XXXXXX");
	fd = mkstemp(file);
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **s)
{
	(void)s;
	return unlink(file);
}

#define WITH_FILE(test) \
	cmocka_unit_test_setup_teardown(test, make_file, remove_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_option_is_found_among_others),
		cmocka_unit_test(what_only_looks_like_it_is_not_it),
		cmocka_unit_test(what_stands_behind_two_dashes_is_inits),
		cmocka_unit_test(the_last_value_of_a_parameter_counts),
		cmocka_unit_test(a_value_that_is_too_long_is_cut),
		cmocka_unit_test(an_option_of_the_configuration_has_its_value),
		cmocka_unit_test(an_option_that_is_not_set_is_n),
		WITH_FILE(the_configuration_is_read_compressed_or_not),
		WITH_FILE(one_larger_than_the_first_buffer_is_read_whole),
		WITH_FILE(a_file_that_ends_in_the_middle_is_refused),
		cmocka_unit_test(none_is_an_error_that_names_the_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Part of the program where it is built with the address sanitizer: leaks that
 * are not ours. In the program, since some cases start it with an empty
 * environment.
 */

const char *__lsan_default_suppressions(void);

/*
 * Where udev's hardware database is not there, libpci (lib/names-hwdb.c) makes
 * a udev context for each name that it looks up, and keeps the last one only.
 */
const char *__lsan_default_suppressions(void)
{
	return "leak:udev_new\n";
}

const char *__lsan_default_options(void);

/* No line on stderr about what was suppressed. */
const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}

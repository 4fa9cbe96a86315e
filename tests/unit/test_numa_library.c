/* SPDX-License-Identifier: GPL-2.0-or-later */
/* numa_library: what a failure to load means. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "core/cpu/numa_library.h"

static char reason[200];

void *__wrap_dlopen(const char *file, int mode);
char *__wrap_dlerror(void);

void *__wrap_dlopen(const char *file, int mode)
{
	(void)file;
	(void)mode;
	return NULL;
}

char *__wrap_dlerror(void)
{
	return reason;
}

/* The errno of the error when the loader reports that of code. */
static int load_fails(int code, struct error *err)
{
	snprintf(reason, sizeof(reason),
		 "libnuma.so.1: cannot open shared object file: %s",
		 strerror(code));
	assert_null(numa_library(err));
	return err->number;
}

static void library_that_is_not_there_is_missing(void **state)
{
	struct error err = { 0 };

	(void)state;
	want_int(ELIBACC, load_fails(ENOENT, &err), NULL);
	assert_non_null(strstr(err.message, reason));
}

static void shortage_is_not_taken_for_absence(void **state)
{
	static const int codes[] = { EMFILE, ENFILE, ENOMEM };

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct error err = { 0 };

		want_int(codes[i], load_fails(codes[i], &err),
			 strerror(codes[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(library_that_is_not_there_is_missing),
		cmocka_unit_test(shortage_is_not_taken_for_absence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

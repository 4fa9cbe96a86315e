/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/numa_library.h"

#include <dlfcn.h>
#include <errno.h>

/* The name that <numa.h> of this interface stands for. */
#define SONAME "libnuma.so.1"

static bool find_functions(void *handle, struct numa_library *library)
{
	/* ISO C turns no pointer to data into one to a function; POSIX does. */
#define NUMA_FIND(name) { #name, (void **)&library->name },
	const struct {
		const char *name;
		void **where;
	} functions[] = { NUMA_FUNCTIONS(NUMA_FIND) };
#undef NUMA_FIND

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		*functions[i].where = dlsym(handle, functions[i].name);
		if (!*functions[i].where)
			return false;
	}
	return true;
}

const struct numa_library *numa_library(struct error *err)
{
	static struct numa_library library;
	static bool loaded;
	void *handle;

	if (loaded)
		return &library;
	handle = dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!handle || !find_functions(handle, &library)) {
		error_set(err, ERR_SYSTEM, ENOENT, "cannot load libnuma: %s",
			  dlerror());
		return NULL;
	}
	library.available = library.numa_available() >= 0;
	loaded = true;
	return &library;
}

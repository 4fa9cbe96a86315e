/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/cpu/numa_library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

/* The name that <numa.h> of this interface stands for. */
#define SONAME "libnuma.so.1"

/*
 * What packaging tools read the dependency from, because a library that is
 * loaded at run time is not in DT_NEEDED:
 * https://uapi-group.org/specifications/specs/elf_dlopen_metadata/
 */
#define NOTE_OWNER "FDO"
#define NOTE_TYPE  0x407c0c0aU
#define NOTE_TEXT                                      \
	"[{\"feature\":\"numa\","                      \
	"\"description\":\"Distances of NUMA nodes\"," \
	"\"priority\":\"recommended\","                \
	"\"soname\":[\"" SONAME "\"]}]"

static const struct {
	uint32_t owner_size, text_size, type;
	char owner[sizeof(NOTE_OWNER)];
	_Alignas(uint32_t) char text[sizeof(NOTE_TEXT)];
} dlopen_note __attribute__((used, aligned(4), section(".note.dlopen"))) = {
	sizeof(NOTE_OWNER), sizeof(NOTE_TEXT), NOTE_TYPE, NOTE_OWNER, NOTE_TEXT,
};

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

/*
 * The loader reports a failure as text alone. A shortage may pass, and is not
 * to be taken for a library that is missing.
 */
static int load_errno(const char *reason)
{
	/* The text of EMFILE is the beginning of that of ENFILE. */
	static const int shortages[] = { ENFILE, EMFILE, ENOMEM };

	for (size_t i = 0; i < sizeof(shortages) / sizeof(shortages[0]); i++)
		if (strstr(reason, strerror(shortages[i])))
			return shortages[i];
	return ELIBACC;
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
		const char *reason = dlerror();

		if (!reason)
			reason = "no reason given";
		error_set(err, ERR_SYSTEM, load_errno(reason),
			  "cannot load libnuma: %s", reason);
		if (handle)
			dlclose(handle);
		return NULL;
	}
	library.available = library.numa_available() >= 0;
	loaded = true;
	return &library;
}

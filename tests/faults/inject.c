// SPDX-License-Identifier: GPL-2.0-or-later
/* Which call is concerned, and what becomes of it; see inject.h. */
#include "inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

#define MODULES	  8
#define FUNCTIONS 128

struct range {
	uintptr_t first, last;
};

static struct {
	bool known, on;
	struct range modules[MODULES]; /* 0: the program */
	struct point at; /* where; its function is empty: nowhere */
	enum action action;
	int error, signal;
	/* How often each function was called in this process. */
	struct {
		char name[24];
		uint32_t calls;
	} counts[FUNCTIONS];
	uint32_t role, forks;
} state;

/* The libraries of the program, linked or loaded later; but for libc. */
/* clang-format off */
static const char *const libraries[] = {
	"libpci.so", "libnuma.so", "libjson-c.so", "libsmartcols.so",
};
/* clang-format on */

/* By number, behind our hook. Never before the program is being set up. */
static long below(long number, long a, long b, long c, long d)
{
	static long (*next)(long, ...);

	if (!next)
		next = inject_next("syscall");
	return next(number, a, b, c, d);
}

static int find_module(struct dl_phdr_info *info, size_t size, void *data)
{
	int *n = data, module = -1;

	(void)size;
	if ((*n)++ == 0)
		module = 0; /* the program comes first */
	for (size_t i = 0; i < sizeof(libraries) / sizeof(*libraries); i++)
		if (strstr(info->dlpi_name, libraries[i]))
			module = (int)i + 1;
	if (module < 0)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
			continue;
		/* The site is told from the beginning of the module on. */
		state.modules[module].first = info->dlpi_addr;
		state.modules[module].last =
			info->dlpi_addr + p->p_vaddr + p->p_memsz;
	}
	return 0;
}

static int read_loads(struct dl_phdr_info *info, size_t size, void *data)
{
	unsigned long long *loads = data;

	(void)size;
	*loads = info->dlpi_adds;
	return 1; /* it is the same for each */
}

/* Anew when something was loaded since: libnuma calls while it is loaded. */
static void find_modules(void)
{
	static unsigned long long known;
	unsigned long long loads = 0;
	int n = 0;

	dl_iterate_phdr(read_loads, &loads);
	if (loads != known)
		dl_iterate_phdr(find_module, &n);
	known = loads;
}

static void parse_at(const char *text)
{
	char action[32];

	if (!text || sscanf(text, "%u %23s %u %31s", &state.at.role,
			    state.at.function, &state.at.nth, action) != 4) {
		state.at.function[0] = '\0';
		return;
	}
	state.action = ACTION_FAIL;
	if (strcmp(action, "short") == 0)
		state.action = ACTION_SHORT;
	else if (strcmp(action, "end") == 0)
		state.action = ACTION_END;
	else if (sscanf(action, "signal:%d", &state.signal) == 1)
		state.action = ACTION_NONE;
	else
		state.error = atoi(action);
}

/*
 * No system call here: this runs inside the loader, when a sanitizer's
 * run-time looks around before anything else.
 */
static void begin(void)
{
	const char *program = getenv("INJECT_PROGRAM");
	const char *self = (const char *)getauxval(AT_EXECFN);

	state.known = true;
	if (!program || !self || strcmp(program, self) != 0)
		return;
	find_modules();
	parse_at(getenv("INJECT_AT"));
	state.on = true;
}

static int create(const char *path, int flags)
{
	return (int)below(SYS_openat, AT_FDCWD, (long)path,
			  O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
}

static bool find_site(const void *site, struct point *p)
{
	for (uint32_t i = 0; i < MODULES; i++) {
		const struct range *m = &state.modules[i];

		if ((uintptr_t)site < m->first || (uintptr_t)site >= m->last)
			continue;
		p->module = i;
		p->site = (uint32_t)((uintptr_t)site - m->first);
		return true;
	}
	return false;
}

static uint32_t mix(uint32_t hash, uint32_t number)
{
	return (hash ^ number) * 0x01000193u; /* FNV-1a, by words */
}

/* One frame more; those that are in no module of ours count for nothing. */
static _Unwind_Reason_Code add_frame(struct _Unwind_Context *frame, void *data)
{
	struct point p = { 0 };
	uint32_t *hash = data;

	if (find_site((const void *)_Unwind_GetIP(frame), &p))
		*hash = mix(mix(*hash, p.module), p.site);
	return _URC_NO_REASON;
}

/* The places that led to a call. */
static uint32_t find_stack(void)
{
	uint32_t hash = 0x811c9dc5u;

	_Unwind_Backtrace(add_frame, &hash);
	return hash;
}

/* The descriptor is kept out of the way of those that the program gets. */
static void trace(struct point *p)
{
	const char *path = getenv("INJECT_TRACE");
	static int fd = -1;

	if (path && fd < 0) {
		int low = create(path, O_APPEND);

		fd = (int)below(SYS_fcntl, low, F_DUPFD_CLOEXEC, 1000, 0);
		below(SYS_close, low, 0, 0, 0);
	}
	if (fd < 0)
		return;
	p->stack = find_stack();
	below(SYS_write, fd, (long)p, sizeof(*p), 0);
}

static uint32_t count(const char *function)
{
	for (size_t i = 0; i < FUNCTIONS; i++) {
		if (!state.counts[i].name[0])
			snprintf(state.counts[i].name,
				 sizeof(state.counts[i].name), "%s", function);
		if (strcmp(state.counts[i].name, function) == 0)
			return ++state.counts[i].calls;
	}
	abort(); /* FUNCTIONS is too small */
}

static void note_hit(void)
{
	const char *path = getenv("INJECT_HIT");

	if (path)
		below(SYS_close, create(path, 0), 0, 0, 0);
}

static enum action decide(struct point *p, int *error)
{
	trace(p);
	if (p->role != state.at.role || p->nth != state.at.nth ||
	    strcmp(p->function, state.at.function) != 0)
		return ACTION_NONE;
	note_hit();
	*error = state.error;
	if (state.signal)
		below(SYS_kill, getpid(), state.signal, 0, 0);
	return state.action;
}

enum action inject_call(const char *function, const void *site, int *error)
{
	enum action action = ACTION_NONE;
	struct point p = { 0 };
	int saved = errno;

	if (!state.known && environ)
		begin();
	else if (state.on)
		find_modules();
	if (state.on && find_site(site, &p)) {
		snprintf(p.function, sizeof(p.function), "%s", function);
		p.role = state.role;
		p.nth = count(function);
		action = decide(&p, error);
	}
	errno = saved;
	return action;
}

void *inject_next(const char *name)
{
	void *next = dlsym(RTLD_NEXT, name);

	if (!next)
		abort(); /* nothing can be said: this may be write() */
	return next;
}

static void before_fork(void)
{
	state.forks++;
}

static void in_child(void)
{
	state.role = state.forks;
	memset(state.counts, 0, sizeof(state.counts));
}

__attribute__((constructor)) static void follow_forks(void)
{
	pthread_atfork(before_fork, NULL, in_child);
}

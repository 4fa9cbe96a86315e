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
#define FUNCTIONS 160
#define STORM	  20

struct range {
	uintptr_t first, last;
};

static struct {
	bool known, on;
	struct range modules[MODULES]; /* 0: the program */
	struct point at; /* where; its function is empty: nowhere */
	uint32_t last;	 /* nth call that is still meant */
	enum action action;
	bool blocks;
	int error, signal;
	/* How often each function was called in this process. */
	struct {
		char name[40];
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

/* clang-format off */
static const struct {
	const char *name, *ways;
	unsigned long request;
	int64_t operation;
} points[] = {
#define ANY -1
#define LIBC(name, errors) { #name, errors, 0, ANY },
#define BOTH(name, errors) { #name, errors, 0, ANY },
#define FAKE(name, errors)
#define IOCTL(name, request, operation, errors) \
	{ "ioctl." #name, errors, request, operation },
#include "points.def"
};
/* clang-format on */
#define POINTS (sizeof(points) / sizeof(*points))

void inject_ioctl_name(unsigned long request, uint32_t operation, char *name,
		       size_t size)
{
	for (size_t i = 0; i < POINTS; i++)
		if (points[i].request == request &&
		    (points[i].operation < 0 ||
		     points[i].operation == operation)) {
			snprintf(name, size, "%s", points[i].name);
			return;
		}
	snprintf(name, size, "ioctl.%#lx", request);
}

/* Without this a mistake in an order would be a run without a failure. */
static void __attribute__((noreturn)) refuse(const char *order, const char *why)
{
	static const char head[] = "inject: ", colon[] = ": ", end[] = "\n";

	below(SYS_write, 2, (long)head, sizeof(head) - 1, 0);
	below(SYS_write, 2, (long)order, (long)strlen(order), 0);
	below(SYS_write, 2, (long)colon, sizeof(colon) - 1, 0);
	below(SYS_write, 2, (long)why, (long)strlen(why), 0);
	below(SYS_write, 2, (long)end, sizeof(end) - 1, 0);
	abort();
}

static bool has_word(const char *words, const char *word)
{
	for (const char *at = words; (at = strstr(at, word)); at++) {
		char after = at[strlen(word)];

		if ((at == words || at[-1] == ' ') && (!after || after == ' '))
			return true;
	}
	return false;
}

static const char *ways_of(const char *function)
{
	for (size_t i = 0; i < POINTS; i++)
		if (strcmp(points[i].name, function) == 0)
			return points[i].ways;
	return NULL;
}

static int number_of(const char *error)
{
	for (int i = 1; i < 134; i++) {
		const char *name = strerrorname_np(i);

		if (name && strcmp(name, error) == 0)
			return i;
	}
	return 0;
}

/* What is to become of the call; false: no such action. */
static bool parse_action(const char *action, const char *ways)
{
	char end;

	if (sscanf(action, "signal:%d%c", &state.signal, &end) == 1) {
		state.action = ACTION_NONE;
		return true;
	}
	state.action = ACTION_FAIL;
	if (strcmp(action, "storm") == 0) {
		state.error = EINTR;
		state.last = state.at.nth + STORM - 1;
		return has_word(ways, "EINTR");
	}
	if (!has_word(ways, action))
		return false;
	if (strcmp(action, "short") == 0)
		state.action = ACTION_SHORT;
	else if (strcmp(action, "end") == 0)
		state.action = ACTION_END;
	else if (strcmp(action, "block") == 0)
		state.blocks = true;
	state.error = state.blocks ? EINTR : number_of(action);
	return state.error || state.action != ACTION_FAIL;
}

static void parse_at(const char *text)
{
	char action[32], nth[16], *end;
	const char *ways;

	if (!text)
		return;
	if (sscanf(text, "%u %39s %15s %31s", &state.at.role, state.at.function,
		   nth, action) != 4)
		refuse(text, "not ROLE FUNCTION NTH ACTION");
	state.at.nth = (uint32_t)strtoul(nth, &end, 10);
	state.last = *end == '+' ? UINT32_MAX : state.at.nth;
	if (!state.at.nth || end[*end == '+'])
		refuse(text, "NTH is no number");
	ways = ways_of(state.at.function);
	if (!ways)
		refuse(text, "no such point");
	if (!parse_action(action, ways))
		refuse(text, "no way of this point to fail");
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
	if (p->role != state.at.role || p->nth < state.at.nth ||
	    p->nth > state.last || strcmp(p->function, state.at.function) != 0)
		return ACTION_NONE;
	note_hit();
	*error = state.error;
	if (state.signal)
		below(SYS_kill, getpid(), state.signal, 0, 0);
	/* Until a signal is handled. */
	if (state.blocks)
		below(SYS_ppoll, 0, 0, 0, 0);
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

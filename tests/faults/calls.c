// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The functions that can be made to fail: all by which the program, or a
 * library of its, asks the kernel or the heap for something. The driver
 * refuses a program that calls one it does not know.
 */
#include "inject.h"

#include <poll.h>
#include <sys/socket.h>
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#define HOOK __attribute__((visibility("default")))

struct epoll_event;
struct itimerspec;
struct inotify_event;
struct sockaddr;
struct stat;
struct signalfd_siginfo;

#define SITE __builtin_return_address(0)

/*
 * A function that is handed on as it is, or fails with `failure` and errno.
 * `name` is what it is called here; `point` what the driver knows it as.
 */
#define CALL(type, name, point, failure, parameters, arguments)        \
	HOOK type name parameters;                                     \
	HOOK type name parameters                                      \
	{                                                              \
		static type(*next) parameters;                         \
		int error = 0;                                         \
                                                                       \
		if (!next)                                             \
			next = inject_next(#name);                     \
		if (inject_call(point, SITE, &error) == ACTION_FAIL) { \
			errno = error;                                 \
			return failure;                                \
		}                                                      \
		return next arguments;                                 \
	}

/* ---- the heap ---- */

CALL(void *, malloc, "malloc", NULL, (size_t n), (n))
CALL(void *, calloc, "calloc", NULL, (size_t n, size_t size), (n, size))
CALL(void *, realloc, "realloc", NULL, (void *p, size_t n), (p, n))
CALL(void *, reallocarray, "reallocarray", NULL,
     (void *p, size_t n, size_t size), (p, n, size))
CALL(char *, strdup, "strdup", NULL, (const char *s), (s))
CALL(char *, strndup, "strndup", NULL, (const char *s, size_t n), (s, n))
CALL(int, vasprintf, "vasprintf", -1,
     (char **out, const char *format, va_list list), (out, format, list))
CALL(int, __vasprintf_chk, "vasprintf", -1,
     (char **out, int flag, const char *format, va_list list),
     (out, flag, format, list))
CALL(FILE *, open_memstream, "open_memstream", NULL, (char **out, size_t *size),
     (out, size))
CALL(int, setenv, "setenv", -1,
     (const char *name, const char *value, int replace), (name, value, replace))

#define ASPRINTF(name, parameters, last, call)                              \
	HOOK int name parameters;                                           \
	HOOK int name parameters                                            \
	{                                                                   \
		int error = 0, n;                                           \
		va_list list;                                               \
                                                                            \
		if (inject_call("asprintf", SITE, &error) == ACTION_FAIL) { \
			errno = error;                                      \
			return -1;                                          \
		}                                                           \
		va_start(list, format);                                     \
		n = call;                                                   \
		va_end(list);                                               \
		return n;                                                   \
	}
int __vasprintf_chk(char **, int, const char *, va_list);
ASPRINTF(asprintf, (char **out, const char *format, ...), format,
	 vasprintf(out, format, list))
ASPRINTF(__asprintf_chk, (char **out, int flag, const char *format, ...),
	 format, __vasprintf_chk(out, flag, format, list))

/* ---- files by their names ---- */

#define OPEN(name)                  \
	CALL(int, name, "open", -1, \
	     (const char *path, int flags, mode_t mode), (path, flags, mode))
OPEN(open)
OPEN(open64)
#define OPEN_2(name)                                               \
	CALL(int, name, "open", -1, (const char *path, int flags), \
	     (path, flags))
OPEN_2(__open_2)
OPEN_2(__open64_2)
#define OPENAT(name)                                              \
	CALL(int, name, "openat", -1,                             \
	     (int dir, const char *path, int flags, mode_t mode), \
	     (dir, path, flags, mode))
OPENAT(openat)
OPENAT(openat64)
#define OPENAT_2(name)                                                        \
	CALL(int, name, "openat", -1, (int dir, const char *path, int flags), \
	     (dir, path, flags))
OPENAT_2(__openat_2)
OPENAT_2(__openat64_2)
#define FOPEN(name)                       \
	CALL(FILE *, name, "fopen", NULL, \
	     (const char *path, const char *mode), (path, mode))
FOPEN(fopen)
FOPEN(fopen64)
CALL(FILE *, fdopen, "fdopen", NULL, (int fd, const char *mode), (fd, mode))
CALL(DIR *, opendir, "opendir", NULL, (const char *path), (path))
CALL(int, access, "access", -1, (const char *path, int wanted), (path, wanted))
#define STAT(name)                                                       \
	CALL(int, name, "stat", -1, (const char *path, struct stat *st), \
	     (path, st))
STAT(stat)
STAT(stat64)
#define LSTAT(name)                                                       \
	CALL(int, name, "lstat", -1, (const char *path, struct stat *st), \
	     (path, st))
LSTAT(lstat)
LSTAT(lstat64)
CALL(int, faccessat, "faccessat", -1,
     (int dir, const char *path, int wanted, int flags),
     (dir, path, wanted, flags))
CALL(int, fchmod, "fchmod", -1, (int fd, unsigned int mode), (fd, mode))
#define FSTATAT(name)                                                 \
	CALL(int, name, "fstatat", -1,                                \
	     (int dir, const char *path, struct stat *st, int flags), \
	     (dir, path, st, flags))
FSTATAT(fstatat)
FSTATAT(fstatat64)
CALL(ssize_t, readlink, "readlink", -1,
     (const char *path, char *buf, size_t size), (path, buf, size))
CALL(ssize_t, readlinkat, "readlinkat", -1,
     (int dir, const char *path, char *buf, size_t size),
     (dir, path, buf, size))
CALL(char *, realpath, "realpath", NULL, (const char *path, char *out),
     (path, out))
CALL(char *, __realpath_chk, "realpath", NULL,
     (const char *path, char *out, size_t room), (path, out, room))
CALL(char *, getcwd, "getcwd", NULL, (char *buf, size_t size), (buf, size))
CALL(int, mkdir, "mkdir", -1, (const char *path, mode_t mode), (path, mode))
CALL(int, unlink, "unlink", -1, (const char *path), (path))
CALL(int, unlinkat, "unlinkat", -1, (int dir, const char *path, int flags),
     (dir, path, flags))
CALL(int, renameat, "renameat", -1,
     (int from_dir, const char *from, int to_dir, const char *to),
     (from_dir, from, to_dir, to))
#define SCANDIR(name, entry)                                                 \
	CALL(int, name, "scandir", -1,                                       \
	     (const char *path, struct entry ***list,                        \
	      int (*wanted)(const struct entry *),                           \
	      int (*compare)(const struct entry **, const struct entry **)), \
	     (path, list, wanted, compare))
SCANDIR(scandir, dirent)
SCANDIR(scandir64, dirent64)
#define READDIR(name, entry) \
	CALL(struct entry *, name, "readdir", NULL, (DIR * dir), (dir))
READDIR(readdir, dirent)
READDIR(readdir64, dirent64)

/* ---- descriptors ---- */

#define FSTAT(name) \
	CALL(int, name, "fstat", -1, (int fd, struct stat *st), (fd, st))
FSTAT(fstat)
FSTAT(fstat64)
CALL(int, fsync, "fsync", -1, (int fd), (fd))

/* The kernel lets go of the number even when it says that it failed. */
HOOK int close(int fd);
HOOK int close(int fd)
{
	static int (*next)(int fd);
	int error = 0;

	if (!next)
		next = inject_next("close");
	if (inject_call("close", SITE, &error) != ACTION_FAIL)
		return next(fd);
	next(fd);
	errno = error;
	return -1;
}

/* Reading and writing can also come back short. */
#define TRANSFER(name, point, parameters, arguments)        \
	HOOK ssize_t name parameters;                       \
	HOOK ssize_t name parameters                        \
	{                                                   \
		static ssize_t(*next) parameters;           \
		int error = 0;                              \
                                                            \
		if (!next)                                  \
			next = inject_next(#name);          \
		switch (inject_call(point, SITE, &error)) { \
		case ACTION_FAIL:                           \
			errno = error;                      \
			return -1;                          \
		case ACTION_END:                            \
			return 0;                           \
		case ACTION_SHORT:                          \
			n = n > 1 ? 1 : n;                  \
			break;                              \
		case ACTION_NONE:                           \
			break;                              \
		}                                           \
		return next arguments;                      \
	}
TRANSFER(read, "read", (int fd, void *buf, size_t n), (fd, buf, n))
TRANSFER(write, "write", (int fd, const void *buf, size_t n), (fd, buf, n))
#define PREAD(name)                                                      \
	TRANSFER(name, "pread", (int fd, void *buf, size_t n, off_t at), \
		 (fd, buf, n, at))
PREAD(pread)
PREAD(pread64)

HOOK int ioctl(int fd, unsigned long request, ...)
{
	static int (*next)(int fd, unsigned long request, void *argument);
	char point[40];
	int error = 0;
	void *argument;
	va_list list;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	if (!next)
		next = inject_next("ioctl");
	/* VFIO_DEVICE_PCI_TPH: argsz, operation */
	inject_ioctl_name(request,
			  request == 0x3b7a ? ((uint32_t *)argument)[1] : 0,
			  point, sizeof(point));
	if (inject_call(point, SITE, &error) != ACTION_FAIL)
		return next(fd, request, argument);
	errno = error;
	return -1;
}

#define MMAP(name)                                                          \
	CALL(void *, name, "mmap", (void *)-1,                              \
	     (void *addr, size_t n, int prot, int flags, int fd, off_t at), \
	     (addr, n, prot, flags, fd, at))
MMAP(mmap)
MMAP(mmap64)
CALL(int, memfd_create, "memfd_create", -1,
     (const char *name, unsigned int flags), (name, flags))

/* ---- streams: their flag of an error is set as by a read that fails ---- */

#define STREAM_ERROR 0x20 /* _IO_ERR_SEEN of glibc */

#define GETDELIM(name)                                                    \
	HOOK ssize_t name(char **line, size_t *size, int end, FILE *f);   \
	HOOK ssize_t name(char **line, size_t *size, int end, FILE *f)    \
	{                                                                 \
		static ssize_t (*next)(char **, size_t *, int, FILE *);   \
		int error = 0;                                            \
                                                                          \
		if (!next)                                                \
			next = inject_next(#name);                        \
		if (inject_call("getdelim", SITE, &error) != ACTION_FAIL) \
			return next(line, size, end, f);                  \
		f->_flags |= STREAM_ERROR;                                \
		errno = error;                                            \
		return -1;                                                \
	}
GETDELIM(getdelim)
GETDELIM(__getdelim)

HOOK size_t fread(void *to, size_t size, size_t n, FILE *f)
{
	static size_t (*next)(void *, size_t, size_t, FILE *);
	int error = 0;

	if (!next)
		next = inject_next("fread");
	if (inject_call("fread", SITE, &error) != ACTION_FAIL)
		return next(to, size, n, f);
	f->_flags |= STREAM_ERROR;
	errno = error;
	return 0;
}

HOOK char *fgets(char *to, int size, FILE *f)
{
	static char *(*next)(char *, int, FILE *);
	int error = 0;

	if (!next)
		next = inject_next("fgets");
	if (inject_call("fgets", SITE, &error) != ACTION_FAIL)
		return next(to, size, f);
	f->_flags |= STREAM_ERROR;
	errno = error;
	return NULL;
}

/* ---- processes, events, sockets ---- */

CALL(int, pipe2, "pipe2", -1, (int *ends, int flags), (ends, flags))
CALL(pid_t, fork, "fork", -1, (void), ())
CALL(int, execvp, "execvp", -1, (const char *file, char *const *argv),
     (file, argv))
/* To be handed on its words go into an array. */
HOOK int execlp(const char *file, const char *word, ...);
HOOK int execlp(const char *file, const char *word, ...)
{
	static int (*next)(const char *file, char *const *argv);
	char *argv[16] = { (char *)word };
	int error = 0;
	va_list list;

	if (!next)
		next = inject_next("execvp");
	va_start(list, word);
	for (size_t i = 1; i < 15 && argv[i - 1]; i++)
		argv[i] = va_arg(list, char *);
	va_end(list);
	if (inject_call("execlp", SITE, &error) != ACTION_FAIL)
		return next(file, argv);
	errno = error;
	return -1;
}

CALL(pid_t, waitpid, "waitpid", -1, (pid_t pid, int *status, int options),
     (pid, status, options))
CALL(int, kill, "kill", -1, (pid_t pid, int number), (pid, number))
CALL(int, sigwaitinfo, "sigwaitinfo", -1, (const void *set, void *info),
     (set, info))
CALL(int, nanosleep, "nanosleep", -1,
     (const struct timespec *time, struct timespec *left), (time, left))
CALL(int, sched_setaffinity, "sched_setaffinity", -1,
     (pid_t pid, size_t size, const void *mask), (pid, size, mask))
CALL(int, dup3, "dup3", -1, (int from, int to, int flags), (from, to, flags))
CALL(int, sched_getaffinity, "sched_getaffinity", -1,
     (pid_t pid, size_t size, void *mask), (pid, size, mask))
CALL(int, pidfd_open, "pidfd_open", -1, (pid_t pid, unsigned int flags),
     (pid, flags))
CALL(int, pidfd_getfd, "pidfd_getfd", -1,
     (int pidfd, int fd, unsigned int flags), (pidfd, fd, flags))
CALL(int, epoll_create1, "epoll_create1", -1, (int flags), (flags))
CALL(int, epoll_ctl, "epoll_ctl", -1,
     (int epoll, int what, int fd, struct epoll_event *event),
     (epoll, what, fd, event))
CALL(int, epoll_wait, "epoll_wait", -1,
     (int epoll, struct epoll_event *events, int n, int timeout),
     (epoll, events, n, timeout))
CALL(int, inotify_init1, "inotify_init1", -1, (int flags), (flags))
CALL(int, inotify_add_watch, "inotify_add_watch", -1,
     (int fd, const char *path, uint32_t mask), (fd, path, mask))
CALL(int, signalfd, "signalfd", -1, (int fd, const void *set, int flags),
     (fd, set, flags))
CALL(int, timerfd_create, "timerfd_create", -1, (int clock, int flags),
     (clock, flags))
CALL(int, socket, "socket", -1, (int family, int type, int protocol),
     (family, type, protocol))
CALL(ssize_t, sendto, "sendto", -1,
     (int fd, const void *buf, size_t n, int flags, const struct sockaddr *to,
      unsigned int length),
     (fd, buf, n, flags, to, length))
CALL(int, socketpair, "socketpair", -1,
     (int family, int type, int protocol, int ends[2]),
     (family, type, protocol, ends))
CALL(ssize_t, sendmsg, "sendmsg", -1,
     (int fd, const struct msghdr *message, int flags), (fd, message, flags))
CALL(ssize_t, recvmsg, "recvmsg", -1,
     (int fd, struct msghdr *message, int flags), (fd, message, flags))
CALL(int, poll, "poll", -1,
     (struct pollfd * list, unsigned long n, int timeout), (list, n, timeout))
CALL(int, dup2, "dup2", -1, (int from, int to), (from, to))
/* What fails is looking for the library: so dlerror() has a word for it. */
HOOK void *dlopen(const char *file, int flags);
HOOK void *dlopen(const char *file, int flags)
{
	static void *(*next)(const char *file, int flags);
	int error = 0;

	if (!next)
		next = inject_next("dlopen");
	if (inject_call("dlopen", SITE, &error) == ACTION_FAIL)
		file = "a library that is not there";
	return next(file, flags);
}

CALL(int, euidaccess, "euidaccess", -1, (const char *path, int mode),
     (path, mode))
CALL(void *, gzopen64, "gzopen", NULL, (const char *path, const char *mode),
     (path, mode))
CALL(int, gzread, "gzread", -1, (void *file, void *buf, unsigned int n),
     (file, buf, n))
CALL(struct passwd *, getpwuid, "getpwuid", NULL, (uid_t uid), (uid))
CALL(long, syscall, "syscall", -1,
     (long number, long a, long b, long c, long d, long e, long f),
     (number, a, b, c, d, e, f))

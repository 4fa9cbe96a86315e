/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one C library has and another one does not: glibc and musl. */
#ifndef CORE_BASE_COMPAT_H
#define CORE_BASE_COMPAT_H

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* "ENOENT" of an errno; NULL if it has no name. (glibc: strerrorname_np.) */
const char *errno_name(int number);

/* The type of ioctl's second parameter. */
#ifdef __GLIBC__
typedef unsigned long ioctl_request_t;
#else
typedef int ioctl_request_t;
#endif

/* pidfd_open(2) and pidfd_getfd(2), for a C library without wrappers. */
#if __has_include(<sys/pidfd.h>)
#include <sys/pidfd.h>
#else
static inline int pidfd_open(pid_t pid, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_open, pid, flags);
}

static inline int pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, flags);
}
#endif

/*
 * A variable on a hot path that is written before it is read: it is not zeroed
 * first (-ftrivial-auto-var-init).
 */
#if __has_attribute(uninitialized)
#define _uninitialized_ __attribute__((uninitialized))
#else
#define _uninitialized_
#endif

#endif

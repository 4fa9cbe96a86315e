// SPDX-License-Identifier: GPL-2.0-or-later
/* CPUs, memory policy, users, processes, and system calls by number. */
#include "fake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---- CPUs ---- */

HOOK long sysconf(int name)
{
	if (fake_on() && name == _SC_NPROCESSORS_CONF)
		return machine.cpus_conf;
	if (fake_on() && name == _SC_NPROCESSORS_ONLN)
		return machine.cpus_online;
	return real.sysconf(name);
}

HOOK int get_nprocs(void)
{
	return fake_on() ? machine.cpus_online : real.get_nprocs();
}

HOOK int get_nprocs_conf(void)
{
	return fake_on() ? machine.cpus_conf : real.get_nprocs_conf();
}

/* As the system call: a mask shorter than the machine's is refused, and the
 * length of what was written is returned. */
long fake_getaffinity(pid_t pid, size_t size, void *mask)
{
	uint8_t allowed[FAKE_MAX_CPUS / 8];
	size_t need = ((size_t)machine.nr_cpus + 63) / 64 * 8;

	if (!fake_on())
		return real.syscall(SYS_sched_getaffinity, pid, size, mask);
	if (8 * size < (size_t)machine.nr_cpus || size % sizeof(long)) {
		errno = EINVAL;
		return -1;
	}
	machine_affinity(allowed);
	if (size > need)
		size = need;
	memcpy(mask, allowed, size);
	return (long)size;
}

HOOK int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *mask)
{
	long n;

	fake_on();
	n = fake_getaffinity(pid, size, mask);
	if (n < 0)
		return -1;
	memset((char *)mask + n, 0, size - (size_t)n);
	return 0;
}

HOOK int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *mask)
{
	int error;

	if (!fake_on() || pid)
		return (int)real.syscall(SYS_sched_setaffinity, pid, size,
					 mask);
	error = machine_set_affinity((const uint8_t *)mask, size);
	errno = -error;
	return error ? -1 : 0;
}

/* ---- memory policy: libnuma asks whether there is any ---- */

static long get_policy(int *mode, unsigned long *nodes, unsigned long bits,
		       unsigned long flags)
{
	if (mode)
		*mode = 0;
	if (nodes) {
		memset(nodes, 0, bits / 8);
		if (flags & 4) /* MPOL_F_MEMS_ALLOWED */
			memcpy(nodes, machine.mems,
			       bits / 8 < sizeof(machine.mems)
				       ? bits / 8
				       : sizeof(machine.mems));
	}
	return 0;
}

/* ---- who and where ---- */

#define ID_HOOK(type, name, number, member)                                   \
	HOOK type name(void)                                                  \
	{                                                                     \
		return fake_on() && machine.uid ? machine.member              \
						: (type)real.syscall(number); \
	}
ID_HOOK(uid_t, getuid, SYS_getuid, uid)
ID_HOOK(uid_t, geteuid, SYS_geteuid, uid)
ID_HOOK(gid_t, getgid, SYS_getgid, gid)
ID_HOOK(gid_t, getegid, SYS_getegid, gid)

HOOK int uname(struct utsname *name)
{
	int result;

	fake_on();
	result = (int)real.syscall(SYS_uname, name);
	if (!result && fake_on() && *machine.release)
		memcpy(name->release, machine.release, sizeof(machine.release));
	return result;
}

/* ---- descriptors of other processes ---- */

int fake_pidfd_open(pid_t pid, unsigned int flags)
{
	int error = 0;

	if (fake_on()) {
		lock_enter();
		error = fault("pidfd_open");
		lock_leave();
	}
	if (!error)
		return (int)real.syscall(SYS_pidfd_open, pid, flags);
	errno = -error;
	return -1;
}

int fake_pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	int error = 0;

	if (fake_on()) {
		lock_enter();
		error = fault("pidfd_getfd");
		lock_leave();
		if (!error && !machine.ptrace)
			error = -EPERM;
	}
	if (!error)
		return (int)real.syscall(SYS_pidfd_getfd, pidfd, fd, flags);
	errno = -error;
	return -1;
}

static long fake_pidfd_send_signal(const long *a)
{
	int error;

	lock_enter();
	error = fault("pidfd_send_signal");
	lock_leave();
	if (!error)
		return real.syscall(SYS_pidfd_send_signal, a[0], a[1], a[2],
				    a[3]);
	errno = -error;
	return -1;
}

HOOK int pidfd_open(pid_t pid, unsigned int flags)
{
	fake_on();
	return fake_pidfd_open(pid, flags);
}

HOOK int pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	fake_on();
	return fake_pidfd_getfd(pidfd, fd, flags);
}

/* ---- by number ---- */

static long by_path(long number, const long *a, bool *done)
{
	const char *path = (const char *)a[1];

	*done = true;
	switch (number) {
#ifdef SYS_open
	case SYS_open:
		return fake_openat(AT_FDCWD, (const char *)a[0], (int)a[1],
				   (mode_t)a[2]);
#endif
#ifdef SYS_readlink
	case SYS_readlink:
		return fake_readlinkat(AT_FDCWD, (const char *)a[0],
				       (char *)a[1], (size_t)a[2]);
#endif
	case SYS_openat:
		return fake_openat((int)a[0], path, (int)a[2], (mode_t)a[3]);
	case SYS_openat2:
		return fake_openat((int)a[0], path,
				   (int)((struct open_how *)a[2])->flags,
				   (mode_t)((struct open_how *)a[2])->mode);
	case SYS_readlinkat:
		return fake_readlinkat((int)a[0], path, (char *)a[2],
				       (size_t)a[3]);
	case SYS_newfstatat:
		return fake_fstatat((int)a[0], path, (struct stat *)a[2],
				    (int)a[3]);
	case SYS_statx:
		return fake_statx((int)a[0], path, (int)a[2],
				  (unsigned int)a[3], (struct statx *)a[4]);
	case SYS_faccessat:
		return fake_faccessat((int)a[0], path, (int)a[2], 0);
	case SYS_faccessat2:
		return fake_faccessat((int)a[0], path, (int)a[2], (int)a[3]);
	default:
		*done = false;
		return 0;
	}
}

static long by_number(long number, const long *a, bool *done)
{
	long result = by_path(number, a, done);

	if (*done)
		return result;
	*done = true;
	switch (number) {
	case SYS_ioctl:
		return fake_ioctl((int)a[0], (unsigned long)a[1], (void *)a[2]);
	case SYS_pread64:
		return fake_pread((int)a[0], (void *)a[1], (size_t)a[2], a[3]);
	case SYS_close:
		return close((int)a[0]);
	case SYS_sched_getaffinity:
		return fake_getaffinity((pid_t)a[0], (size_t)a[1],
					(void *)a[2]);
	case SYS_get_mempolicy:
		return get_policy((int *)a[0], (unsigned long *)a[1],
				  (unsigned long)a[2], (unsigned long)a[4]);
	case SYS_set_mempolicy:
	case SYS_mbind:
		return 0;
	case SYS_pidfd_open:
		return fake_pidfd_open((pid_t)a[0], (unsigned int)a[1]);
	case SYS_pidfd_send_signal:
		return fake_pidfd_send_signal(a);
	case SYS_pidfd_getfd:
		return fake_pidfd_getfd((int)a[0], (int)a[1],
					(unsigned int)a[2]);
	case SYS_getuid:
		return getuid();
	case SYS_geteuid:
		return geteuid();
	default:
		*done = false;
		return 0;
	}
}

HOOK long syscall(long number, ...)
{
	bool done = false;
	long a[6], result;
	va_list list;
	int i;

	va_start(list, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (fake_on()) {
		result = by_number(number, a, &done);
		if (done)
			return result;
	}
	return real.syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

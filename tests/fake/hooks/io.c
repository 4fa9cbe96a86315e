// SPDX-License-Identifier: GPL-2.0-or-later
/* What is done with a descriptor: ioctl, read, write, mmap, close. */
#include "fake.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static ssize_t result_of(ssize_t result)
{
	if (result >= 0)
		return result;
	errno = (int)-result;
	return -1;
}

long ioctl_fake(int fd, struct fd_state *state, unsigned long number, void *arg)
{
	switch (state->kind) {
	case KIND_CONTAINER:
		return ioctl_container(state, number, arg);
	case KIND_GROUP:
		return ioctl_group(state, number, arg);
	case KIND_IOMMUFD:
		return ioctl_iommufd(state, number, arg);
	case KIND_CDEV:
		return ioctl_cdev(fd, state, number, arg);
	case KIND_DEVICE:
		return ioctl_device(state, number, arg);
	default:
		return -ENOTTY;
	}
}

int fake_ioctl(int fd, unsigned long number, void *arg)
{
	struct fd_state state;
	long result;

	if (!fake_on() || !fd_load(fd, &state))
		return (int)real.syscall(SYS_ioctl, fd, number, arg);
	lock_enter();
	number &= 0xffffffff;
	/* Again: another thread or process may have been at it. */
	result = fd_load(fd, &state) ? ioctl_fake(fd, &state, number, arg)
				     : -EBADF;
	if (result == -ENOTTY) {
		char object[32], name[32];

		log_object(&state, object, sizeof(object));
		snprintf(name, sizeof(name), "ioctl.%#lx", number);
		log_call(object, name, result, "");
	}
	lock_leave();
	return (int)result_of(result);
}

HOOK int ioctl(int fd, unsigned long number, ...)
{
	va_list list;
	void *arg;

	va_start(list, number);
	arg = va_arg(list, void *);
	va_end(list);
	fake_on();
	return fake_ioctl(fd, number, arg);
}

/* ---- read and write ---- */

ssize_t fake_pread(int fd, void *buf, size_t n, off_t at)
{
	struct fd_state state;

	if (!fake_on() || !fd_load(fd, &state))
		return sys_pread(fd, buf, n, at);
	return result_of(region_read(&state, buf, n, at));
}

static ssize_t fake_pwrite(int fd, const void *buf, size_t n, off_t at)
{
	struct fd_state state;

	if (!fake_on() || !fd_load(fd, &state))
		return sys_pwrite(fd, buf, n, at);
	return result_of(region_write(&state, buf, n, at));
}

#define PREAD_HOOK(name)                                          \
	HOOK ssize_t name(int fd, void *buf, size_t n, off_t at); \
	HOOK ssize_t name(int fd, void *buf, size_t n, off_t at)  \
	{                                                         \
		fake_on();                                        \
		return fake_pread(fd, buf, n, at);                \
	}
PREAD_HOOK(pread)
PREAD_HOOK(pread64)
PREAD_HOOK(__pread64)

#define PREAD_CHK_HOOK(name)                                                   \
	HOOK ssize_t name(int fd, void *buf, size_t n, off_t at, size_t room); \
	HOOK ssize_t name(int fd, void *buf, size_t n, off_t at, size_t room)  \
	{                                                                      \
		if (n > room)                                                  \
			abort();                                               \
		return pread(fd, buf, n, at);                                  \
	}
PREAD_CHK_HOOK(__pread_chk)
PREAD_CHK_HOOK(__pread64_chk)

#define PWRITE_HOOK(name)                                               \
	HOOK ssize_t name(int fd, const void *buf, size_t n, off_t at); \
	HOOK ssize_t name(int fd, const void *buf, size_t n, off_t at)  \
	{                                                               \
		fake_on();                                              \
		return fake_pwrite(fd, buf, n, at);                     \
	}
PWRITE_HOOK(pwrite)
PWRITE_HOOK(pwrite64)
PWRITE_HOOK(__pwrite64)

HOOK ssize_t read(int fd, void *buf, size_t n)
{
	struct fd_state state;
	ssize_t result;
	off_t at;

	if (!fake_on() || !fd_load(fd, &state))
		return real.read(fd, buf, n);
	at = real.syscall(SYS_lseek, fd, 0L, SEEK_CUR);
	result = region_read(&state, buf, n, at);
	if (result > 0)
		real.syscall(SYS_lseek, fd, at + result, SEEK_SET);
	return result_of(result);
}

HOOK ssize_t __read_chk(int fd, void *buf, size_t n, size_t room);
HOOK ssize_t __read_chk(int fd, void *buf, size_t n, size_t room)
{
	if (n > room)
		abort();
	return read(fd, buf, n);
}

HOOK ssize_t write(int fd, const void *buf, size_t n)
{
	struct fd_state state;
	ssize_t result;
	off_t at;

	if (!fake_on() || !fd_load(fd, &state))
		return real.write(fd, buf, n);
	at = real.syscall(SYS_lseek, fd, 0L, SEEK_CUR);
	result = region_write(&state, buf, n, at);
	if (result > 0)
		real.syscall(SYS_lseek, fd, at + result, SEEK_SET);
	return result_of(result);
}

/* ---- mmap, close ---- */

#define MMAP_HOOK(name)                                                    \
	HOOK void *name(void *addr, size_t n, int prot, int flags, int fd, \
			off_t at);                                         \
	HOOK void *name(void *addr, size_t n, int prot, int flags, int fd, \
			off_t at)                                          \
	{                                                                  \
		struct fd_state state;                                     \
                                                                           \
		if (!fake_on() || (flags & MAP_ANONYMOUS) ||               \
		    !fd_load(fd, &state))                                  \
			return real.mmap(addr, n, prot, flags, fd, at);    \
		return region_map(&state, addr, n, prot, flags, at);       \
	}
MMAP_HOOK(mmap)
MMAP_HOOK(mmap64)

/* The last close of a device takes effect at once when it is done by name;
 * otherwise at the next look. */
HOOK int close(int fd)
{
	struct fd_state state;
	bool machines = fake_on() && fd_load(fd, &state);
	int result = real.close(fd);

	if (machines && !result) {
		lock_enter();
		lock_leave();
	}
	return result;
}

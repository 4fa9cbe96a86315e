// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies from and to the caller that fail, as the kernel's do, with -EFAULT
 * where the address is bad. */
#include "fake.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static int copy(long number, void *own, void *other, size_t size)
{
	struct iovec here = { own, size }, there = { other, size };
	long n;

	if (!size)
		return 0;
	n = real.syscall(number, real.syscall(SYS_getpid), &here, 1ul, &there,
			 1ul, 0ul);
	/* An emulator of programs has no such call: then without the check. */
	if (n < 0 && errno == ENOSYS) {
		if (number == SYS_process_vm_readv)
			memcpy(own, other, size);
		else
			memcpy(other, own, size);
		return 0;
	}
	return n == (long)size ? 0 : -EFAULT;
}

int user_get(void *to, const void *from, size_t size)
{
	return copy(SYS_process_vm_readv, to, (void *)(uintptr_t)from, size);
}

int user_put(void *to, const void *from, size_t size)
{
	int error =
		copy(SYS_process_vm_writev, (void *)(uintptr_t)from, to, size);

	/* Once more, now that it is safe, where a checker of memory sees
	 * that the bytes have a value. */
	if (!error && size)
		memcpy(to, from, size);
	return error;
}

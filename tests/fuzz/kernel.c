/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "uapi/vfio_pci_tph.h"

#define CONFIG_SIZE 4096
#define BAR_SIZE    (64 * 1024)

static const uint8_t *input;
static size_t left;
static uint8_t config[CONFIG_SIZE];
static uint8_t bar[BAR_SIZE];

uint8_t kernel_take(void)
{
	if (!left)
		return 0;
	left--;
	return *input++;
}

static size_t take_bytes(void *to, size_t size)
{
	size_t n = size < left ? size : left;

	memcpy(to, input, n);
	input += n;
	left -= n;
	return n;
}

/*
 * Config space: capabilities where the input says nothing else, so that most
 * inputs get somewhere. Two bytes of it become the TPH capability register.
 */
void kernel_load(const uint8_t *data, size_t size)
{
	static const uint8_t head[] = { 0x86, 0x80, 0x25, 0x0b,
					0x06, 0x00, 0x10, 0x00 };
	static const uint8_t msix[] = { 0x11, 0x00, 0x07, 0x80, 0x02, 0x10 };
	static const uint8_t tph[] = { 0x17, 0x00, 0x01, 0x00 };

	input = data;
	left = size;
	memset(config, 0, sizeof(config));
	memcpy(config, head, sizeof(head));
	config[0x34] = 0x40;
	memcpy(config + 0x40, msix, sizeof(msix));
	memcpy(config + 0x100, tph, sizeof(tph));
	take_bytes(config + 0x42, 2);
	take_bytes(config + 0x104, 8);
}

/* -1 and an errno, which is never 0. */
static int fail(uint8_t byte)
{
	errno = byte ? byte : EIO;
	return -1;
}

/* 0 or more, or -1 and errno. */
static int take_result(void)
{
	uint8_t byte = kernel_take();

	if (byte < 0x80)
		return byte < 0x78 ? 0 : byte - 0x70;
	return fail(byte & 0x7f);
}

static size_t size_of_argument(unsigned long request, const void *argument)
{
	uint32_t argsz;

	switch (request) {
	case VFIO_DEVICE_PCI_TPH:
	case VFIO_DEVICE_GET_REGION_INFO:
	case VFIO_DEVICE_GET_PCI_HOT_RESET_INFO:
	case VFIO_GROUP_GET_STATUS:
		memcpy(&argsz, argument, sizeof(argsz));
		return argsz;
	default:
		return 0;
	}
}

/* Of the kernel's trees; all other paths are libFuzzer's own. */
static bool is_answered(const char *path)
{
	return strncmp(path, "/dev/vfio", 9) == 0 ||
	       strncmp(path, "/dev/iommu", 10) == 0 ||
	       strncmp(path, "/sys/", 5) == 0 || strncmp(path, "/proc", 5) == 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __real_close(int fd);
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset);
void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int fd,
		    off_t offset);
void *__real_mmap64(void *at, size_t size, int protection, int flags, int fd,
		    off_t offset);
int __wrap_munmap(void *at, size_t size);
int __real_munmap(void *at, size_t size);
int __wrap_access(const char *path, int mode);
int __real_access(const char *path, int mode);
ssize_t __wrap_readlink(const char *path, char *buffer, size_t size);
ssize_t __real_readlink(const char *path, char *buffer, size_t size);
DIR *__wrap_opendir(const char *path);
DIR *__real_opendir(const char *path);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *argument;
	int result = take_result();

	va_start(ap, request);
	argument = va_arg(ap, void *);
	va_end(ap);
	fuzz_must(fd == KERNEL_FD);
	/* A call that a signal broke off has written nothing. */
	if (result < 0 && errno == EINTR)
		return -1;
	take_bytes(argument, size_of_argument(request, argument));
	return result >= 0 && request == VFIO_GROUP_GET_DEVICE_FD ? KERNEL_FD
								  : result;
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	if (!is_answered(path)) {
		va_start(ap, flags);
		mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
		va_end(ap);
		return __real_open(path, flags, mode);
	}
	return take_result() < 0 ? -1 : KERNEL_FD;
}

int __wrap_close(int fd)
{
	return fd == KERNEL_FD ? 0 : __real_close(fd);
}

/* Short where the input says so; the TPH registers change as it says. */
ssize_t __wrap_pread64(int fd, void *buffer, size_t size, off_t offset)
{
	uint8_t how = kernel_take();

	fuzz_must(fd == KERNEL_FD);
	if (how == 0xff)
		return fail(kernel_take());
	if (how >= 0xf0 && size > 1)
		size = how & 1;
	offset &= CONFIG_SIZE - 1;
	if (size > CONFIG_SIZE - (size_t)offset)
		size = CONFIG_SIZE - (size_t)offset;
	if (how & 0x40)
		take_bytes(config + offset, size);
	memcpy(buffer, config + offset, size);
	return (ssize_t)size;
}

void *__wrap_mmap64(void *at, size_t size, int protection, int flags, int fd,
		    off_t offset)
{
	if (fd != KERNEL_FD)
		return __real_mmap64(at, size, protection, flags, fd, offset);
	fuzz_must(offset >= 0 && size > 0 && protection == PROT_READ);
	if (size <= BAR_SIZE && take_result() == 0) {
		take_bytes(bar, 64);
		return bar;
	}
	errno = ENOMEM;
	return MAP_FAILED;
}

int __wrap_munmap(void *at, size_t size)
{
	return at == bar ? 0 : __real_munmap(at, size);
}

int __wrap_access(const char *path, int mode)
{
	if (!is_answered(path))
		return __real_access(path, mode);
	return take_result() < 0 ? -1 : 0;
}

ssize_t __wrap_readlink(const char *path, char *buffer, size_t size)
{
	if (!is_answered(path))
		return __real_readlink(path, buffer, size);
	if (take_result() < 0)
		return -1;
	return (ssize_t)take_bytes(buffer, size < 40 ? size : 40);
}

/* Nobody is in /proc, and no group in sysfs: that is not what is tried. */
DIR *__wrap_opendir(const char *path)
{
	if (!is_answered(path))
		return __real_opendir(path);
	errno = ENOENT;
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ioctl() replaced by a record of what was issued, byte by byte, and an
 * answer that the test chooses. For programs linked with --wrap=ioctl.
 */
#ifndef FAKE_IOCTL_H
#define FAKE_IOCTL_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FAKE_FD	       1234
#define FAKE_CALLS_MAX 64
/* What the tool's probe must provide, since the kernel may write into it. */
#define FAKE_PROBE 4096
#define FAKE_TPH   0x3b7a

struct fake_call {
	int fd;
	unsigned long request;
	size_t size;	/* of bytes: argsz, and all of a probe */
	uint8_t *bytes; /* as they came in */
};

static struct fake_call fake_calls[FAKE_CALLS_MAX];
static unsigned int fake_n;

/* Answer the call (0 is the first) in its bytes: 0, or -errno. */
static int (*fake_answer)(unsigned int call, uint8_t *bytes);

static inline uint32_t fake_get16(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8;
}

static inline uint32_t fake_get32(const uint8_t *at)
{
	return fake_get16(at) | fake_get16(at + 2) << 16;
}

int __wrap_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct fake_call *call;
	uint8_t *bytes;
	va_list ap;
	int r;

	va_start(ap, request);
	bytes = va_arg(ap, uint8_t *);
	va_end(ap);
	assert_true(fake_n < FAKE_CALLS_MAX);
	call = &fake_calls[fake_n];
	call->fd = fd;
	call->request = request;
	call->size = fake_get32(bytes);
	if (request == FAKE_TPH && call->size == 8)
		call->size = FAKE_PROBE;
	call->bytes = malloc(call->size);
	assert_non_null(call->bytes);
	memcpy(call->bytes, bytes, call->size);
	r = fake_answer ? fake_answer(fake_n, bytes) : 0;
	fake_n++;
	if (r < 0)
		errno = -r;
	return r < 0 ? -1 : r;
}

/* To be run after every test. */
static inline int fake_reset(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < fake_n; i++)
		free(fake_calls[i].bytes);
	fake_n = 0;
	fake_answer = NULL;
	return 0;
}

#endif

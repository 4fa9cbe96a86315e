/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls by which the tool acts on VFIO, each told to whoever traces them
 * (--verbose, --dry-run). In a dry run a call that changes anything is told
 * and not issued: that is decided here, and io->issued says what was done.
 */
#ifndef CORE_VFIO_IO_H
#define CORE_VFIO_IO_H

#include <stdbool.h>
#include <stdint.h>

/* One call as the trace gets it. */
struct io_call {
	const char *device;    /* address it is about, or NULL */
	const char *name;      /* "VFIO_DEVICE_PCI_TPH", "open" */
	const char *arguments; /* decoded: "ENABLE mode=iv"; may be "" */
	bool issued;	       /* false in a dry run */
	int result;	       /* what it returned, or -errno */
};

struct io {
	bool dry_run;
	void (*trace)(void *context, const struct io_call *call);
	void *context;
	const char *device; /* what the next calls are about */
	bool renewed;	    /* TPH was, see steering_enable() */
	bool issued;	    /* the last call was: not so in a dry run */
	/* The mode in which TPH was on in the register alone, or NULL. */
	const char *taken_from;
};

/*
 * open(2) with O_RDWR | O_CLOEXEC. Returns the descriptor, or -errno; in a
 * dry run IO_DRY_FD, which io_ioctl takes.
 */
int io_open(struct io *io, const char *path);

#define IO_DRY_FD (-1000)
#define IO_DRY_ID UINT32_MAX

/* Did a call that returns a descriptor fail? In a dry run it does not. */
static inline bool io_failed(int fd)
{
	return fd < 0 && fd != IO_DRY_FD;
}

/*
 * ioctl(2); format and what follows decode the argument for the trace.
 * Repeats on EINTR, without end unless a signal that is held back waits.
 * Returns what ioctl returns, or -errno. In a dry run it fills in and returns
 * what a kernel would that lets it succeed: IO_DRY_FD for a descriptor,
 * IO_DRY_ID for the id of an object.
 */
int io_ioctl(struct io *io, int fd, unsigned long request, void *argument,
	     const char *name, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/*
 * The same for a call that only asks: in a dry run it is issued all the
 * same where the descriptor is a real one (that of an owner).
 */
int io_query(struct io *io, int fd, unsigned long request, void *argument,
	     const char *name, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

#endif

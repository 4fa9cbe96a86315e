/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls into libpci. It reports an error by a call that must not return; the
 * way out of it is to jump. Every call that can fail goes through
 * pci_guarded(). Only what <pci/pci.h> does not call internal is used: the
 * rest has moved between versions of one soname.
 */
#include <errno.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/pci/private.h"

static _Thread_local jmp_buf *way_out;
static _Thread_local char what_failed[256];

static void __attribute__((noreturn, format(printf, 1, 2)))
on_error(char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(what_failed, sizeof(what_failed), format, ap);
	va_end(ap);
	if (!way_out)
		abort(); /* a call that is not guarded: a bug of ours */
	longjmp(*way_out, 1);
}

/* Warnings and debugging of libpci: what matters is said by ourselves. */
static void __attribute__((format(printf, 1, 2))) on_remark(char *format, ...)
{
	(void)format;
}

int pci_guarded(void (*call)(void *), void *argument, struct error *err)
{
	jmp_buf env;

	if (setjmp(env)) {
		way_out = NULL;
		return error_set(err, ERR_SYSTEM, EIO, "libpci: %s",
				 what_failed);
	}
	way_out = &env;
	call(argument);
	way_out = NULL;
	return 0;
}

struct pci_access *pci_access_new(void)
{
	struct pci_access *access = pci_alloc();

	/* No probing of raw ports: sysfs, or nothing. */
	access->method = PCI_ACCESS_SYS_BUS_PCI;
	access->error = on_error;
	access->warning = on_remark;
	access->debug = on_remark;
	/* Not ~/.pciids-cache: for its name libpci would ask for our user. */
	access->id_lookup_mode = 0;
	return access;
}

static void scan(void *argument)
{
	pci_init(argument);
	pci_scan_bus(argument);
}

static int keep(const struct pci_access *access, struct pci_function **list,
		size_t *n)
{
	size_t room = 0;
	int r = 0;

	for (const struct pci_dev *d = access->devices; d && r == 0;
	     d = d->next) {
		const struct bdf bdf = { .domain = (uint32_t)d->domain,
					 .bus = d->bus,
					 .device = d->dev,
					 .function = d->func };

		r = pci_function_add(list, n, &room, &bdf);
	}
	return r;
}

/*
 * What libpci knows of each of thousands of functions is twenty times as much
 * as is needed, and is not kept.
 */
int pci_machine_list(struct pci_function **list, size_t *n, struct error *err)
{
	struct pci_access *access = pci_access_new();
	int r = pci_guarded(scan, access, err);

	if (r == 0 && keep(access, list, n))
		r = error_system(err, ENOMEM, "cannot list the devices");
	pci_cleanup(access);
	return r;
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The check of abi-edges for pages that are not there when the kernel reads
 * or writes an argument. userfaultfd keeps the call waiting for its page as
 * long as we like: meanwhile the device must be free for all others, and then
 * the page comes, or it never does.
 */
#include "abi-edges.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MANY	 500   /* entries: more than a page */
#define PATIENCE 30000 /* ms; an emulated machine is slow */

/* What becomes of the page. */
enum end { SUPPLY, UNMAP, FORBID };

struct pending {
	struct edges *e;
	uint32_t op;
	bool reading; /* the kernel waits to read it, or to write */
	enum end end;
	int faults; /* userfaultfd */
	int freed;  /* eventfd: the others are through */
	size_t page;
	unsigned char *memory;	/* two pages, the second is missing */
	unsigned char *content; /* of the second */
	unsigned char *call;
	int result;
};

static const char *const end_names[] = { "supplied", "unmapped", "forbidden" };

static void control_faults(int faults, unsigned long request, void *argument)
{
	if (ioctl(faults, request, argument))
		err(1, "userfaultfd, request %#lx", request);
}

static void protect_writing(struct pending *p, bool on)
{
	struct uffdio_writeprotect range = {
		.range = { (uintptr_t)p->memory + p->page, p->page },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	control_faults(p->faults, UFFDIO_WRITEPROTECT, &range);
}

/* The second page: gone for readers, or locked for writers. */
static void take_page(struct pending *p)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	unsigned char *second = p->memory + p->page;
	struct uffdio_register range = {
		.range = { (uintptr_t)second, p->page },
		.mode = p->reading ? UFFDIO_REGISTER_MODE_MISSING
				   : UFFDIO_REGISTER_MODE_WP,
	};

	p->faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (p->faults < 0)
		err(1, "userfaultfd");
	control_faults(p->faults, UFFDIO_API, &api);
	memcpy(p->content, second, p->page);
	if (p->reading && madvise(second, p->page, MADV_DONTNEED))
		err(1, "madvise");
	control_faults(p->faults, UFFDIO_REGISTER, &range);
	if (!p->reading)
		protect_writing(p, true);
}

static void end_waiting(struct pending *p)
{
	unsigned char *second = p->memory + p->page;
	struct uffdio_range range = { (uintptr_t)second, p->page };

	switch (p->end) {
	case SUPPLY:
		if (p->reading) {
			struct uffdio_copy copy = {
				.dst = (uintptr_t)second,
				.src = (uintptr_t)p->content,
				.len = p->page,
			};

			control_faults(p->faults, UFFDIO_COPY, &copy);
		} else {
			protect_writing(p, false);
		}
		return;
	case UNMAP:
		munmap(second, p->page);
		break;
	case FORBID:
		mprotect(second, p->page, PROT_NONE);
		break;
	}
	control_faults(p->faults, UFFDIO_WAKE, &range);
}

static void *issue_waiting(void *argument)
{
	struct pending *p = argument;

	p->result = issue_call(p->e->held.device, p->call);
	return NULL;
}

/* If the others hang on the missing page, only this lets them go. */
static void *rescue(void *argument)
{
	struct pending *p = argument;
	struct pollfd poll_freed = { .fd = p->freed, .events = POLLIN };

	if (poll(&poll_freed, 1, PATIENCE) == 0) {
		complain(p->e, "%s waits for its page, and all others for it",
			 op_name(p->op));
		end_waiting(p);
	}
	return NULL;
}

/* What others do to the device meanwhile; its state is in the end as before. */
static void use_device(struct pending *p)
{
	unsigned char buffer[AT_ENTRIES + ENTRY_SIZE];
	bool on = p->op != ENABLE;
	static const uint32_t ops[2][5] = {
		{ GET_CAP, ENABLE, GET_ST, SET_ST, DISABLE },
		{ GET_CAP, DISABLE, ENABLE, GET_ST, SET_ST },
	};

	for (size_t i = 0; i < 5; i++) {
		make_call(buffer, ops[on][i], MODE_DS, 1, 1, 1);
		try_call(p->e, buffer, OK, "%s while %s waits for its page",
			 op_name(ops[on][i]), op_name(p->op));
	}
	if (reset_device(&p->e->held))
		complain(p->e, "no reset while %s waits for its page",
			 op_name(p->op));
}

/* A call changed under the kernel's hands: the kernel goes by what it read. */
static void change_head(struct pending *p)
{
	put(p->call + AT_ARGSZ, UINT32_MAX, 4);
	if (p->op == GET_ST || p->op == SET_ST)
		put(p->call + AT_COUNT, MAX_ENTRIES, 4);
}

static void await_fault(struct pending *p)
{
	struct pollfd poll_fault = { .fd = p->faults, .events = POLLIN };
	struct uffd_msg message;

	if (poll(&poll_fault, 1, PATIENCE) != 1 ||
	    read(p->faults, &message, sizeof(message)) != sizeof(message))
		errx(1, "%s did not come to its second page", op_name(p->op));
}

static void wait_and_see(struct pending *p)
{
	pthread_t issuer, rescuer;
	uint64_t one = 1;

	p->freed = eventfd(0, EFD_CLOEXEC);
	if (p->freed < 0 || pthread_create(&issuer, NULL, issue_waiting, p))
		err(1, "thread");
	await_fault(p);
	if (pthread_create(&rescuer, NULL, rescue, p))
		err(1, "thread");
	use_device(p);
	change_head(p);
	if (write(p->freed, &one, sizeof(one)) != sizeof(one))
		err(1, "eventfd");
	pthread_join(rescuer, NULL);
	end_waiting(p);
	pthread_join(issuer, NULL);
	close(p->freed);
}

static void try_pending(struct edges *e, uint32_t op, bool reading,
			enum end end)
{
	/* clang-format off */
	struct pending p = {
		.e = e, .op = op, .reading = reading, .end = end,
		.page = (size_t)sysconf(_SC_PAGESIZE),
	};
	/* clang-format on */
	bool batch = op == GET_ST || op == SET_ST;

	p.memory = mmap(NULL, 2 * p.page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	p.content = malloc(p.page);
	if (p.memory == MAP_FAILED || !p.content)
		err(1, NULL);
	p.call = p.memory + (batch ? 0 : p.page - AT_BODY);
	make_call(p.call, op, MODE_DS, MANY, e->cpus, e->entries);
	switch_off(e);
	if (op != ENABLE)
		switch_on(e);
	take_page(&p);
	wait_and_see(&p);
	expect_result(e, p.result, end == SUPPLY ? OK : IS_EFAULT,
		      "%s, the page it %s is %s", op_name(op),
		      reading ? "reads" : "writes", end_names[end]);
	if (op == ENABLE)
		expect_control(e, end == SUPPLY ? CONTROL_DS : CONTROL_OFF,
			       "ENABLE that waited");
	close(p.faults);
	munmap(p.memory, 2 * p.page);
	free(p.content);
}

void check_pending(struct edges *e)
{
	for (enum end end = SUPPLY; end <= FORBID; end++) {
		try_pending(e, ENABLE, true, end);
		try_pending(e, GET_ST, true, end);
		try_pending(e, SET_ST, true, end);
		/* FORBID: PROT_NONE is no page that could be written. */
		try_pending(e, GET_CAP, false, end);
		try_pending(e, GET_ST, false, end);
	}
	switch_off(e);
}

// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every operation of VFIO_DEVICE_PCI_TPH from many threads at once on one open
 * device, among resets, vectors that come and go, memory decoding switched off
 * and on, memory taken from under the calls, processes killed in them, and, by
 * character device, an address space that is attached and detached:
 *
 *	abi-stress group|cdev BDF SECONDS [no-vectors]
 *
 * No interleaving of them is wrong, but many an answer would be: an error that
 * docs/driver.md does not list for it, tags of two states of TPH in one batch,
 * something in the control register or the table that nobody asked for. Prints
 * "ready", and at the end how often each answer came; status 1 if one of those
 * did. For what goes wrong within the kernel there is its console.
 */
#include "abi-call.h"
#include "vfio-open.h"

#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ERRNOS	  134 /* as many as there are */
#define MAX_CPUS  64
#define BATCH	  64
#define PAGE	  4096 /* at least: the part of a page that calls use */
#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct held held;
static int config;
static unsigned int tph, cpus, entries;
static unsigned int tags[2 * MAX_CPUS]; /* volatile, then persistent */
static struct timespec end;
static unsigned long answers[OPS][ERRNOS];
static unsigned long wrong;
static unsigned char *shaken; /* a page that comes and goes */
static bool with_vectors = true, with_attaching;

static bool go_on(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec < end.tv_sec;
}

static unsigned int pick(unsigned int *seed, unsigned int below)
{
	return (unsigned int)rand_r(seed) % below;
}

static void complain(const char *what, unsigned int value)
{
	if (__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 20)
		printf("wrong: %s %#x\n", what, value);
}

/* May the operation be answered so, if its arguments are good? */
static bool may_be(uint32_t op, int result)
{
	switch (result) {
	case 0:
		return true;
	case -EBUSY:
		return op == ENABLE;
	case -EINVAL:	  /* off */
	case -EOPNOTSUPP: /* in no-ST mode */
	case -ENXIO:	  /* no such vector now */
		return op == SET_ST;
	}
	return false;
}

static int count_call(void *buffer, uint32_t op)
{
	int result = issue_call(held.device, buffer);

	if (result <= 0 && result > -ERRNOS)
		__atomic_fetch_add(&answers[op][-result], 1, __ATOMIC_RELAXED);
	return result;
}

static int call(unsigned char *buffer, uint32_t op)
{
	int result = count_call(buffer, op);

	if (!may_be(op, result)) {
		printf("%s: %s\n", op_name(op), result_name(result));
		complain("answer to operation", op);
	}
	return result;
}

/* A batch of every CPU with both kinds of memory. */
static size_t make_query(unsigned char *buffer)
{
	size_t size = make_call(buffer, GET_ST, 0, 2 * cpus, cpus, 1);

	for (unsigned int i = cpus; i < 2 * cpus; i++)
		put(entry_at(buffer, i) + AT_MEMORY, 1, 1);
	return size;
}

static bool is_tag(unsigned int value)
{
	for (unsigned int i = 0; i < 2 * cpus; i++)
		if (value == 0 || value == tags[i])
			return true;
	return false;
}

static void *switch_modes(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;
	unsigned char buffer[AT_ENTRIES];

	while (go_on()) {
		uint32_t op = pick(&seed, 3) ? ENABLE : DISABLE;

		make_call(buffer, op, 1u << pick(&seed, 3), 0, 1, 1);
		call(buffer, op);
	}
	return NULL;
}

/* All of a batch's tags are of one state: none, or all as at the start. */
static void *ask_tags(void *argument)
{
	unsigned char buffer[AT_ENTRIES + 2 * MAX_CPUS * ENTRY_SIZE];

	(void)argument;
	while (go_on()) {
		unsigned int none = 0, good = 0;

		make_query(buffer);
		if (call(buffer, GET_ST))
			continue;
		for (unsigned int i = 0; i < 2 * cpus; i++) {
			unsigned int tag = get(entry_at(buffer, i) + AT_TAG, 2);

			none += tag == 0;
			good += tag == tags[i];
		}
		if (none != 2 * cpus && good != 2 * cpus)
			complain("tags of one batch differ in state, good:",
				 good);
	}
	return NULL;
}

static void *set_entries(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;
	unsigned char buffer[AT_ENTRIES + BATCH * ENTRY_SIZE];

	while (go_on()) {
		unsigned int count = 1 + pick(&seed, BATCH);

		make_call(buffer, SET_ST, 0, count, cpus, entries);
		for (unsigned int i = 0; i < count; i++)
			put(entry_at(buffer, i) + AT_CPU, pick(&seed, cpus), 4);
		if (pick(&seed, 4) == 0)
			put(entry_at(buffer, count - 1) + AT_INDEX,
			    entries + pick(&seed, 100), 2);
		call(buffer, SET_ST);
	}
	return NULL;
}

static void *ask_capability(void *argument)
{
	unsigned char buffer[AT_ENTRIES], first[8];

	(void)argument;
	make_call(buffer, GET_CAP, 0, 0, 1, 1);
	call(buffer, GET_CAP);
	memcpy(first, buffer + AT_BODY, sizeof(first));
	while (go_on()) {
		call(buffer, GET_CAP);
		if (memcmp(first, buffer + AT_BODY, sizeof(first)) != 0)
			complain("GET_CAP changed to", buffer[AT_BODY]);
		usleep(1000);
	}
	return NULL;
}

/* The registers as anybody sees them, in the middle of it all. */
static void *look(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (go_on()) {
		unsigned int control = tph_control(config, tph);
		unsigned int index = pick(&seed, entries);

		/* All ones: a reset is under way. */
		if (control != UINT32_MAX &&
		    (control & ~0x307u || (control & 7) > 2))
			complain("control register", control);
		if ((read_config(config, tph + 4, 4) >> 9 & 3) == 1) {
			unsigned int tag = tph_entry(config, tph, index);

			if (tag != UINT16_MAX && !is_tag(tag))
				complain("entry in the table", tag);
		}
		usleep(500);
	}
	return NULL;
}

static void *reset_it(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (go_on()) {
		int result = reset_device(&held);

		/* Its locks are only tried for. */
		if (result && result != -EAGAIN)
			complain("errno of a reset:", (unsigned int)-result);
		usleep(pick(&seed, 400000));
	}
	return NULL;
}

static void *change_vectors(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (with_vectors && go_on()) {
		set_vectors(&held, pick(&seed, 5));
		usleep(pick(&seed, 5000));
	}
	return NULL;
}

static void *attach_and_detach(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (with_attaching && go_on()) {
		int result = detach_device(&held);

		if (result)
			complain("errno of a detach:", (unsigned int)-result);
		usleep(pick(&seed, 2000));
		/* While a reset is under way the kernel attaches nothing. */
		do
			result = attach_device(&held);
		while (result == -EBUSY && !usleep(1000));
		if (result)
			complain("errno of an attach:", (unsigned int)-result);
		usleep(pick(&seed, 2000));
	}
	return NULL;
}

static void *switch_decoding(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (go_on()) {
		set_memory_decoding(&held, pick(&seed, 2));
		usleep(pick(&seed, 5000));
	}
	return NULL;
}

/* Calls whose second half stands in the page that comes and goes. */
static void *call_shaken(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;
	unsigned char whole[AT_ENTRIES + BATCH * ENTRY_SIZE];

	while (go_on()) {
		uint32_t op = pick(&seed, OPS);
		size_t size =
			make_call(whole, op, MODE_IV, BATCH, cpus, entries);
		size_t cut = AT_BODY + pick(&seed, (unsigned int)size);

		if (cut > size)
			cut = size;
		memcpy(shaken - cut, whole, cut);
		/* What stands behind it is the shaker's: any answer will do. */
		count_call(shaken - cut, op);
	}
	return NULL;
}

static void *shake(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;
	static const int protections[] = { PROT_NONE, PROT_READ,
					   PROT_READ | PROT_WRITE };

	while (go_on()) {
		if (pick(&seed, 4) == 0 &&
		    mmap(shaken, PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			 0) == MAP_FAILED)
			err(1, "mmap");
		if (pick(&seed, 4) == 0)
			madvise(shaken, PAGE, MADV_DONTNEED);
		mprotect(shaken, PAGE, protections[pick(&seed, 3)]);
	}
	return NULL;
}

static void hammer(unsigned int seed)
{
	unsigned char buffer[AT_ENTRIES + BATCH * ENTRY_SIZE];

	for (;;) {
		make_call(buffer, pick(&seed, OPS), MODE_DS, BATCH, cpus,
			  entries);
		issue_call(held.device, buffer);
	}
}

/* Children with the same open device that are killed wherever they are. */
static void *kill_children(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (go_on()) {
		pid_t child = fork();

		if (child < 0)
			err(1, "fork");
		if (child == 0)
			hammer(seed);
		usleep(pick(&seed, 30000));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		seed++;
	}
	return NULL;
}

static void prepare(const char *way, const char *bdf)
{
	unsigned char buffer[AT_ENTRIES + 2 * MAX_CPUS * ENTRY_SIZE];
	unsigned char *memory;
	unsigned int capability;

	hold(&held, bdf, way);
	config = open_config(bdf, &tph);
	capability = read_config(config, tph + 4, 4);
	entries = (capability >> 16 & 0x7ff) + 1;
	cpus = (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
	if (cpus > MAX_CPUS)
		cpus = MAX_CPUS;
	make_call(buffer, ENABLE, MODE_IV, 0, 1, 1);
	if (issue_call(held.device, buffer))
		errx(1, "cannot switch TPH on");
	make_query(buffer);
	if (issue_call(held.device, buffer))
		errx(1, "no tags");
	for (unsigned int i = 0; i < 2 * cpus; i++)
		tags[i] = get(entry_at(buffer, i) + AT_TAG, 2);
	memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	shaken = memory + PAGE;
}

/* Whatever was, the device obeys, and one entry goes where it should. */
static void check_end(void)
{
	unsigned char buffer[AT_ENTRIES + ENTRY_SIZE];

	make_call(buffer, DISABLE, 0, 0, 1, 1);
	call(buffer, DISABLE);
	if (tph_control(config, tph) != 0)
		complain("control register, switched off:",
			 tph_control(config, tph));
	if (with_vectors)
		set_vectors(&held, 1);
	make_call(buffer, ENABLE, MODE_DS, 0, 1, 1);
	if (call(buffer, ENABLE))
		complain("at the end: no ENABLE", 0);
	make_call(buffer, SET_ST, 0, 1, 1, 1);
	if (call(buffer, SET_ST))
		complain("at the end: no SET_ST", 0);
	if (tph_control(config, tph) != 0x302)
		complain("control register, switched on:",
			 tph_control(config, tph));
}

int main(int argc, char **argv)
{
	static void *(*const jobs[])(void *) = {
		switch_modes,
		switch_modes,
		ask_tags,
		set_entries,
		set_entries,
		ask_capability,
		look,
		reset_it,
		change_vectors,
		switch_decoding,
		call_shaken,
		call_shaken,
		shake,
		kill_children,
		attach_and_detach,
	};
	pthread_t threads[LENGTH(jobs)];

	if (argc < 4 || argc > 5 || !is_way(argv[1]))
		errx(2,
		     "usage: abi-stress group|cdev BDF SECONDS [no-vectors]");
	with_vectors = argc == 4;
	with_attaching = !strcmp(argv[1], "cdev");
	setvbuf(stdout, NULL, _IOLBF, 0);
	prepare(argv[1], argv[2]);
	puts("ready");
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += atoi(argv[3]);
	for (size_t i = 0; i < LENGTH(jobs); i++)
		if (pthread_create(&threads[i], NULL, jobs[i],
				   (void *)(uintptr_t)(i + 1)))
			err(1, "thread");
	for (size_t i = 0; i < LENGTH(jobs); i++)
		pthread_join(threads[i], NULL);
	check_end();
	for (uint32_t op = 0; op < OPS; op++)
		for (int e = 0; e < ERRNOS; e++)
			if (answers[op][e])
				printf("%s: %lu x %s\n", op_name(op),
				       answers[op][e], result_name(-e));
	let_go(&held);
	return wrong ? 1 : 0;
}

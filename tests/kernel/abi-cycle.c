// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opens and closes one device from several threads, so that the first open and
 * the last close of one fall upon those of others, with operations between:
 *
 *	abi-cycle BDF SECONDS
 *
 * Prints how often; status 1 if the device could not be had, or an operation
 * got an answer that it cannot get.
 */
#include "abi-call.h"
#include "vfio-open.h"

#include <err.h>
#include <errno.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4

static struct held held;
static const char *bdf;
static time_t end;
static unsigned long cycles, wrong;

static void complain(const char *what, int result)
{
	__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	printf("wrong: %s: %s\n", what, result_name(result));
}

static int issue(int device, uint32_t op)
{
	unsigned char buffer[AT_ENTRIES + ENTRY_SIZE];

	make_call(buffer, op, MODE_IV, 1, 1, 1);
	return issue_call(device, buffer);
}

/* TPH may be on by another's ENABLE, or off again; not in another mode. */
static void use(int device)
{
	int result = issue(device, ENABLE);

	if (result && result != -EBUSY)
		complain("ENABLE", result);
	result = issue(device, SET_ST);
	if (result && result != -EINVAL)
		complain("SET_ST", result);
	result = issue(device, GET_ST);
	if (result)
		complain("GET_ST", result);
}

static void *cycle(void *argument)
{
	unsigned int seed = (unsigned int)(uintptr_t)argument;

	while (time(NULL) < end) {
		int device = ioctl(held.group, VFIO_GROUP_GET_DEVICE_FD, bdf);

		if (device < 0) {
			complain("VFIO_GROUP_GET_DEVICE_FD", -errno);
			break;
		}
		use(device);
		if (rand_r(&seed) % 2 && issue(device, DISABLE))
			complain("DISABLE", -EIO);
		close(device);
		__atomic_fetch_add(&cycles, 1, __ATOMIC_RELAXED);
		usleep((unsigned int)rand_r(&seed) % 20000);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	unsigned int tph;
	int config;

	if (argc != 3)
		errx(2, "usage: abi-cycle BDF SECONDS");
	bdf = argv[1];
	end = time(NULL) + atoi(argv[2]);
	hold(&held, bdf, "group");
	close(held.device);
	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, cycle, (void *)i))
			err(1, "thread");
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	config = open_config(bdf, &tph);
	if (tph_control(config, tph) != 0)
		complain("TPH is on in a closed device", -EBUSY);
	close(held.group);
	close(held.container);
	printf("%lu times\n", cycles);
	return wrong ? 1 : 0;
}

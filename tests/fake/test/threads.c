// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Four threads open, use and close descriptors of the machine at once. Also
 * built with the address sanitizer, whose run-time calls libc before libc is
 * ready, and run under valgrind.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi.h"

#define THREADS 4
#define ROUNDS	50

static void *work(void *unused)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		struct fake_iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
		int fd = open("/dev/iommu", O_RDWR | O_CLOEXEC);

		if (fd < 0 || ioctl(fd, FAKE_IOMMU_IOAS_ALLOC, &alloc) ||
		    !alloc.out_ioas_id) {
			perror("threads");
			exit(1);
		}
		close(fd);
	}
	return unused;
}

int main(void)
{
	char *path = realpath("/sys/bus/pci/devices/0000:01:00.0", NULL);
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			return 1;
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	puts(path ? path : "no path");
	free(path);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confine: what is given up cannot be had again, and reading goes on. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/confine.h"

/* The status of a child: the number of the first that is not so, or 0. */
static int in_child(int (*check)(int fd), int fd)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(check(fd));
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int is_without_new_rights(int fd)
{
	(void)fd;
	confine_rights();
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1;
}

static char file[] = "/tmp/confine.XXXXXX";

static int only_reads(int fd)
{
	static char name[] = "true";
	char *const words[] = { name, NULL };
	int result = 0;

	confine_rights();
	confine_to_reading();
	if (open("/proc/self/status", O_RDONLY) < 0)
		result = 1;
	else if (open(file, O_RDONLY) < 0)
		result = 2;
	else if (open(file, O_WRONLY) >= 0 || errno != EACCES)
		result = 3;
	else if (open("/tmp/confine.new", O_WRONLY | O_CREAT, 0600) >= 0)
		result = 4;
	else if (write(fd, "x", 1) != 1) /* it was open before */
		result = 5;
	else if (unlink(file) == 0)
		result = 6;
	else if (execv("/bin/true", words) == 0 || errno != EACCES)
		result = 7;
	return result;
}

static void no_right_is_gained(void **state)
{
	(void)state;
	assert_int_equal(0, in_child(is_without_new_rights, -1));
}

static void files_are_only_read(void **state)
{
	int fd, result;

	(void)state;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		    LANDLOCK_CREATE_RULESET_VERSION) < 1)
		skip();
	fd = mkstemp(file);
	assert_true(fd >= 0);
	result = in_child(only_reads, fd);
	close(fd);
	assert_int_equal(0, unlink(file));
	assert_int_equal(0, result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_right_is_gained),
		cmocka_unit_test(files_are_only_read),
	};

	return cmocka_run_group_tests_name("confine", tests, NULL, NULL);
}

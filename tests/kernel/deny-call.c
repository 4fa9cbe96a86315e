// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a program under a seccomp filter, as container engines do:
 *
 *	deny-call NUMBER ERRNO COMMAND [ARGUMENT...]
 *
 * The system call of that number gets that errno, all others are allowed.
 */
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static void filter(uint32_t number, uint32_t error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err(1, "no_new_privs");
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0))
		err(1, "seccomp");
}

int main(int argc, char **argv)
{
	if (argc < 4)
		errx(2, "usage: deny-call NUMBER ERRNO COMMAND...");
	filter((uint32_t)atoi(argv[1]), (uint32_t)atoi(argv[2]));
	execvp(argv[3], argv + 3);
	err(127, "%s", argv[3]);
}

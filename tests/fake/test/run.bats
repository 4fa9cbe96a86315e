# SPDX-License-Identifier: GPL-2.0-or-later
# Under threads, the address sanitizer and valgrind; a machine of great size.
load helper.bash

@test "threads do not disturb each other" {
	run fake_run "$FAKE_BUILD/fake-threads"
	expect_stdout "/sys/devices/pci0000:00/0000:00:01.0/$CAP"
	[[ $(grep -c IOMMU_IOAS_ALLOC "$VFIO_TPH_FAKE/log") == 200 ]]
	[[ $(ls "$VFIO_TPH_FAKE/fds") == "" ]]
}

@test "a program with the address sanitizer sees the machine too" {
	local library
	library=$(cc -print-file-name=libasan.so) || skip "no compiler"
	[[ $library == /* ]] || skip "libasan is not installed"
	cc -fsanitize=address -o "$BATS_TEST_TMPDIR/threads" \
		-I"$FAKE_SOURCE" "$BATS_TEST_DIRNAME/threads.c" -lpthread
	FAKE_PRELOAD=$library run fake_run "$BATS_TEST_TMPDIR/threads"
	expect_stdout "/sys/devices/pci0000:00/0000:00:01.0/$CAP"
}

@test "a program under valgrind sees the machine, and valgrind no error" {
	command -v valgrind > /dev/null || skip "valgrind is not installed"
	run fake_run valgrind -q --error-exitcode=99 --leak-check=full \
		"$FAKE_BUILD/fake-threads"
	expect_stdout "/sys/devices/pci0000:00/0000:00:01.0/$CAP"
	((status == 0))
}

@test "16,384 functions and 8,192 CPUs" {
	[[ -w /dev/shm ]] && BATS_TEST_TMPDIR=/dev/shm
	fake_start huge
	local found
	found=$(fake_run lspci -n | wc -l)
	run fake_run numactl -H
	rm -rf "$VFIO_TPH_FAKE"
	((found == 16448))
	[[ ${lines[0]} == "available: 32 nodes (0-31)" ]]
	[[ $output == *"node 31 cpus: 31 63 95 "*" 8191"* ]]
}

@test "every name by which libc opens, asks and resolves is trapped" {
	local names missing=0 name
	names=$(nm -D --defined-only "$FAKE_LIBRARY" | awk '{ print $3 }')
	for name in open open64 openat openat64 __open_2 __open64_2 \
		__openat_2 __openat64_2 creat fopen fopen64 freopen \
		freopen64 opendir scandir scandir64 scandirat scandirat64 \
		stat stat64 lstat lstat64 fstat fstat64 fstatat fstatat64 \
		statx __xstat __xstat64 __lxstat __lxstat64 __fxstat \
		__fxstat64 __fxstatat __fxstatat64 access faccessat \
		euidaccess eaccess readlink readlinkat __readlink_chk \
		__readlinkat_chk realpath __realpath_chk \
		canonicalize_file_name glob glob64 sysconf get_nprocs \
		get_nprocs_conf sched_getaffinity ioctl read __read_chk \
		pread pread64 __pread_chk __pread64_chk write pwrite \
		pwrite64 mmap mmap64 close statfs statfs64 chdir getcwd \
		inotify_add_watch syscall getuid geteuid getgid getegid \
		uname pidfd_open pidfd_getfd; do
		grep -qx "$name" <<< "$names" || {
			echo "not trapped: $name"
			missing=1
		}
	done
	((missing == 0))
	# And nothing leaks out that is not one of libc's names.
	run ! grep -E '^(fake|fd_|lock_|tph_|device_)' <<< "$names"
}

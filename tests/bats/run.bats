# SPDX-License-Identifier: GPL-2.0-or-later
# run: a program under a setting, with the open device handed down to it.
# shellcheck disable=SC2154	# stderr_lines: tph sets them
load helper.bash

# started ARGS: run in the background a program that says when it is there and
# waits for signals.
started()
{
	start_tph run $CAP -- bash -c "$1"
	await grep -q ready "$TPH_OUT"
}

@test "the program runs under the setting" {
	tph run $CAP 0-1=4-5 -- bash -c '
		setpci -s 0000:01:00.0 ECAP_TPH+8.L ECAP_TPH+c.L'
	expect_status 0
	expect_stdout 00000301 01150114
}

@test "without a map TPH is switched on, in the mode of --mode" {
	tph run --mode ds $CAP -- setpci -s $CAP ECAP_TPH+8.L
	expect_status 0
	expect_stdout 00000302
	expect_ioctls GET_CAP ENABLE:4 DISABLE
}

@test "the setting ends with the program" {
	tph run $CAP 0=4 -- true
	expect_status 0
	expect_equal "the last call" DISABLE "$(ioctls | tail -n 1)"
	expect_control $CAP 0x00000000
	expect_entries $CAP 0 0
}

@test "the setting ends with the program that fails, too" {
	tph run $CAP 0=4 -- false
	expect_status 1
	expect_control $CAP 0x00000000
}

@test "by character device: device and iommufd are passed, their numbers in the environment, and no others" {
	tph run $CAP -- bash -c 'env | grep -c "^VFIO_TPH_[A-Z]*_FD=";
		readlink /proc/self/fd/$VFIO_TPH_DEVICE_FD \
			/proc/self/fd/$VFIO_TPH_IOMMUFD_FD'
	expect_status 0
	expect_stdout 2 /dev/vfio/devices/vfio0 /dev/iommu
}

@test "by group: device, group and container are passed, and no iommufd" {
	tph run --via group $CAP -- bash -c 'env | grep -c "^VFIO_TPH_[A-Z]*_FD=";
		readlink /proc/self/fd/$VFIO_TPH_DEVICE_FD \
			/proc/self/fd/$VFIO_TPH_GROUP_FD \
			/proc/self/fd/$VFIO_TPH_CONTAINER_FD
		echo "iommufd:${VFIO_TPH_IOMMUFD_FD-none}"'
	expect_status 0
	expect_stdout 3 'anon_inode:[vfio-device]' /dev/vfio/10 /dev/vfio/vfio \
		iommufd:none
}

@test "numbers in the environment of the caller are not handed on as ours" {
	VFIO_TPH_GROUP_FD=77 VFIO_TPH_CONTAINER_FD=78 \
		tph run $CAP -- bash -c \
		'echo "${VFIO_TPH_GROUP_FD-none} ${VFIO_TPH_CONTAINER_FD-none}"'
	expect_stdout 'none none'
}

@test "nothing else is leaked: the descriptors beyond those are the caller's" {
	local own via
	# Descriptors of bats stay as they are.
	own=$(fake_run bash -c 'ls /proc/self/fd | wc -l')
	for via in cdev:2 group:3; do
		tph run --via "${via%:*}" $CAP 0=4 -- \
			bash -c 'ls /proc/self/fd | wc -l'
		expect_status 0
		expect_stdout $((own + ${via#*:}))
	done
}

@test "the device that was passed can be used: TPH is seen to be on through it" {
	tph run $CAP -- /usr/bin/python3 -c '
import fcntl, os, struct
fd = int(os.environ["VFIO_TPH_DEVICE_FD"])
arg = bytearray(struct.pack("<IIQ", 16, 0, 0))
fcntl.ioctl(fd, 0x3b7a, arg)
print("modes", arg[8], "size", struct.unpack_from("<H", arg, 10)[0])'
	expect_status 0
	expect_stdout 'modes 7 size 16'
}

@test "a program that disables TPH itself: no second DISABLE, status its own" {
	tph run $CAP -- /usr/bin/python3 -c '
import fcntl, os, struct
fcntl.ioctl(int(os.environ["VFIO_TPH_DEVICE_FD"]), 0x3b7a,
            bytearray(struct.pack("<IIQ", 16, 2, 0)))'
	expect_status 0
	expect_ioctls GET_CAP ENABLE:2 DISABLE
}

@test "its arguments, blanks and all, are passed as they are" {
	tph run $CAP -- printf '<%s>\n' 'a b' '' --json -- 0=1
	expect_status 0
	expect_stdout '<a b>' '<>' '<--json>' '<-->' '<0=1>'
}

@test "its standard input, output and error are the caller's" {
	run --separate-stderr bash -c "echo in | LD_PRELOAD=$FAKE_LIBRARY \
		'$VFIO_TPH' run $CAP -- bash -c 'cat; echo err >&2'"
	expect_status 0
	expect_stdout in
	expect_stderr err
}

@test "nothing of ours is printed beside it" {
	tph run $CAP 0=4 -- true
	expect_equal "standard output" "" "$output"
	expect_stderr
}

@test "its status is ours" {
	local n
	for n in 0 1 3 10 125 255; do
		tph run $CAP -- bash -c "exit $n"
		expect_status "$n"
	done
}

@test "a program that a signal ends: 128 and its number" {
	local signal
	for signal in 15:TERM 9:KILL 6:ABRT; do
		tph run $CAP -- bash -c "ulimit -c 0; kill -${signal#*:} \$\$"
		expect_status $((128 + ${signal%:*}))
	done
}

@test "a program that is not there: 127, one line" {
	start_tph run $CAP -- /nonexistent/program
	end_tph
	expect_status 127
	one_line_on_stderr 'cannot run /nonexistent/program: No such file or directory'
	expect_control $CAP 0x00000000
}

@test "a program that is not in PATH: 127" {
	start_tph run $CAP -- no-such-program-anywhere
	end_tph
	expect_status 127
	one_line_on_stderr
}

@test "a program that cannot be executed: 126, one line" {
	touch "$BATS_TEST_TMPDIR/plain"
	tph run $CAP -- "$BATS_TEST_TMPDIR/plain"
	expect_status 126
	one_line_on_stderr 'Permission denied'
	tph run $CAP -- /
	expect_status 126
}

@test "SIGTERM, SIGHUP, SIGINT and SIGUSR1 are forwarded" {
	local signal
	for signal in TERM HUP INT USR1; do
		started "trap 'echo got $signal; exit 7' $signal; echo ready
			while :; do sleep 0.05; done"
		kill -"$signal" "$TPH_PID"
		end_tph
		expect_in "^got $signal$"
		expect_status 7
		expect_control $CAP 0x00000000
	done
}

@test "a signal that ends the program: the setting ends, 128 and its number" {
	started 'echo ready; exec sleep 30'
	expect_control $CAP 0x00000301
	kill -TERM "$TPH_PID"
	end_tph
	expect_status 143
	expect_control $CAP 0x00000000
}

@test "the program has no signal blocked nor ignored that the caller had not" {
	local before
	before=$(fake_run grep -E '^Sig(Blk|Ign)' /proc/self/status)
	tph run $CAP -- grep -E '^Sig(Blk|Ign)' /proc/self/status
	expect_status 0
	expect_equal "signals" "$before" "$output"
}

@test "a device that cannot be set up: the program is not run" {
	tph run $DEAF -- touch "$BATS_TEST_TMPDIR/ran"
	expect_status 5
	[[ ! -e $BATS_TEST_TMPDIR/ran ]]
}

@test "a table that cannot be programmed: the program is not run, TPH is off" {
	fake_fault SET_ST.entry:2:EIO
	tph run $CAP 0-3=0-3 -- touch "$BATS_TEST_TMPDIR/ran"
	expect_status 9
	[[ ! -e $BATS_TEST_TMPDIR/ran ]]
	expect_control $CAP 0x00000000
}

@test "without a program: status 2, nothing issued" {
	local args
	for args in "$CAP" "$CAP --" "$CAP 0=1"; do
		# shellcheck disable=SC2086
		tph run $args
		expect_status 2
		one_line_on_stderr 'no program was given'
		expect_nothing_issued
	done
}

@test "two devices: status 2, nothing issued" {
	tph run $CAP $NARROW -- true
	expect_status 2
	one_line_on_stderr 'run takes one device'
	expect_nothing_issued
}

@test "without a device: status 2" {
	tph run -- true
	expect_status 2
	one_line_on_stderr 'no device was named'
}

@test "run with --json is refused, as one object" {
	tph --json run $CAP -- true
	expect_status 2
	one_object
	expect_nothing_issued
}

@test "an option for somebody else's device is not taken" {
	tph run --owner $CAP -- true
	expect_status 2
	one_line_on_stderr 'unknown option --owner'
}

@test "run of a device that is held hints at what can be done, and not at an option that it lacks" {
	fake_hold $CAP cdev
	tph run $CAP 0=1 -- true
	expect_status 8
	expect_equal "hint" "hint: end that process first, or steer the device in it: vfio-tph set-st --owner $CAP INDEXES=CPUS" "${stderr_lines[1]}"
}

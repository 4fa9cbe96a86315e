# SPDX-License-Identifier: GPL-2.0-or-later
# --owner, --pid, --fd: acting on the device of the process that holds it.
# shellcheck disable=SC2154	# stderr, stderr_lines: tph sets them
load helper.bash

@test "--owner finds the holder by character device" {
	fake_hold $CAP cdev
	tph enable --owner $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

@test "--owner finds the holder by group" {
	fake_hold $CAP group
	tph enable --owner $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

@test "--pid names the holder" {
	fake_hold $CAP group
	tph enable --pid "$FAKE_HOLDER" $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

@test "the setting outlives the command" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	expect_status 0
	expect_entries $CAP 0 0x114
}

@test "it is not said that the setting ends with the command" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	[[ $stderr != *"ends with this command"* ]]
}

@test "-v says whose device was used" {
	fake_hold $CAP cdev
	tph -v enable --owner $CAP
	expect_stderr_in "^vfio-tph: $CAP: .*of fake-holder \(pid $FAKE_HOLDER\)"
}

@test "nothing of VFIO is opened for a borrowed device" {
	fake_hold $CAP cdev
	fake_log_clear
	tph set-st --owner $CAP 0=4
	expect_equal "openings" "" "$(fake_log ' open ')"
}

@test "nothing of the owner's is closed or kept: it goes on as before" {
	fake_hold $CAP cdev 2
	tph enable --owner $CAP
	fake_tell reset
	fake_tell alloc 4
	fake_release
	fake_settle
	expect_equal "descriptors left" "" "$(ls "$VFIO_TPH_FAKE/fds")"
}

@test "every command that opens takes --owner" {
	local args
	fake_hold $MSIX cdev 4
	for args in "cap $MSIX" "enable $MSIX" "get-st $MSIX --cpus 0" \
		"set-st $MSIX 0=4" "disable $MSIX"; do
		# shellcheck disable=SC2086
		tph $args --owner
		expect_status 0
	done
}

@test "a kernel without the line in fdinfo: beyond doubt where the group has one such device" {
	ONE_LINES='set fdinfo_syspath=no' \
		one_device driver=vfio-pci tph=ns,iv,ext st=cap:4
	fake_hold $CAP group
	tph enable --owner $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

# Two functions alike in one group, fdinfo does not tell them apart.
twins()
{
	machine <<-END
		node 0 cpus=0-3
		tags v8=0x10 v16=0x110
		set fdinfo_syspath=no
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 device=1 driver=vfio-pci group=7 tph=ns,iv,ext st=cap:4
		device 0000:01:00.1 device=1 driver=vfio-pci group=7 tph=ns,iv,ext st=cap:4
	END
}

@test "a descriptor that cannot be told from another's is not used: candidates and --fd" {
	twins
	fake_hold 0000:01:00.1 group
	fake_log_clear
	tph enable --owner $CAP
	expect_status 1
	one_line_on_stderr "cannot tell which descriptor of fake-holder \(pid $FAKE_HOLDER\) it is: $(fd_of_holder) could be"
	expect_hint "--pid $FAKE_HOLDER --fd N"
	expect_nothing_changed
}

@test "--fd chooses where it cannot be told" {
	twins
	fake_hold $CAP group
	tph enable --pid "$FAKE_HOLDER" --fd "$(fd_of_holder)" $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

@test "--fd of another device is refused where it can be told" {
	fake_hold $NARROW group
	fake_log_clear
	tph enable --pid "$FAKE_HOLDER" --fd "$(fd_of_holder)" $CAP
	expect_status 1
	one_line_on_stderr "descriptor $(fd_of_holder) of fake-holder \(pid $FAKE_HOLDER\) is not this device"
	expect_nothing_changed
}

@test "--fd of something that is no device is refused" {
	fake_hold $CAP cdev
	fake_log_clear
	tph enable --pid "$FAKE_HOLDER" --fd 0 $CAP
	expect_status 1
	one_line_on_stderr 'descriptor 0 of .* is not this device'
	expect_nothing_changed
}

@test "--fd that is not open is refused" {
	fake_hold $CAP cdev
	tph enable --pid "$FAKE_HOLDER" --fd 999 $CAP
	expect_status 1
	one_line_on_stderr 'descriptor 999 of '
}

@test "--owner where nobody holds it: one line, status not 0" {
	tph enable --owner $CAP
	expect_status 11
	one_line_on_stderr "^vfio-tph: $CAP: no process (holds|is seen to hold) it$"
	expect_nothing_issued
}

@test "--pid of a process that does not have the device" {
	tph enable --pid $$ $CAP
	expect_status 11
	one_line_on_stderr "\(pid $$\) does not have it open"
	expect_nothing_issued
}

@test "--pid of a process that is not there" {
	sleep 0 3>&- &
	wait $!
	tph enable --pid $! $CAP
	expect_status 11
	one_line_on_stderr "no process $!"
	expect_nothing_issued
}

@test "no rights over the owner: status 7, and what is needed" {
	fake_hold $CAP cdev
	fake_log_clear
	fake_set ptrace no
	tph --json enable --owner $CAP
	expect_status 7
	one_line_on_stderr "no rights over its owner fake-holder \(pid $FAKE_HOLDER\)"
	# Root is not told to become root.
	expect_hint 'CAP_SYS_PTRACE is missing'
	expect_json '.errors[0].code' '"permission"'
	expect_nothing_changed
}

@test "EPERM at each step of borrowing: status 7" {
	fake_hold $CAP cdev
	fake_fault pidfd_getfd:1:EPERM
	tph enable --owner $CAP
	expect_status 7
	fake_fault pidfd_open:1:EPERM
	tph enable --owner $CAP
	expect_status 7
}

@test "the owner ends before it is opened: one line, status 11" {
	fake_hold $CAP cdev
	fake_fault pidfd_open:1:ESRCH
	tph enable --owner $CAP
	expect_status 11
	one_line_on_stderr "no process $FAKE_HOLDER"
	expect_equal "ENABLE" "" "$(ioctls | grep ENABLE || true)"
}

@test "the owner ends between look and borrowing: one line, status 11" {
	fake_hold $CAP cdev
	fake_fault pidfd_getfd:1:ESRCH
	tph enable --owner $CAP
	expect_status 11
	one_line_on_stderr "the process $FAKE_HOLDER ended meanwhile"
	expect_equal "ENABLE" "" "$(ioctls | grep ENABLE || true)"
}

@test "the descriptor is closed between look and borrowing: not taken for another" {
	fake_hold $CAP cdev
	fake_fault pidfd_getfd:1:EBADF
	tph enable --owner $CAP
	expect_status 11
	one_line_on_stderr 'does not have it open'
}

@test "the owner ended after the look, his number perhaps another's by now: what was borrowed is not used" {
	fake_hold $CAP cdev
	fake_fault pidfd_send_signal:1:ESRCH
	tph enable --owner $CAP
	expect_status 11
	one_line_on_stderr "the process $FAKE_HOLDER ended meanwhile"
	expect_equal "ENABLE" "" "$(ioctls | grep ENABLE || true)"
}

@test "two processes that share the descriptor: either may be named" {
	# run, and the program that it handed the descriptors to.
	start_tph run $NARROW -- sleep 20
	await pgrep -P "$TPH_PID" sleep
	local heir
	heir=$(pgrep -P "$TPH_PID" sleep)
	tph -v get-st --pid "$heir" --cpus 0 $NARROW
	kill "$heir"
	expect_status 0
	expect_stderr_in 'this is the device of sleep'
}

@test "an owner who died keeps nothing: the next command opens the device itself" {
	fake_hold $CAP cdev
	kill -9 "$FAKE_HOLDER"
	wait "$FAKE_HOLDER" || true
	FAKE_HOLDER=
	tph enable --try $CAP
	expect_status 0
}

@test "a holder of another device is not taken for the owner" {
	fake_hold $NARROW cdev
	tph enable --owner $CAP
	expect_status 11
	one_line_on_stderr 'no process (holds|is seen to hold) it'
}

@test "get-st --force without --owner is no error" {
	tph get-st --force --cpus 0 $CAP
	expect_status 0
}

@test "a process below a chroot holds the device, as list, status, metrics and a borrower see it" {
	local how
	ONE_LINES='set chroot=/srv/guest' \
		one_device driver=vfio-pci group=7 tph=ns,iv,ds,ext st=cap:4
	for how in cdev group; do
		fake_hold $CAP $how
		tph list --noheadings --raw --output OWNER $CAP
		expect_stdout "$FAKE_HOLDER\\x20fake-holder"
		tph --json status $CAP
		expect_json '.devices[0].owner.pid' "$FAKE_HOLDER"
		tph metrics $CAP
		expect_in '^vfio_tph_device_held\{.*\} 1$'
		tph enable --try $CAP
		expect_status 8
		one_line_on_stderr "held by fake-holder \(pid $FAKE_HOLDER\)"
		tph enable --owner $CAP
		expect_status 0
		fake_release
	done
}

@test "a file below a directory that is called vfio is no device" {
	one_device driver=vfio-pci group=7 tph=ns,iv,ds,ext st=cap:4
	mkdir -p "$BATS_TEST_TMPDIR/vfio/devices"
	: > "$BATS_TEST_TMPDIR/vfio/7"
	: > "$BATS_TEST_TMPDIR/vfio/devices/vfio0"
	exec 7< "$BATS_TEST_TMPDIR/vfio/7" 8< "$BATS_TEST_TMPDIR/vfio/devices/vfio0"
	tph list --noheadings --raw --output OWNER $CAP
	expect_stdout -
}

@test "--owner of a node that is open and not bound yet says so" {
	env LD_PRELOAD="$FAKE_LIBRARY" bash -c 'exec 9<> "$0"; exec sleep 60' \
		"$(node_of "$CAP")" 3>&- &
	local owner=$!
	await test -e "/proc/$owner/fd/9"
	tph set-st --owner "$CAP" 0=4
	expect_status 11
	one_line_on_stderr "has opened it, and not bound it to an iommufd yet"
	# For scripts it is another thing than a device that nobody holds.
	tph --json set-st --owner "$CAP" 0=4
	kill $owner
	expect_json '.errors[0].code' '"node-open"'
}

@test "--owner of a device that is being unbound says that it has no driver" {
	ONE_LINES="set abi=none" one_device driver=vfio-pci tph=ns,iv,ext st=cap:4
	fake_hold $CAP cdev
	rm "$VFIO_TPH_FAKE/root/sys/bus/pci/devices/$CAP/driver"
	tph set-st --owner $CAP 0=1
	expect_status 4
	expect_equal "first line" "vfio-tph: $CAP: bound to no driver, needs a VFIO driver" "${stderr_lines[0]}"
}

@test "a descriptor that cannot be seen is an error, and not one that is not there" {
	fake_hold $CAP cdev
	fake_fault "readlink:/proc/$FAKE_HOLDER/fd/$(fd_of_holder):*:EIO"
	tph enable --pid "$FAKE_HOLDER" $CAP
	expect_status 1
	expect_equal "line" "vfio-tph: $CAP: cannot list the descriptors of process $FAKE_HOLDER: Input/output error" "${stderr_lines[0]}"
	expect_control $CAP 0x00000000
}

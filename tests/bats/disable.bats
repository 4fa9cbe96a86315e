# SPDX-License-Identifier: GPL-2.0-or-later
# disable: switch TPH off.
load helper.bash

@test "already off is success, and nothing is issued" {
	tph disable $CAP
	expect_status 0
	expect_stdout "$CAP: TPH is already off"
	expect_stderr
	expect_nothing_issued
}

@test "already off: JSON says that nothing was changed" {
	tph --json disable $CAP
	one_object
	expect_json '.devices[0] | .changed, .state' 'false
{"enabled":false,"mode":null,"requester":"none"}'
}

@test "what somebody drives is switched off through his descriptor" {
	fake_hold $CAP group
	fake_tell enable 2
	tph disable --owner $CAP
	expect_status 0
	expect_stdout "$CAP: TPH is off"
	expect_control $CAP 0x00000000
}

@test "without --owner a device that is held is busy: status 8, nothing changed" {
	fake_hold $CAP cdev
	fake_tell enable 2
	fake_log_clear
	tph disable $CAP
	expect_status 8
	expect_nothing_changed
	expect_control $CAP 0x00000301
}

@test "disable leaves the entries of the table" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0-1=4-5
	tph disable --owner $CAP
	expect_status 0
	expect_entries $CAP 0 0x114 0x115
}

@test "a device that is not bound to VFIO: status 4, though TPH is off" {
	tph disable $HOST
	expect_status 4
	expect_nothing_issued
}

@test "no capability: status 5" {
	tph disable $PLAIN
	expect_status 5
	one_line_on_stderr 'it has no TPH capability'
}

@test "the kernel's error on DISABLE: one line and status 1" {
	fake_hold $CAP cdev
	fake_tell enable 2
	fake_fault ioctl.DISABLE:1:EIO
	tph disable --owner $CAP
	expect_status 1
	one_line_on_stderr "^vfio-tph: $CAP: cannot disable TPH: Input/output error$"
}

@test "several devices, each for itself" {
	tph --json disable $CAP $HOST $NARROW
	expect_status 9
	expect_json '[.devices[].bdf], [.errors[].code]' "[\"$CAP\",\"$NARROW\"]
[\"not-bound\"]"
}

@test "off is off, whether somebody holds it or not" {
	tph disable $CAP
	expect_status 0
	tph disable --owner $CAP
	expect_status 0
	expect_stdout "$CAP: TPH is already off"
	expect_nothing_issued
}

# SPDX-License-Identifier: GPL-2.0-or-later
# Faults on order, the log, and the list of calls.
load helper.bash

@test "the nth call of an operation fails, the others do not" {
	fake_fault ioctl.SET_ST:2:EIO
	vfio cdev "$CAP" enable:2 set:0=1 set:0=1 set:0=1
	expect_stdout "enable ok" "set ok" "set EIO" "set ok"
}

@test "every call of an operation fails" {
	fake_fault 'ioctl.GET_ST:*:EPERM' open:/dev/iommu:1:EACCES
	vfio raw "$CAP" iommufd iommufd cdev bind get:0 get:0
	expect_stdout "iommufd EACCES" "iommufd ok" "cdev ok" "bind ok" "get EPERM" \
		"get EPERM"
}

@test "a fault in the middle of a batch: entries before stand, TPH is off" {
	fake_fault SET_ST.entry:3:EIO
	vfio cdev "$CAP" enable:2 set:0=0,1=1,2=2,3=3 config:0x208:12
	expect_stdout "enable ok" "set EIO" "config 000000001001110100000000"
}

@test "the variable orders faults as well" {
	VFIO_TPH_FAKE_FAULT=ioctl.ENABLE:1:ENOMEM,ioctl.GET_CAP:1:EIO \
		vfio cdev "$CAP" cap enable:2 enable:2
	expect_stdout "cap EIO" "enable ENOMEM" "enable ok"
}

@test "paths of sysfs can fail: open, readlink, access, realpath" {
	local dev=/sys/bus/pci/devices/"$CAP"
	fake_fault "open:$dev/numa_node:1:EIO" "readlink:$dev/driver:1:EACCES"
	run fake_run cat "$dev"/numa_node
	((status == 1))
	run fake_run cat "$dev"/numa_node
	expect_stdout 0
	run ! fake_run readlink "$dev"/driver
	fake_run readlink "$dev"/driver
}

@test "pidfd_open and pidfd_getfd can fail" {
	fake_fault pidfd_open:1:ESRCH pidfd_getfd:1:EMFILE
	vfio raw "$CAP" borrow:$$:0 borrow:$$:0
	expect_stdout "borrow ESRCH" "borrow EMFILE"
}

@test "the calls that were made are listed with their number" {
	vfio cdev "$CAP" enable:2 set:0=1,1=2 set:0=1
	expect_status 0
	run fake_calls
	[[ $output == *"ioctl.SET_ST 2"* && $output == *"SET_ST.entry 3"* &&
		$output == *"open:/dev/iommu 1"* ]]
}

@test "the log has a line for each call, with arguments and result" {
	vfio cdev "$CAP" cap enable:2 set:0=1,99=2 raw:device:0x3b7f
	expect_status 0
	fake_settle
	run sh -c "sed 's/open = [0-9]*/open = N/' \
		'$VFIO_TPH_FAKE/log' | sed 's/^[0-9]* //'"
	expect_stdout "/dev/vfio/devices/vfio0 open = N" "/dev/iommu open = N" \
		"$CAP BIND_IOMMUFD argsz=16 flags=0 devid=1 = 0" \
		"$CAP GET_CAP argsz=16 = 0" \
		"$CAP ENABLE argsz=16 mode=2 = 0" \
		"$CAP SET_ST argsz=40 entries=0:1:0,99:2:0 = -ENXIO" \
		"$CAP ioctl.0x3b7f = -ENOTTY" \
		"$CAP closed opener=$(sed -n 's/ .*//;1p' \
			"$VFIO_TPH_FAKE/log") = 0" \
		"iommufd closed opener=$(sed -n 's/ .*//;1p' \
			"$VFIO_TPH_FAKE/log") = 0"
}

# refuses ORDER PATTERN: a call on the machine ends, with a line that matches.
refuses()
{
	fake_fault "$1"
	run --separate-stderr fake_run cat /sys/bus/pci/devices/"$CAP"/numa_node
	((status > 128))
	expect_stdout ""
	expect_stderr_in "^fake: fault $2$"
}

@test "an order that cannot be carried out is refused, whatever is called" {
	refuses 'ioctl.SET_TS:1:EIO' 'ioctl.SET_TS, EIO: no such point'
	refuses 'ioctl.SET_ST:1:EIEIO' 'ioctl.SET_ST, EIEIO: no error of this point'
	refuses 'ioctl.SET_ST:1:5' 'ioctl.SET_ST, 5: no error of this point'
	# One that the kernel does not return.
	refuses 'pidfd_getfd:1:ENOSPC' 'pidfd_getfd, ENOSPC: no error of this point'
	# The injector's alone.
	refuses 'malloc:1:ENOMEM' 'malloc, ENOMEM: no such point'
	refuses 'ioctl.SET_ST:0:EIO' 'ioctl.SET_ST, 0: not a number of a call'
	refuses 'ioctl.SET_ST:2x:EIO' 'ioctl.SET_ST, 2x: not a number of a call'
	refuses 'ioctl.SET_ST' 'ioctl.SET_ST, : not operation:nth:errno'
	fake_fault
}

@test "the nth call and all after it fail" {
	fake_fault ioctl.SET_ST:2+:EIO
	vfio cdev "$CAP" enable:2 set:0=1 set:0=1 set:0=1
	expect_stdout "enable ok" "set ok" "set EIO" "set EIO"
}

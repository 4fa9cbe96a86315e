# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel does that nobody expects, as the tool tells of it: the
# message, the exit status, the JSON object, and the registers afterwards.
load helper.bash

@test "a batch that fails at its third entry: status 9, which entries stand, and that TPH is off" {
	fake_hold $CAP cdev
	fake_fault SET_ST.entry:3:ENXIO
	tph --json set-st --owner $CAP 0-4=4-8
	expect_status 9
	one_line_on_stderr 'No such device or address .*; entries 0-1 stand, 2-4 do not; TPH is off: the kernel switched it off$'
	one_object
	expect_json '.errors[0] | .code, .exit' '"partial"
9'
	expect_control $CAP 0x00000000
	expect_entries $CAP 0 0x114 0x115 0 0 0
}

@test "after a batch that failed midway JSON has each entry as it is, and TPH off" {
	fake_hold $CAP cdev
	fake_fault SET_ST.entry:3:ENXIO
	tph --json set-st --owner $CAP 0-4=4-8
	expect_json '.devices[0].entries | map(.tag)' '[276,277,0,0,0]'
	expect_json '.devices[0].state' '{"enabled":false,"mode":null,"requester":"none"}'
}

@test "a batch that fails midway with EIO is told the same way" {
	fake_hold $CAP cdev
	fake_fault SET_ST.entry:2:EIO
	tph set-st --owner $CAP 0-2=4-6
	expect_status 9
	one_line_on_stderr 'Input/output error; entries 0 stand, 1-2 do not; TPH is off: the kernel switched it off$'
	expect_entries $CAP 0 0x114 0 0
}

@test "a batch that fails at its first entry: none stands, status 1" {
	fake_hold $CAP cdev
	fake_fault SET_ST.entry:1:ENXIO
	tph --json set-st --owner $CAP 0-1=4-5
	expect_status 1
	one_line_on_stderr 'no entry stands; TPH is off: the kernel switched it off$'
	expect_json '.errors[0] | .code, .exit' '"refused"
1'
	expect_control $CAP 0x00000000
}

@test "an entry that held the wanted tag before the failure counts as standing" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0-3=4-7
	expect_status 0
	fake_fault SET_ST.entry:1:ENXIO
	tph set-st --owner $CAP 0-3=4-7
	expect_status 9
	one_line_on_stderr 'all entries stand; TPH is off'
}

@test "the ioctl itself fails, no entry was touched: status 1, TPH is put back to off" {
	fake_hold $CAP cdev
	fake_fault ioctl.SET_ST:1:EIO
	tph set-st --owner $CAP 0-1=4-5
	expect_status 1
	one_line_on_stderr 'cannot program the ST table: Input/output error; no entry stands; TPH was switched off again$'
	expect_control $CAP 0x00000000
}

@test "the ioctl itself fails where TPH was on before: it stays on" {
	fake_hold $CAP cdev
	fake_tell enable 2
	fake_fault ioctl.SET_ST:1:EIO
	tph set-st --owner $CAP 0-1=4-5
	expect_status 1
	one_line_on_stderr 'no entry stands; TPH is still on$'
	expect_control $CAP 0x00000301
}

@test "the same by MSI-X table: which entries stand is read from the vector table" {
	fake_hold $MSIX cdev 4
	fake_fault SET_ST.entry:3:EIO
	tph --json set-st --owner $MSIX 0-3=4-7
	expect_status 9
	one_line_on_stderr 'entries 0-1 stand, 2-3 do not; TPH is off'
	expect_json '.devices[0].entries | map(.tag)' '[276,277,0,0]'
	expect_entries $MSIX 0 0x114 0x115 0 0
}

@test "vectors that go away between look and write: ENXIO, told as such" {
	fake_hold $MSIX cdev 2
	fake_fault SET_ST.entry:1:ENXIO
	tph set-st --owner $MSIX 0-1=4
	expect_status 1
	one_line_on_stderr 'its MSI-X vector is not allocated'
	expect_control $MSIX 0x00000000
}

@test "tags are never asked for while TPH is off" {
	fake_hold $CAP cdev
	tph get-st $NARROW
	tph set-st --try $NARROW 0=1
	tph get-st --owner $CAP
	tph set-st --owner $CAP 0=1
	expect_equal "GET_ST that came before ENABLE" "" "$(ioctls | awk '
		/^ENABLE/ { on = 1 } /^DISABLE/ { on = 0 }
		/^GET_ST/ && !on')"
}

@test "a tag of 0 is not shown as a tag" {
	tph get-st --cpus 14 $CAP
	expect_not_in '0x0'
}

@test "in no-ST mode the kernel takes entries and writes none: never reported as done" {
	fake_hold $CAP cdev
	fake_tell enable 1
	tph set-st --owner $CAP 0=1
	[[ $status != 0 ]]
	expect_entries $CAP 0 0
}

@test "a second enable is EBUSY, which is no failure" {
	fake_hold $CAP cdev
	fake_tell enable 2
	fake_log_clear
	tph enable --owner $CAP
	expect_status 0
	expect_equal "calls of ENABLE" "ENABLE:2!EBUSY" "$(ioctls | grep ENABLE)"
}

@test "TPH that the kernel keeps for on: one line, status 1" {
	fake_hold $CAP cdev
	fake_fault 'ioctl.ENABLE:*:EBUSY'
	tph enable --owner $CAP
	expect_status 1
	one_line_on_stderr 'it was switched on meanwhile'
}

@test "a reset by the owner leaves the setting" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	fake_tell reset
	expect_control $CAP 0x00000301
	expect_entries $CAP 0 0x114
}

@test "a setting is gone when its owner ends" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	fake_release
	expect_control $CAP 0x00000000
	expect_entries $CAP 0 0
}

@test "the first revision writes its answer past a short argsz: the program is not hurt" {
	one_device driver=vfio-pci tph=ns,iv st=cap:4 abi=f3
	tph cap $CAP
	expect_status 0
	expect_in "TPH interface 'ioctl'"
}

@test "no ACPI, no tags: set-st writes nothing and switches TPH off again" {
	machine <<-END
		node 0 cpus=0-3
		tags none
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device $CAP driver=vfio-pci tph=ns,iv st=cap:4
	END
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=1
	expect_status 5
	expect_equal "SET_ST" "" "$(ioctls | grep SET_ST || true)"
	expect_control $CAP 0x00000000
}

@test "the _DSM fails for one CPU: status 5, nothing written" {
	machine <<-END
		node 0 cpus=0-3
		tags v8=0x10 v16=0x110
		tags cpus=2 fail
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device $CAP driver=vfio-pci tph=ns,iv,ext st=cap:4
	END
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0-3=0-3
	expect_status 5
	expect_equal "SET_ST" "" "$(ioctls | grep SET_ST || true)"
	expect_control $CAP 0x00000000
}

@test "a kernel that takes fewer entries a call: a query is split until it fits" {
	ONE_LINES='set max_entries=3' \
		one_device driver=vfio-pci tph=ns,iv,ext st=cap:4
	tph --json get-st $CAP
	expect_status 0
	expect_json '[.devices[0].tags[].tag]' '[272,273,274,275]'
}

@test "a kernel that takes fewer entries a call: a write is not tried again in parts" {
	ONE_LINES='set max_entries=3' \
		one_device driver=vfio-pci tph=ns,iv,ext st=cap:8
	tph set-st --try $CAP all=0
	expect_status 1
	expect_equal "SET_ST" 1 "$(ioctls | grep -c SET_ST)"
}

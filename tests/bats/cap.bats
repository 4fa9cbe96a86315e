# SPDX-License-Identifier: GPL-2.0-or-later
# cap: what the device, its Root Port and the kernel can do.
load helper.bash

@test "cap shows driver, group, node and its CPUs, modes, table, port, state and interface" {
	tph cap $CAP
	expect_status 0
	expect_stderr
	expect_stdout "$CAP 8086:0b25" \
		"    Driver:       vfio-pci" \
		"    IOMMU group:  10" \
		"    Device node:  /dev/vfio/devices/vfio0" \
		"    NUMA node:    0, CPUs 0-3,8-11" \
		"    Modes:        ns iv ds" \
		"    Tags:         8-bit and extended (16-bit)" \
		"    ST table:     16 entries, in the capability" \
		"    Root Port:    0000:00:01.0, completes TPH and extended TPH" \
		"    State:        off" \
		"    Kernel:       TPH interface 'ioctl', layout v1"
}

@test "cap as JSON has the members that the contract names" {
	tph --json cap $CAP
	expect_status 0
	one_object
	expect_json '.devices[0]' '{"bdf":"0000:01:00.0","vendor":"0x8086","device":"0x0b25","name":null,"class":"0x0200","driver":"vfio-pci","iommu_group":10,"cdev":"/dev/vfio/devices/vfio0","numa_node":0,"cpus":"0-3,8-11","tph":{"modes":["ns","iv","ds"],"extended":true,"table":{"location":"capability","size":16},"completer":{"bdf":"0000:00:01.0","tph":true,"extended":true},"own_completer":"none"},"state":{"enabled":false,"mode":null,"requester":"none"},"abi":"ioctl","abi_revision":"v1"}'
}

@test "no character device is shown on a kernel that has groups alone" {
	ONE_LINES='iommu cdev=no' one_device driver=vfio-pci group=7 \
		tph=ns,iv st=cap:4
	tph --json cap $CAP
	expect_status 0
	expect_json '.devices[0].cdev' null
}

@test "cap asks the kernel for no more than the capability" {
	tph cap $CAP
	expect_ioctls GET_CAP
}

@test "the size of a table in the MSI-X table is that of the MSI-X table, though the kernel says 0" {
	tph --json cap $MSIX
	expect_status 0
	expect_json '.devices[0].tph.table' '{"location":"msi-x","size":64}'
}

@test "a table of 2048 entries in the MSI-X table is shown as such" {
	one_device driver=vfio-pci tph=ns,iv,ext st=msix msix=2048@0:0x8000 bars=0:128K
	tph --json cap $CAP
	expect_status 0
	expect_json '.devices[0].tph.table.size' 2048
}

@test "a device without an ST table has location none and size 0" {
	tph --json cap $BARE
	expect_status 0
	expect_json '.devices[0].tph | .table, .modes' '{"location":"none","size":0}
["ns","ds"]'
}

@test "a Root Port that completes 8-bit TPH only is told from an extended one" {
	tph --json cap $NARROW
	expect_json '.devices[0].tph | .extended, .completer' 'true
{"bdf":"0000:00:02.0","tph":true,"extended":false}'
}

@test "a Root Port without a completer is shown, and that is no error" {
	tph --json cap $DEAF
	expect_status 0
	expect_json '.devices[0].tph.completer' '{"bdf":"0000:00:03.0","tph":false,"extended":false}'
}

@test "the Root Port of a device behind a switch is the topmost bridge" {
	tph --json cap $MSIX
	expect_json '.devices[0].tph.completer.bdf' '"0000:3a:00.0"'
}

@test "a device without a Root Port has completer null" {
	tph --json cap $INTEGRATED
	expect_status 0
	expect_json '.devices[0].tph.completer' null
}

@test "a device without a NUMA node has numa_node null" {
	tph --json cap $INTEGRATED
	expect_json '.devices[0] | .numa_node, .cpus' 'null
null'
}

@test "an 8-bit device is told from an extended one" {
	tph cap $INTEGRATED
	expect_in '^ +Tags: +8-bit$'
}

@test "a device without the capability: status 5, one line, and the device is still described" {
	tph --json cap $PLAIN
	expect_status 5
	one_line_on_stderr "^vfio-tph: $PLAIN: it has no TPH capability$"
	expect_json '.devices[0].tph, .errors[0].code' 'null
"no-tph"'
}

@test "a device without the capability is not opened to ask" {
	tph cap $PLAIN
	expect_nothing_issued
}

@test "a device with a host driver is described from config space, with a note" {
	tph cap $HOST
	expect_status 0
	expect_in '^ +ST table: +64 entries, in the MSI-X table$'
	expect_in '^ +Kernel: +not asked$'
	expect_stderr "vfio-tph: $HOST: from config space alone; the kernel was not asked: bound to the driver mlx5_core, not to a VFIO driver"
}

@test "with -q there is no note" {
	tph -q cap $HOST
	expect_status 0
	expect_stderr
}

@test "without the ioctl the half from config space is printed, with a note" {
	fake_start plain-vfio
	tph --json cap $CAP
	expect_status 0
	expect_json '.devices[0] | .abi, .tph.table' 'null
{"location":"capability","size":16}'
	one_line_on_stderr "the kernel was not asked: this kernel's driver vfio-pci has no TPH interface"
}

@test "a device that somebody else holds is described from config space, with a note that names him" {
	fake_hold $CAP cdev
	fake_tell enable 2
	tph --json cap $CAP
	expect_status 0
	expect_json '.devices[0].state' '{"enabled":true,"mode":"iv","requester":"extended"}'
	one_line_on_stderr "held by fake-holder \(pid $FAKE_HOLDER\)"
}

@test "mode and requester of a device that is on are shown" {
	fake_hold $NARROW group
	fake_tell enable 4
	tph cap --owner $NARROW
	expect_status 0
	expect_in '^ +State: +on, mode ds, 8-bit tags$'
}

@test "cap of an id finds all devices that have it" {
	tph --json cap 8086:0b25
	expect_status 0
	expect_json '[.devices[].bdf]' "[\"$CAP\",\"$NARROW\",\"$DEAF\"]"
}

@test "cap all shows what has TPH and passes over the rest" {
	tph --json cap all
	expect_status 0
	expect_json '[.devices[].bdf] | length' 9
	expect_json "[.devices[].bdf] | index(\"$PLAIN\")" null
}

@test "a device named twice is shown once" {
	tph --json cap $CAP 01:00.0 8086:0b25
	expect_json '[.devices[].bdf]' "[\"$CAP\",\"$NARROW\",\"$DEAF\"]"
}

@test "a device is found by each of its names" {
	local name
	for name in 01:00.0 1:0.0 00:01.0/00.0 /dev/vfio/devices/vfio0 \
		/sys/bus/pci/devices/$CAP \
		/sys/devices/pci0000:00/0000:00:01.0/$CAP; do
		tph --json cap "$name"
		expect_status 0
		expect_json '[.devices[].bdf]' "[\"$CAP\"]"
	done
}

@test "a device behind a switch is found by the path of its bridges" {
	tph --json cap 3a:00.0/00.0/03.0/00.1
	expect_status 0
	expect_json '.devices[0].bdf' "\"$BARE\""
}

@test "several devices, one absent: status 9, the others are shown" {
	tph --json cap $CAP 77:00.0 $NARROW
	expect_status 9
	one_object
	expect_json '[.devices[].bdf], [.errors[] | .device, .code, .exit]' "[\"$CAP\",\"$NARROW\"]
[\"77:00.0\",\"not-found\",3]"
}

@test "a kernel that disagrees with config space about the modes is reported" {
	# The fake's kernel reads the modes from where the program does; only a
	# wrong answer can disagree.
	fake_fault 'ioctl.GET_CAP:*:EOPNOTSUPP'
	tph --json cap $CAP
	expect_status 1
	expect_json '.errors[0].code' '"disagree"'
	one_line_on_stderr 'config space shows a TPH capability, the kernel says there is none'
}

@test "cap leaves the device as it found it" {
	tph cap $CAP
	expect_nothing_changed
	expect_control $CAP 0x00000000
}

@test "cap by group and by character device say the same" {
	local cdev
	tph --json cap --via cdev $CAP
	cdev=$output
	tph --json cap --via group $CAP
	expect_equal "cap --via group" "$cdev" "$output"
}

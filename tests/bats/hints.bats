#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A hint never takes a device away from work.
# shellcheck disable=SC2154	# stderr: tph sets it

load helper.bash

PLACE=/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0
TOOLS='file /usr/sbin/driverctl x
	file /sys/module/tph_vfio_pci/initstate live'

# bound_to_host LINES: a device with a host driver, and driverctl.
bound_to_host()
{
	ONE_LINES="$TOOLS
		$1" one_device driver=ixgbe tph=ns,iv st=cap:4
	tph enable --try $CAP
	expect_status 4
}

# in_use WORDS LINES: the hint says as what, and has no command.
in_use()
{
	bound_to_host "$2"
	expect_hint "it is in use as $1: "
	expect_no_command
}

expect_no_command()
{
	expect_equal "a command" "" \
		"$(grep -E 'driverctl|driver_override|unbind' <<< "$stderr" || true)"
}

@test "without work of its own: driverctl for this boot alone, and vfio-pci for DPDK" {
	bound_to_host ''
	expect_hint "driverctl --nosave set-override $CAP tph-vfio-pci, or vfio-pci if DPDK is to have it$"
}

@test "an interface that is up, or of which that is not known, is in use" {
	local state
	for state in up unknown lowerlayerdown dormant testing; do
		in_use eth0 "file $PLACE/net/eth0/operstate $state"
	done
	in_use eth0 "file $PLACE/net/eth0/flags 0x1003"
	in_use ens1 "file $PLACE/virtio0/net/ens1/operstate up"
}

@test "an interface that is down is in use as a part of another" {
	in_use eth0 "file $PLACE/net/eth0/operstate down
		file $PLACE/net/eth0/master x"
	in_use eth0 "file $PLACE/net/eth0/operstate down
		file $PLACE/net/eth0/upper_vlan5/x x"
	bound_to_host "file $PLACE/net/eth0/operstate down"
	expect_hint '--nosave'
}

@test "a disk in a stack, swapped to, or mounted by whomever, is in use" {
	local disk=$PLACE/nvme/nvme0/nvme0n1
	in_use nvme0n1p2 "file $disk/nvme0n1p2/holders/dm-0/x x"
	in_use nvme0n1 "file $disk/holders/md127/x x"
	in_use nvme0n1 "file $disk/size 1
		file /proc/swaps '/dev/nvme0n1p3 partition 1 0 -2'"
	in_use nvme0n1p1 "file $disk/nvme0n1p1/start 1
		file /sys/fs/ext4/nvme0n1p1/x x"
	in_use nvme0n1 "file $disk/size 1
		file /proc/spl/kstat/zfs/x x"
	in_use nvme0n1 "file $PLACE/nvme/nvme0/nvme0c0n1/size 1
		file /sys/class/block/nvme0n1/holders/dm-3/x x"
	in_use sda1 "file $PLACE/ata1/host0/target0:0:0/0:0:0:0/block/sda/sda1/holders/dm-0/x x"
	bound_to_host "file $disk/nvme0n1p1/start 1"
	expect_hint '--nosave'
}

@test "a function with virtual functions is in use" {
	in_use 'the parent of virtual functions' "file $PLACE/sriov_numvfs 4"
	bound_to_host "file $PLACE/sriov_numvfs 0"
	expect_hint '--nosave'
}

@test "without driverctl, or without the module, it goes by sysfs" {
	ONE_LINES='file /sys/module/tph_vfio_pci/initstate live' \
		one_device driver=ixgbe tph=ns,iv st=cap:4
	tph enable --try $CAP
	expect_hint "modprobe tph-vfio-pci; .*echo $CAP > driver/unbind; "
	ONE_LINES='file /usr/sbin/driverctl x' one_device driver=ixgbe tph=ns,iv st=cap:4
	tph enable --try $CAP
	expect_hint "modprobe vfio-pci; cd /sys/bus/pci/devices/$CAP; "
}

@test "a host driver's device that works keeps its group, and is named" {
	machine <<-END
		node 0 cpus=0-3
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 driver=vfio-pci group=5 tph=ns,iv st=cap:4
		device 0000:01:00.1 driver=ixgbe group=5
		file /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.1/net/eth0/operstate up
	END
	tph enable --try 01:00.0
	expect_status 1
	expect_hint '0000:01:00.1 is in use as eth0: '
}

@test "doctor says the same, and nothing of this machine about a dump" {
	bound_to_host "file $PLACE/net/eth0/operstate up"
	tph doctor 01:00.0
	expect_in 'next: it is in use as eth0'
	printf '01:00.0 x\n\tKernel driver in use: ixgbe\n00: 86 80 25 0b\n' > "$BATS_TEST_TMPDIR/dump"
	tph --json doctor --from "$BATS_TEST_TMPDIR/dump" 01:00.0
	expect_equal "a word of this machine" "" "$(grep -E 'eth0|driverctl' <<< "$output" || true)"
}

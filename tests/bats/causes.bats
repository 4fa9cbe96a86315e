#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# doctor, and the command that fails, name what is really in the way: nodes
# that a container was not given, no-IOMMU mode, what keeps root out.
# shellcheck disable=SC2154	# stderr: tph sets it

load helper.bash
load doctor.bash

SOUND="driver=vfio-pci group=18 tph=ns,iv,ds,ext st=cap:16 msix=16@0:0x2000"

# fails_at CODE PATTERN: doctor has one failure, there, and says so.
fails_at()
{
	tph --json doctor 01:00.0
	expect_equal "checks that failed" "$1" "$(results failure)"
	expect_equal "driver" ok "$(check driver result)"
	[[ $(check "$1" finding) =~ $2 ]] || differs finding "$2" "$(check "$1" finding)"
}

# --- nodes

@test "a group's node that is not mounted is missing, and the driver is not wrong" {
	ONE_LINES='iommu cdev=no
		absent /dev/vfio/18' one_device "$SOUND"
	fails_at nodes '/dev/vfio/18 '
	expect_equal next true "$(check nodes 'next | test("container needs the nodes /dev/vfio/18 and /dev/vfio/vfio")')"
	tph enable --try 01:00.0
	expect_status 1
	one_line_on_stderr '/dev/vfio/18 do not exist'
	expect_hint 'a container needs the nodes /dev/vfio/18 and /dev/vfio/vfio'
	[[ $stderr != *"not to a VFIO driver"* ]]
}

@test "a variant driver is proved by vfio-dev in sysfs, without any node" {
	ONE_LINES='iommu cdev=no
		absent /dev/vfio/18
		file /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/vfio-dev/vfio0/uevent' \
		one_device "${SOUND/vfio-pci/nvgrace}"
	fails_at nodes '/dev/vfio/18 '
}

@test "of two ways that miss a node each, both files are named, and one hint" {
	ONE_LINES='absent /dev/vfio/18
		absent /dev/vfio/devices/vfio0' one_device "$SOUND"
	fails_at nodes '/dev/vfio/devices/vfio0 and /dev/vfio/18 do not exist'
	local via
	for via in auto cdev group; do
		tph get-st --via $via 01:00.0
		expect_status 1
		expect_equal "hints that name the other way" "" \
			"$(grep -e --via <<< "$stderr" || true)"
		expect_hint 'a container needs the nodes'
	done
}

@test "the file that is missing may be /dev/iommu or /dev/vfio/vfio" {
	ONE_LINES='absent /dev/iommu
		absent /dev/vfio/vfio' one_device "$SOUND"
	fails_at nodes '/dev/iommu and /dev/vfio/vfio do not exist'
	tph enable --try --via group 01:00.0
	one_line_on_stderr 'no group node: /dev/vfio/vfio does not exist'
	tph enable --try --via cdev 01:00.0
	one_line_on_stderr 'no character device: /dev/iommu does not exist'
}

@test "the other way is offered if it is open" {
	ONE_LINES='absent /dev/vfio/18' one_device "$SOUND"
	tph enable --try --via group 01:00.0
	expect_status 1
	expect_hint '--via cdev'
	ONE_LINES='absent /dev/iommu' one_device "$SOUND"
	tph enable --try --via cdev 01:00.0
	expect_status 1
	expect_hint '--via group'
	tph enable --try 01:00.0
	expect_status 0
}

@test "a kernel that makes neither node" {
	ONE_LINES='iommu cdev=no group=no' one_device "$SOUND"
	fails_at nodes 'do not exist'
	expect_equal next true "$(check nodes 'next | test("CONFIG_VFIO_DEVICE_CDEV .*CONFIG_VFIO_GROUP")')"
}

# --- no-IOMMU mode

noiommu()
{
	ONE_LINES='iommu none' one_device "${SOUND/group=18/group=5}"
}

@test "no-IOMMU mode is named, and no failure" {
	noiommu
	tph --json doctor 01:00.0
	expect_status 0
	expect_equal "checks that failed" "" "$(results failure)"
	expect_equal iommu warning "$(check iommu result)"
	expect_equal group warning "$(check iommu-group result)"
	[[ $(check iommu finding) == *"no-IOMMU mode"* ]]
	[[ $(check iommu-group finding) == *"no-IOMMU mode (/dev/vfio/noiommu-5)"* ]]
	expect_equal evidence true "$(check iommu-group 'evidence |
		any(.source == "/sys/kernel/iommu_groups/5/name" and .value == "vfio-noiommu")')"
}

@test "a device in no-IOMMU mode is opened by its node, and its holder is found" {
	only_as_root
	noiommu
	tph set-st --try 01:00.0 0=1
	expect_status 0
	expect_equal "type of IOMMU" 8 "$(fake_log SET_IOMMU | sed -E 's/.*arg=([0-9]+).*/\1/')"
	fake_hold 0000:01:00.0 group
	tph list --raw --noheadings --output OWNER 01:00.0
	expect_in "$FAKE_HOLDER"
	tph enable --try 01:00.0
	expect_status 8
	one_line_on_stderr "held by .* \(pid $FAKE_HOLDER\)"
	tph enable --owner 01:00.0
	expect_status 0
	fake_release
}

@test "a machine with an IOMMU has no device in no-IOMMU mode" {
	one_device "$SOUND"
	tph --json doctor 01:00.0
	expect_equal warnings abi "$(results warning)"
}

# --- EPERM

@test "EPERM of BIND_IOMMUFD with no holder: isolated MSI, and the parameter" {
	only_as_root
	ONE_LINES='module iommufd allow_unsafe_interrupts=N' one_device "$SOUND"
	fake_fault 'ioctl.BIND_IOMMUFD:*:EPERM'
	tph enable --try --via cdev 01:00.0
	expect_status 7
	one_line_on_stderr 'does not isolate MSI, and iommufd.allow_unsafe_interrupts is N'
	expect_hint '/sys/module/iommufd/parameters/allow_unsafe_interrupts'
	[[ $stderr != *"held by"* && $stderr != *"as root"* ]]
	tph --json doctor --open 01:00.0
	expect_equal "checks that failed" open "$(results failure)"
	[[ $(check open finding) == *"isolate MSI"* ]]
}

@test "with unsafe interrupts allowed it is not that" {
	only_as_root
	ONE_LINES='module iommufd allow_unsafe_interrupts=Y' one_device "$SOUND"
	fake_fault 'ioctl.BIND_IOMMUFD:*:EPERM'
	tph enable --try --via cdev 01:00.0
	expect_status 7
	[[ $stderr != *"isolate"* && $stderr != *"as root"* ]]
	expect_hint 'PID namespaces'
}

@test "EPERM of BIND_IOMMUFD with a holder of another function of the group" {
	only_as_root
	machine <<-END
		node 0 cpus=0-3
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 driver=vfio-pci group=5 tph=ns,iv st=cap:4
		device 0000:01:00.1 driver=vfio-pci group=5 tph=ns,iv st=cap:4
	END
	fake_hold 0000:01:00.1 cdev
	fake_fault 'ioctl.BIND_IOMMUFD:*:EPERM'
	tph enable --try --via cdev 01:00.0
	expect_status 8
	one_line_on_stderr "IOMMU group 5 is held by .* \(pid $FAKE_HOLDER\)"
	fake_release
}

@test "EPERM of a container: isolated MSI, by the parameter of the driver of containers" {
	only_as_root
	local call
	for call in SET_IOMMU GROUP_SET_CONTAINER; do
		ONE_LINES='module vfio_iommu_type1 allow_unsafe_interrupts=N' \
			one_device "$SOUND"
		fake_fault "ioctl.$call:*:EPERM"
		tph enable --try --via group 01:00.0
		expect_status 7
		one_line_on_stderr 'vfio_iommu_type1.allow_unsafe_interrupts is N'
	done
}

@test "EPERM of open as root: the devices cgroup or a security module" {
	only_as_root
	local node via errno
	for errno in EPERM EACCES; do
		for node in group:/dev/vfio/18 group:/dev/vfio/vfio \
			cdev:/dev/vfio/devices/vfio0 cdev:/dev/iommu; do
			via=${node%%:*}
			one_device "$SOUND"
			fake_fault "open:${node#*:}:*:$errno"
			tph enable --try --via "$via" 01:00.0
			expect_status 7
			expect_hint 'devices cgroup .* security module'
			[[ $stderr != *"as root"* ]]
		done
	done
}

# --- long lists of CPUs

# A machine of many CPUs, of which every second one is isolated.
many_cpus()
{
	ODD=$(seq -s, 1 2 2047)
	machine <<-END
		node 0 cpus=0-2047
		cmdline isolcpus=$ODD irqaffinity=$(seq -s, 0 2 2046) quiet
		file /sys/devices/system/cpu/isolated $ODD
		file /sys/devices/system/cpu/nohz_full $ODD
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 $SOUND
		file /sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/local_cpulist $ODD
	END
}

@test "lists of CPUs of any length are read, and none is cut inside a number" {
	many_cpus
	tph --json doctor 01:00.0
	expect_equal isolation ok "$(check cpu-isolation result)"
	expect_equal local ok "$(check local-cpus result)"
	expect_equal "errors" "" "$(grep -o 'too large' <<< "$output" || true)"
	# Each number is one of the list's, in its place.
	jq -r '[.machine.checks[], .devices[].checks[]] | map(.finding,
		(.evidence[].value)) | .[] | select(test("[0-9]+,[0-9]+,[0-9]+"))' \
		<<< "$output" > "$BATS_TEST_TMPDIR/lists"
	(($(wc -l < "$BATS_TEST_TMPDIR/lists") >= 4))
	run -0 python3 - "$BATS_TEST_TMPDIR/lists" <<-'END'
		import re, sys
		for line in open(sys.argv[1]):
		    found = re.search(r"\d+(,\d+)+,?", line)
		    numbers = [int(n) for n in found.group().strip(",").split(",")]
		    first = numbers[0]
		    assert numbers == list(range(first, first + 2 * len(numbers), 2)), line
		    assert line.rstrip().endswith(",...") or numbers[-1] >= 2046, line
	END
}

@test "isolated CPUs on another node, a list of any length" {
	machine <<-END
		node 0 cpus=$(seq -s, 0 2 1022)
		node 1 cpus=$(seq -s, 1 2 1023)
		file /sys/devices/system/cpu/isolated $(seq -s, 1 2 1023)
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 $SOUND
	END
	tph --json doctor 01:00.0
	expect_equal local warning "$(check local-cpus result)"
	[[ $(check local-cpus finding) == *"isolated CPUs is on its node 0: 1,3,"*",..." ]]
}

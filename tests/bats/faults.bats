#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What was wrong when calls failed, each by itself. All calls, one after the
# other: tests/faults.
# shellcheck disable=SC2154	# stderr: tph sets it
load helper.bash

DEVICE_DIR=/sys/bus/pci/devices
NODE_DIR=/sys/devices/system/node

fails_to_read()
{
	fake_fault "$1"
	tph cap "$CAP"
	expect_status "$2"
	one_line_on_stderr "^vfio-tph: $CAP: cannot read its files in sysfs: "
}

@test "a driver that cannot be read is not shown as none" {
	fails_to_read "readlink:$DEVICE_DIR/$CAP/driver:*:EIO" 1
}

@test "a group that cannot be read is not shown as none" {
	fails_to_read "readlink:$DEVICE_DIR/$CAP/iommu_group:*:EACCES" 7
}

@test "a node that cannot be read is not shown as none" {
	fails_to_read "open:$DEVICE_DIR/$CAP/numa_node:*:EMFILE" 1
}

@test "a character device that cannot be looked for is not shown as none" {
	fails_to_read "open:$DEVICE_DIR/$CAP/vfio-dev:*:ENFILE" 1
}

@test "nodes that cannot be listed: 'local' is refused, and does not mean all CPUs" {
	fake_fault "open:$NODE_DIR/online:*:EMFILE"
	tph set-st --try "$CAP" all=local
	expect_status 1
	one_line_on_stderr 'cannot read .*/node/online'
	expect_nothing_changed
}

@test "a node whose CPUs cannot be read: 'local' is refused" {
	fake_fault "open:$NODE_DIR/node0/cpulist:*:EIO"
	tph set-st --try "$CAP" all=local
	expect_status 1
	one_line_on_stderr 'cannot read .*/node0/cpulist'
	expect_nothing_changed
}

@test "a distance that cannot be read is an error, and libnuma prints nothing" {
	fake_fault "open:$NODE_DIR/node0/distance:*:EIO"
	tph get-st --cpus 0 "$CAP"
	expect_status 1
	one_line_on_stderr 'cannot read the distances of node'
}

@test "cap goes on without the CPUs, and says so" {
	fake_fault "open:$NODE_DIR/node0/cpulist:*:EMFILE"
	tph cap "$CAP"
	expect_status 0
	expect_stderr_in '^vfio-tph: the CPUs are not known: '
}

@test "a node that cannot be asked for is not taken for absent" {
	fake_fault "access:/dev/vfio/devices/vfio0:*:EIO"
	tph enable --try --via cdev "$CAP"
	expect_status 0
}

@test "interrupts that cannot be read are an error of status" {
	fake_hold "$MSIX" cdev 4
	fake_fault "open:/sys/bus/pci/devices/$MSIX/msi_irqs:*:EMFILE"
	tph status --owner "$MSIX"
	expect_status 1
	one_line_on_stderr "cannot read /sys/bus/pci/devices/$MSIX/msi_irqs"
}

@test "whose interrupt it is not known is an error of --follow-irq, and nothing is written" {
	fake_hold "$MSIX" cdev 1
	fake_fault "open:/sys/kernel/irq/128/actions:*:EMFILE"
	tph set-st --owner --follow-irq "$MSIX"
	expect_status 1
	one_line_on_stderr 'cannot read /sys/kernel/irq/128/actions'
	! grep -q SET_ST "$VFIO_TPH_FAKE/log"
}

@test "where an interrupt goes not being known is an error of --follow-irq, and nothing is written" {
	fake_hold "$MSIX" cdev 1
	# smp_affinity_list, which can be read, is where it may go.
	fake_fault "open:/proc/irq/128/effective_affinity_list:*:EMFILE"
	tph set-st --owner --follow-irq "$MSIX"
	expect_status 1
	one_line_on_stderr 'cannot read where interrupt 128 goes'
	! grep -q SET_ST "$VFIO_TPH_FAKE/log"
}

@test "dump says that it is without the ST table, and why" {
	fake_hold "$MSIX" cdev 4
	fake_fault 'mmap.bar:*:ENOMEM'
	tph dump --owner "$MSIX"
	expect_status 0
	expect_stderr_in "^vfio-tph: $MSIX: without the ST table: "
}

@test "entries that cannot be read back: it is said that they were written, and that TPH is on" {
	fake_hold "$MSIX" cdev 4
	fake_fault 'mmap.bar:*:ENOMEM'
	tph set-st --owner "$MSIX" 0=4
	expect_status 1
	one_line_on_stderr '; the entries were written; TPH is on, mode iv now$'
	expect_entries "$MSIX" 0 0x114
}

@test "a switch of modes that fails in the middle: it is said that TPH is off" {
	fake_hold "$MSIX" cdev 4
	tph enable -q --owner "$MSIX"
	fake_fault 'ioctl.ENABLE:*:EIO'
	tph enable --switch --mode ds --owner "$MSIX"
	expect_status 1
	one_line_on_stderr '; TPH is off now$'
	expect_control "$MSIX" 0x00000000
}

@test "watch that cannot watch an owner says so, and tries again" {
	mkdir "$BATS_TEST_TMPDIR/config"
	printf '{ "version": 1, "devices": [ { "device": "%s", "mode": "iv" } ] }' \
		"$CAP" > "$BATS_TEST_TMPDIR/config/p.json"
	fake_hold "$CAP" cdev
	fake_fault pidfd_open:1:EMFILE
	start_tph watch --config "$BATS_TEST_TMPDIR/config"
	await grep -q 'cannot look for its owner: Too many open files' "$TPH_ERR"
	await grep -q 'on in mode iv' "$TPH_ERR"
	kill -TERM "$TPH_PID"
	end_tph
	expect_status 0
}

@test "watch that ends tells what came of a change under way" {
	mkdir "$BATS_TEST_TMPDIR/config"
	printf '{ "version": 1, "devices": [ { "device": "%s", "mode": "iv" } ] }' \
		"$CAP" > "$BATS_TEST_TMPDIR/config/p.json"
	fake_hold "$CAP" cdev
	# The signal comes to the parent when it is about to fork.
	run --separate-stderr timeout 20 env INJECT_PROGRAM="$VFIO_TPH" \
		INJECT_AT="0 pipe2 1 signal:15" \
		LD_PRELOAD="${FAULTS_BUILD:-$BATS_TEST_DIRNAME/../../build/release/tests/faults}/libvfio-tph-inject.so:$FAKE_LIBRARY" \
		"$VFIO_TPH" watch --config "$BATS_TEST_TMPDIR/config"
	expect_status 0
	expect_stderr_in "^vfio-tph: $CAP: on in mode iv"
}

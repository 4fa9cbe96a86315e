# SPDX-License-Identifier: GPL-2.0-or-later
# Maps: INDEXES=CPUS, and --cpus as short for all=CPUS.
load helper.bash

# programs INDEX=CPU,...: what the last set-st programmed.
programs()
{
	expect_status 0
	expect_json '[.devices[0].entries[] | "\(.index)=\(.cpu)"] | join(",")' \
		"\"$1\""
}

@test "indexes in order, CPUs in order" {
	tph --json set-st --try $CAP 0-3=8-11
	programs 0=8,1=9,2=10,3=11
}

@test "fewer CPUs than indexes: repeated in turn" {
	tph --json set-st --try $CAP 0-4=2,5
	programs 0=2,1=5,2=2,3=5,4=2
}

@test "more CPUs than indexes: status 2, both counts, nothing issued" {
	tph set-st --try $CAP 0-1=4-6
	expect_status 2
	one_line_on_stderr "map '0-1=4-6': more CPUs \(3\) than indexes \(2\)"
	expect_nothing_issued
}

@test "an index given twice in one map: status 2, nothing issued" {
	tph set-st --try $CAP 1,1=4,5
	expect_status 2
	one_line_on_stderr 'index 1 is given twice'
	expect_nothing_issued
}

@test "an index given twice in two maps: status 2, nothing issued" {
	tph set-st --try $CAP 0-3=4 3=5
	expect_status 2
	one_line_on_stderr 'index 3 is given twice'
	expect_nothing_issued
}

@test "several maps are programmed together" {
	tph --json set-st --try $CAP 8=1 0-1=2,3
	programs 0=2,1=3,8=1
	expect_equal "SET_ST" 1 "$(ioctls | grep -c SET_ST)"
}

@test "the order of the indexes in a map is that of its CPUs" {
	tph --json set-st --try $CAP 3,1=4,5
	programs 1=5,3=4
}

@test "a CPU list may have ranges with a stride" {
	tph --json set-st --try $CAP 0-2=0-2:2,8
	programs 0=0,1=2,2=8
}

@test "the same CPU may be given twice" {
	tph --json set-st --try $CAP 0-3=1,1,2,2
	programs 0=1,1=1,2=2,3=2
}

@test "all= is every entry of the table" {
	tph --json set-st --try $CAP all=4
	expect_status 0
	expect_json '[.devices[0].entries[].index]' \
		'[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]'
}

@test "all= of a table in the MSI-X table is every allocated vector" {
	fake_hold $MSIX cdev 3
	tph --json set-st --owner $MSIX all=4-5
	programs 0=4,1=5,2=4
}

@test "--cpus is short for all=" {
	tph --json set-st --try --cpus 4,5 $CAP
	expect_status 0
	expect_json '[.devices[0].entries[].cpu]' \
		'[4,5,4,5,4,5,4,5,4,5,4,5,4,5,4,5]'
}

@test "=local is the CPUs of the device's node, repeated in turn" {
	tph --json set-st --try $CAP 0-9=local
	programs 0=0,1=1,2=2,3=3,4=8,5=9,6=10,7=11,8=0,9=1
}

@test "all=local on a device of the other node" {
	fake_hold $MSIX cdev 2
	tph --json set-st --owner $MSIX all=local
	programs 0=4,1=5
}

@test "=node:N is the CPUs of that node that are online" {
	fake_affinity 0-13
	tph --json set-st --try --allowed $CAP 0-6=node:1
	programs 0=4,1=5,2=6,3=7,4=12,5=13,6=4
}

@test "=l3:CPU is the CPUs that share its L3 cache, itself among them" {
	tph --json set-st --try $CAP 0-4=l3:8
	programs 0=0,1=1,2=8,3=9,4=0
}

@test "=l3:CPU of two caches is the CPUs of both, in the order given" {
	tph --json set-st --try $CAP 0-8=l3:4,0
	programs 0=4,1=5,2=12,3=13,4=0,5=1,6=8,7=9,8=4
}

@test "=l3 is one CPU of each L3 cache of the device's node, in turn" {
	tph --json set-st --try $CAP 0-4=l3
	programs 0=0,1=2,2=0,3=2,4=0
}

@test "=core is one thread of each core of the device's node" {
	tph --json set-st --try $CAP 0-4=core
	programs 0=0,1=1,2=2,3=3,4=0
}

@test "=l3 and =core keep to the CPUs that the caller may use with --allowed" {
	fake_affinity 3,8-11
	tph --json set-st --try --allowed $CAP 0-3=l3
	programs 0=3,1=8,2=3,3=8
	tph --json set-st --try --allowed $CAP 0-4=core
	programs 0=3,1=8,2=9,3=10,4=3
	tph --json set-st --try --allowed $CAP 0-2=l3:0
	programs 0=8,1=9,2=8
}

@test "l3 of an offline CPU, of an absent one, of one without a cache: status 2" {
	tph set-st --try $CAP 0=l3:15
	expect_status 2
	one_line_on_stderr 'CPU 15 is offline'
	tph set-st --try $CAP 0=l3:16
	expect_status 2
	one_line_on_stderr 'CPU 16 is not present'
	fake_start small
	tph set-st --try $CAP 0=l3:1
	expect_status 2
	one_line_on_stderr 'the L3 cache of CPU 1 is not known'
	tph set-st --try $CAP 0=l3
	expect_status 2
	one_line_on_stderr 'the L3 cache of CPU 0 is not known'
	expect_nothing_issued
}

@test "core needs no cache" {
	fake_start small
	tph --json set-st --try $CAP 0-4=core
	programs 0=0,1=1,2=2,3=3,4=0
}

@test "=node:N,N is the CPUs of several" {
	tph --json set-st --try $CAP 0-11=node:1,0
	expect_status 5
	one_line_on_stderr 'no tag for CPU 14'
}

@test "a node that does not exist: status 2, nothing issued" {
	tph set-st --try $CAP 0=node:7
	expect_status 2
	one_line_on_stderr 'node 7 does not exist'
	expect_nothing_issued
}

@test "=all with --allowed is every CPU that is online and allowed" {
	fake_affinity 2,5
	tph --json set-st --try --allowed $CAP 0-3=all
	programs 0=2,1=5,2=2,3=5
}

@test "a CPU outside of the caller's affinity and --allowed: status 2, nothing issued" {
	fake_affinity 0-3
	tph set-st --try --allowed $CAP 0=4
	expect_status 2
	one_line_on_stderr 'CPU 4 is not in the CPU affinity of this process'
	expect_nothing_issued
}

@test "a map and --cpus cannot go together" {
	tph set-st --try --cpus 1 $CAP 0=1
	expect_status 2
	one_line_on_stderr '--cpus and a map cannot go together'
	expect_nothing_issued
}

# SPDX-License-Identifier: GPL-2.0-or-later
# CPUs on which the caller may not run: isolated at boot, or kept by a cpuset.
# The driver takes those alone on which its caller may run.
# shellcheck disable=SC2154	# of run: status, output, stderr
load helper.bash

setup()
{
	fake_start server
	driver_abi f3-strict
	fake_affinity 0-3
}

driver_abi()
{
	sed -i "s/^abi .*/abi $1/" "$VFIO_TPH_FAKE"/devs/*
}

@test "set-st steers to an isolated CPU" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	expect_status 0
	expect_entries $CAP 0 0x114
}

@test "so do a device of its own, get-st and apply" {
	tph --json set-st --try $CAP 0=4
	expect_status 0
	tph --json get-st --cpus 4 $CAP
	expect_json '.devices[0].tags[0].tag' 276
	fake_hold $CAP cdev
	echo '{"version":1,"devices":[{"device":"'$CAP'","mode":"iv","maps":[{"index":"0","cpus":"5"}]}]}' \
		> "$BATS_TEST_TMPDIR/profile.json"
	tph apply --owner "$BATS_TEST_TMPDIR/profile.json"
	expect_status 0
	expect_entries $CAP 0 0x115
}

@test "words mean isolated CPUs, too" {
	tph --json set-st --try $MSIX --dry-run all=node:1
	tph --json get-st --cpus node:1 $CAP
	expect_json '[.devices[0].tags[].cpu][0:4]' '[4,5,6,7]'
}

@test "--allowed keeps to the caller's mask" {
	fake_hold $CAP cdev
	tph --json get-st --allowed --owner --force $CAP
	expect_json '[.devices[0].tags[].cpu]' '[0,1,2,3]'
	tph set-st --allowed --owner $CAP 0=4
	expect_status 2
	one_line_on_stderr 'CPU 4 is not in the CPU affinity of this process'
}

@test "a program that is run has the caller's mask" {
	tph run $CAP 0=4 -- cat /proc/self/status
	expect_status 0
	expect_equal "its mask" 0-3 \
		"$(awk '/^Cpus_allowed_list/ { print $2 }' <<< "$output")"
}

@test "a CPU that the cpuset does not have: the kernel's refusal is explained" {
	fake_cpuset 0-3
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	expect_status 7
	one_line_on_stderr 'does not let it run on CPU 4'
	expect_hint 'start it in a cpuset that has that CPU'
}

@test "of a partition it is said how to start in it" {
	fake_cpuset 0-3
	local group=$VFIO_TPH_FAKE/root/sys/fs/cgroup/dpdk.slice
	mkdir -p "$group"
	echo isolated > "$group/cpuset.cpus.partition"
	echo 4-7 > "$group/cpuset.cpus.effective"
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	expect_status 7
	expect_hint 'echo \$\$ > /sys/fs/cgroup/dpdk.slice/cgroup.procs'
	tph --json doctor $CAP
	expect_json '[.. | objects | select(.source? == "/sys/fs/cgroup").value][0]' \
		'"CPU 4 is of the partition /dpdk.slice"'
}

@test "a driver without that rule is asked all the same" {
	fake_cpuset 0-3
	driver_abi f3
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	expect_status 0
	expect_entries $CAP 0 0x114
}

@test "a CPU that is offline or absent: status 2" {
	local online=$VFIO_TPH_FAKE/root/sys/devices/system/cpu/online
	rm "$online"
	echo 0-6,8-15 > "$online"
	tph set-st --try $CAP 0=7
	expect_status 2
	one_line_on_stderr 'CPU 7 is offline'
	tph set-st --try $CAP 0=4096
	expect_status 2
	one_line_on_stderr 'CPU 4096 is not present'
}

@test "status and save find the isolated CPU of a tag" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0=4
	tph --json status --owner $CAP
	expect_json '.devices[0].entries[0].cpus' '"4"'
	tph save $CAP
	expect_status 0
	expect_stderr
	expect_json '.devices[0].maps' '[{"index":"0","cpus":"4"}]'
}

@test "save does not say 'of no CPU' of a tag whose CPU it could not ask for" {
	fake_hold $CAP cdev
	tph set-st --owner $CAP 0-1=4,3
	fake_cpuset 0-3
	tph save $CAP
	expect_status 0
	expect_stderr_in 'because the CPUs of their tags are not known: entries 0 \(CPUs 4-1[0-9] could not be asked for\)'
	expect_json '.devices[0].maps' '[{"index":"1","cpus":"3"}]'
}

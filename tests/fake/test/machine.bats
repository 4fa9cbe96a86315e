# SPDX-License-Identifier: GPL-2.0-or-later
# The machine as lspci, numactl and lscpu see it; nothing of the real one.
load helper.bash

@test "lspci shows the described functions, behind their bridges, and no others" {
	run fake_run lspci -n -PP
	[[ ${#lines[@]} == 17 ]]
	[[ $output == *"3a:00.0/3b:00.0/3c:03.0/3d:00.1 0200: 15b3:101e"* ]]
	run fake_run lspci -vvv -s "$CAP"
	[[ $output == *"Steering table in TPH capability structure"* &&
		$output == *"Extended requester support"* &&
		$output == *"driver in use: vfio-pci"* &&
		$output == *"MSI-X: Enable- Count=16"* ]]
	run fake_run lspci -vvv -s 0000:02:00.0
	[[ $output == *"IOMMU group: 11"* ]]
	run fake_run lspci -vvv -s 00:01.0
	[[ $output == *"TPHComp+ ExtTPHComp+"* ]]
	run fake_run lspci -vvv -s 00:02.0
	[[ $output == *"TPHComp+ ExtTPHComp-"* ]]
}

@test "setpci reads the live control register" {
	fake_hold "$CAP" cdev
	fake_tell enable 2
	[[ $(fake_run setpci -s "$CAP" ECAP_TPH+8.L) == 00000301 ]]
	fake_release
	[[ $(fake_run setpci -s "$CAP" ECAP_TPH+8.L) == 00000000 ]]
}

# numactl_H: how wide its columns are depends on its version.
numactl_H()
{
	fake_run numactl -H | sed -E 's/ +/ /g; s/^ //'
}

@test "libnuma sees the described nodes, CPUs and distances" {
	run numactl_H
	[[ $output == *"available: 2 nodes (0-1)"* &&
		$output == *"node 0 cpus: 0 1 2 3 8 9 10 11"* &&
		$output == *"node 1 cpus: 4 5 6 7 12 13 14"* &&
		$output == *"1: 21 10"* ]]
}

@test "nodes and CPUs with gaps, distances that are not symmetric" {
	fake_start - <<-END
		node 1 cpus=2,5 distance=10,40
		node 7 cpus=130-133 distance=30,10
		root 0000:00
	END
	run numactl_H
	[[ $output == *"available: 2 nodes (1,7)"* &&
		$output == *"node 7 cpus: 130 131 132 133"* &&
		$output == *"1: 10 40"* && $output == *"7: 30 10"* ]]
	run fake_run nproc
	expect_stdout 6
	run fake_run nproc --all
	expect_stdout 6
}

@test "the affinity mask is the machine's, in every way to ask for it" {
	fake_affinity 2-5
	[[ $(fake_run nproc) == 4 ]]
	run fake_run taskset -cp $$
	[[ $output == *": 2-5" ]]
	run fake_run grep allowed_list /proc/self/status
	expect_stdout "Cpus_allowed_list:	2-5" "Mems_allowed_list:	0-1"
}

# sleeper COMMAND...: in the background, and waits until it is what it says.
sleeper()
{
	"$@" 60 3>&- &
	until grep -qx sleep "/proc/$!/comm"; do
		sleep 0.01
	done
}

@test "a process beside the machine has no name there" {
	sleeper sleep
	run fake_run cat "/proc/$!/comm"
	kill $!
	expect_stdout sleep
	sleeper env -u VFIO_TPH_FAKE sleep
	run fake_run cat "/proc/$!/comm"
	kill $!
	((status == 1))
	[[ $output == *"No such process" ]]
}

@test "realpath, glob and find give paths of the machine" {
	local path=/sys/devices/pci0000:00/0000:00:01.0/$CAP
	run fake_run realpath /sys/bus/pci/devices/"$CAP"
	expect_stdout "$path"
	run fake_run /usr/bin/python3 - "$CAP" <<-'END'
		import os, glob, sys
		print(os.path.realpath('/sys/bus/pci/devices/' + sys.argv[1]))
		os.chdir('/sys/bus/pci/devices')
		print(os.getcwd(), os.path.exists(sys.argv[1] + '/config'))
		print(*sorted(os.listdir('/dev/vfio/devices'))[:2])
		print(*glob.glob(os.getcwd() + '/' + sys.argv[1] + '/vfio-dev/*'))
	END
	expect_stdout "$path" "/sys/bus/pci/devices True" "vfio0 vfio1" \
		"/sys/bus/pci/devices/$CAP/vfio-dev/vfio0"
}

@test "uname and /proc are the machine's" {
	[[ $(fake_run uname -r) == 7.2.0 ]]
	run fake_run cat /proc/cmdline
	expect_stdout "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro"
	[[ $(fake_run zcat /proc/config.gz) == *CONFIG_PCIE_TPH=y* ]]
	run ! fake_run cat /proc/bus/pci/devices
}

@test "opening a node is seen by inotify" {
	cat > "$BATS_TEST_TMPDIR/watch.py" <<-'END'
		import ctypes, os
		libc = ctypes.CDLL(None)
		fd = libc.inotify_init1(0)
		assert libc.inotify_add_watch(fd, b"/dev/vfio/devices", 0x20) > 0
		print("ready", flush=True)
		print(os.read(fd, 4096)[16:].rstrip(b"\0").decode())
	END
	coproc WATCH { fake_run /usr/bin/python3 "$BATS_TEST_TMPDIR/watch.py"; }
	local line out=${WATCH[0]}
	read -r line <&"$out"
	fake_hold "$CAP" cdev 2> /dev/null
	read -r line <&"$out"
	[[ $line == vfio0 ]]
	fake_release
}

@test "a state directory that is none aborts the program" {
	VFIO_TPH_FAKE=$BATS_TEST_TMPDIR run fake_run cat /proc/cmdline
	((status == 128 + 6))
	[[ $output == *"no machine here"* && $output != *root=* ]]
}

@test "a description that is wrong is refused, with the line" {
	run "$FAKE_SOURCE/fake-machine" - "$BATS_TEST_TMPDIR/bad" <<-END
		node 0 cpus=0
		device 00:1.0
	END
	((status == 1))
	expect_stdout "fake-machine: line 2: '00:1.0' is not an address like 0000:3b:00.0"
	run "$FAKE_SOURCE/fake-machine" - "$BATS_TEST_TMPDIR/bad" <<-END
		root 0000:00
		device 0000:00:01.0 colour=red
	END
	expect_stdout "fake-machine: line 2: unknown option 'colour'"
	run "$FAKE_SOURCE/fake-machine" - "$BATS_TEST_TMPDIR/bad" <<-END
		device 0000:05:00.0
	END
	[[ $output == *"no bridge leads to its bus"* ]]
}

@test "nothing that lspci, numactl and the tests' program open is the real machine's" {
	command -v strace > /dev/null || skip "strace is not installed"
	local trace=$BATS_TEST_TMPDIR/trace
	cat > "$BATS_TEST_TMPDIR/all" <<-END
		lspci -vvv > /dev/null
		numactl -H > /dev/null
		"$BATS_TEST_DIRNAME/vfioctl" group "$MSIX" vectors:4 enable:2 set:0=4
		"$BATS_TEST_DIRNAME/vfioctl" cdev "$CAP" enable:2 set:0=4 get:1
		cat /proc/interrupts /proc/cmdline > /dev/null
		nproc > /dev/null
	END
	fake_run strace -f -E LD_PRELOAD="$FAKE_LIBRARY" -o "$trace" \
		-e trace=%file sh "$BATS_TEST_TMPDIR/all"
	run "$FAKE_SOURCE/check-trace" "$trace" "$VFIO_TPH_FAKE"
	((status == 0))
}

@test "the check of a trace finds a reach for the real machine" {
	local trace=$BATS_TEST_TMPDIR/trace
	echo '12 openat(AT_FDCWD, "/sys/devices/system/cpu/online", 0) = 3' \
		> "$trace"
	run "$FAKE_SOURCE/check-trace" "$trace" "$VFIO_TPH_FAKE"
	((status == 1))
	[[ $output == *"/sys/devices/system/cpu/online"* ]]
}

# cache NAME CPU INDEX
cache()
{
	fake_run cat "/sys/devices/system/cpu/cpu$2/cache/index$3/$1"
}

@test "caches are shared by threads and cores, as described" {
	run cache shared_cpu_list 9 2
	expect_stdout 1,9
	run cache shared_cpu_list 9 3
	expect_stdout 0-1,8-9
	[[ $(cache level 9 3) == 3 && $(cache type 9 1) == Instruction ]]
	run fake_run lscpu -e=CPU,CORE,CACHE
	[[ $output == *" 3    3 3:3:3:2"* && $output == *"14    6 6:6:6:6"* ]]
}

@test "an offline CPU has no cache and is in no list of sharers" {
	run -1 cache level 15 3
	run cache shared_cpu_list 7 3
	expect_stdout 6-7,14
}

@test "without caches in the description there are none" {
	fake_start small
	run -1 cache level 0 0
}

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# CPUs that not everybody may run on: one that the kernel was told to isolate,
# a partition of cpuset, one that is offline; and a device that sleeps.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }
allowed() { sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status; }

it "isolcpus=3: the driver takes the isolated CPU from who has it in his mask"
same "everybody's mask" 0-2 "$(allowed)"
poke cdev $NVME op=1,mode=2 op=3,entry=2/0/0 op=3,entry=3/0/0 \
	op=4,entry=3/0/0
same "as everybody" "enable ok
get-st ok 0x5221
get-st EPERM
set-st EPERM" "$output"
run taskset f abi-poke cdev $NVME op=1,mode=2 op=3,entry=3/0/0 \
	op=4,entry=3/0/0 "run=. /lib.sh; tph_table $NVME 1"
same "with a wider mask" "enable ok
get-st ok 0x5231
set-st ok
5231" "$output"

it "isolcpus=3: so does the tool"
holding taskset f vfio-tph set-st --hold $NVME 0=3
same "table" "$(tag_of 3 volatile 16)" "$(tph_table $NVME 1)"
done_holding

# --- a partition ---

mkdir /tmp/cgroup
mount -t cgroup2 none /tmp/cgroup
echo +cpuset >/tmp/cgroup/cgroup.subtree_control
mkdir /tmp/cgroup/lcores
echo 2 >/tmp/cgroup/lcores/cpuset.cpus
echo isolated >/tmp/cgroup/lcores/cpuset.cpus.partition

# within COMMAND...: as a process of that partition
cat >/bin/within <<-'SCRIPT'
	#!/bin/sh
	echo $$ >/tmp/cgroup/lcores/cgroup.procs
	exec "$@"
SCRIPT
chmod +x /bin/within

it "a partition takes its CPU from all others' masks, silently"
same "partition" isolated "$(cat /tmp/cgroup/lcores/cpuset.cpus.partition)"
same "a mask from outside" 0-1,3 "$(taskset f sed -n \
	's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)"
same "a mask from within" 2 "$(within sed -n \
	's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)"
run taskset f abi-poke cdev $NVME op=1,mode=2 op=3,entry=2/0/0
same "from outside" "enable ok
get-st EPERM" "$output"
run within abi-poke cdev $NVME op=1,mode=2 op=3,entry=2/0/0
same "from within" "enable ok
get-st ok 0x5221" "$output"

it "within the partition the tool steers to its CPU"
holding within vfio-tph set-st --hold $NVME 0=2
same "table" "$(tag_of 2 volatile 16)" "$(tph_table $NVME 1)"
done_holding
rmdir /tmp/cgroup/lcores

# --- a CPU that goes and comes back ---

it "a CPU that is offline: the driver still has its tag"
echo 0 >/sys/devices/system/cpu/cpu1/online
poke cdev $NVME op=1,mode=2 op=3,entry=1/0/0
same "result" "enable ok
get-st ok 0x5211" "$output"

it "the tool refuses an offline CPU before it changes anything: 2"
hold cdev $FAR 2
expect_status 2 vfio-tph set-st --owner $FAR 0=1
same "control" 00000000 "$(tph_control $FAR)"
expect_status 2 vfio-tph set-st --owner $FAR 0=9
same "control" 00000000 "$(tph_control $FAR)"

it "and takes it once it is online again"
echo 1 >/sys/devices/system/cpu/cpu1/online
expect_status 0 vfio-tph set-st --owner $FAR 0=1
same "entry" "$(tag_of 1 volatile 16 far)" "$(msix_table $FAR 1)"

it "status shows an entry's CPU while it is offline"
echo 0 >/sys/devices/system/cpu/cpu1/online
expect_status 0 vfio-tph --json status --owner $FAR
same "tag" $((0x$(tag_of 1 volatile 16 far))) \
	"$(json '.devices[0].entries[0].tag')"
echo 1 >/sys/devices/system/cpu/cpu1/online
let_go

# --- a device that sleeps ---

it "a device that its holder put into D3hot is not switched on"
hold cdev $NVME
tell sleep
same "sleep" ok "$answer"
same "power state" 3 $((0x$(setpci -s $NVME CAP_PM+4.W) & 3))
expect_status 1 vfio-tph enable --owner $NVME
same "control" 00000000 "$(tph_control $NVME)"

it "and is once it is awake"
tell wake
same "wake" ok "$answer"
expect_status 0 vfio-tph set-st --owner $NVME 0=1
same "table" "$(tag_of 1 volatile 16)" "$(tph_table $NVME 1)"

it "asleep, its setting can be ended, and survives otherwise"
tell sleep
expect_status 0 vfio-tph disable --owner $NVME
tell wake
same "control" 00000000 "$(tph_control $NVME)"
let_go

finish

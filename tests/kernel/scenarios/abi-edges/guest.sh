# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The edges of the driver's ioctl, by abi-edges: every size, bit and count, and
# memory that is cut off, missing, or the device's own.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
bind $NVME tph-vfio-pci
edges() { expect_status 0 abi-edges "$@"; echo "$output" | sed 's/^/# /' >&3; }

# Copies that fail are asked for, and are not to look like the kernel's own.
# Allocations are left alone: after one that fails within it, the kernel's ACPI
# interpreter never again lets anybody in.
mount -t debugfs none /sys/kernel/debug
echo 0 >/sys/kernel/debug/fail_usercopy/verbose
echo Y >/sys/kernel/debug/failslab/cache-filter

vias=cdev
deep && vias="group cdev"
for via in $vias; do

it "$via: argsz from 0 to 64, and large: what is too small gets EINVAL"
edges $via $NVME argsz

it "$via: every reserved bit, kind of memory and mode that there is not gets EINVAL"
edges $via $NVME reserved

it "$via: counts around the limits, also of 32 bits"
edges $via $NVME count

it "$via: numbers of CPUs and indexes around each power of two"
edges $via $NVME values

it "$via: a call cut off at any byte gets EFAULT, and nothing is written"
edges $via $NVME cut

it "$via: bad pointers get EFAULT"
edges $via $NVME pointers

it "$via: calls in memory that cannot be written"
edges $via $NVME read-only

it "$via: while a page of a call is awaited, the device is free for others"
edges $via $NVME pending

it "$via: calls in the device's own memory come back"
edges $via $NVME own-memory

it "$via: with any copy from or to the caller failing, nothing is half done"
edges $via $NVME failing

done

it "a device that fails in the middle of a batch: the entries before stand, TPH is off"
echo 2 >/sys/module/tph_overlay/parameters/failing_entry
run abi-poke cdev $NVME op=1,mode=4 \
	op=4,entry=3/0/0,entry=2/0/1,entry=1/0/2,entry=0/0/3 \
	"run=setpci -s $NVME ECAP_TPH+8.L" "run=. /lib.sh; tph_table $NVME 4" \
	op=4,entry=3/0/0 op=1,mode=4 op=4,entry=1/0/3
echo -1 >/sys/module/tph_overlay/parameters/failing_entry
same "result" "enable ok
set-st EIO
00000000
5231 5221 0000 0000
set-st EINVAL
enable ok
set-st ok" "$output"
has "the kernel's log" \
	"$NVME: ST entry 2 not written (-5): TPH is off, 2 of 4 entries of the batch were written" \
	"$(dmesg)"

it "and the tool says what is left"
echo 2 >/sys/module/tph_overlay/parameters/failing_entry
expect_status 9 vfio-tph set-st --hold $NVME 0-3=3,2,1,0
echo -1 >/sys/module/tph_overlay/parameters/failing_entry
has "stderr" "entries 0-1 stand, 2-3 do not; TPH is off" "$error"

finish

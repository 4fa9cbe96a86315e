# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool on a device that another process holds, and what becomes of a
# setting when the last descriptor is closed.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
bind $NVME tph-vfio-pci

for via in group cdev; do

it "$via: every way of opening is busy: 8, and the holder is named"
hold $via $NVME
for other in group cdev; do
	expect_status 8 vfio-tph enable --try --via $other $NVME
	has "stderr" "holder" "$error"
	has "stderr" "$holder_pid" "$error"
	expect_status 8 vfio-tph set-st --try --via $other $NVME 0=0
done
expect_status 8 vfio-tph get-st $NVME
same "control" 00000000 "$(tph_control $NVME)"

it "$via: --owner: a setting that outlives the tool"
expect_status 0 vfio-tph enable --owner --mode ds $NVME
same "control" 00000302 "$(tph_control $NVME)"

it "$via: enable in the mode that is on is success, in another it is refused"
expect_status 0 vfio-tph enable --owner --mode ds $NVME
expect_status 1 vfio-tph enable --owner --mode iv $NVME
same "control" 00000302 "$(tph_control $NVME)"
expect_status 0 vfio-tph enable --owner --mode iv --switch $NVME
same "control" 00000301 "$(tph_control $NVME)"

it "$via: set-st leaves the mode alone"
expect_status 0 vfio-tph set-st --owner $NVME 0=2
same "table" "$(tag_of 2 volatile 16)" "$(tph_table $NVME 1)"
same "control" 00000301 "$(tph_control $NVME)"

it "$via: the setting survives a reset by the holder"
tell reset
same "answer" ok "$answer"
same "control" 00000301 "$(tph_control $NVME)"
same "table" "$(tag_of 2 volatile 16)" "$(tph_table $NVME 1)"

it "$via: a setting that somebody else reset is found, and put right"
setpci -s $NVME ECAP_TPH+8.L=0
run vfio-tph -v doctor --owner $NVME
has "doctor" "believes it on" "$(doctor_line agreement)"
expect_status 0 vfio-tph set-st --owner $NVME 0=2
has "stderr" "switched it off and on again" "$error"
same "control" 00000301 "$(tph_control $NVME)"
same "table" "$(tag_of 2 volatile 16)" "$(tph_table $NVME 1)"

it "$via: it is gone when the holder closes the device"
let_go
same "control" 00000000 "$(tph_control $NVME)"
expect_status 0 vfio-tph --json disable $NVME

it "$via: --pid of a process that does not hold the device is refused"
refused vfio-tph enable --pid 1 $NVME
same "control" 00000000 "$(tph_control $NVME)"

done

finish

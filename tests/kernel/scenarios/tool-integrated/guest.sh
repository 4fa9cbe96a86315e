# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# An endpoint that is integrated into the root complex (PCIe type 9), as Intel's
# DSA and IAA are: TPH can be switched on, and there are no tags by CPU, since
# the kernel asks the firmware for those of a Root Port.
. /lib.sh

load_vfio && load tph-vfio-pci
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }
control="run=setpci -s $INTEGRATED ECAP_TPH+8.L"

it "the device is an integrated endpoint, alone on the root bus"
run lspci -vv -s $INTEGRATED
has "lspci" "Root Complex Integrated Endpoint" "$output"

for place in capability msix; do

overlay device=$INTEGRATED location=$place
bind $INTEGRATED tph-vfio-pci

for via in group cdev; do

it "$place, $via: the driver enables TPH, and has no tags"
poke $via $INTEGRATED vectors=2 op=1,mode=2 "$control" op=3,entry=0/0/0 \
	op=4,entry=0/0/0 "$control" op=2 "$control"
same "result" "vectors ok
enable ok
00000301
get-st ENODEV
set-st ENODEV
00000301
disable ok
00000000" "$output"

done

it "$place: the tool shows the capability"
expect_status 0 vfio-tph --json cap $INTEGRATED
expect_status 0 vfio-tph list
has "list" $INTEGRATED "$output"

done

finish

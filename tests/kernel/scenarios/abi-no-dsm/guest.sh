# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's ioctl, raw, on a platform whose firmware gives no tags.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
bind $NVME tph-vfio-pci

it "TPH can be switched on, but there are no tags"
run abi-poke cdev $NVME op=1,mode=2 op=3,entry=0/0/0 \
	"run=setpci -s $NVME ECAP_TPH+8.L"
same "result" "enable ok
get-st EINVAL
00000301" "$output"

it "SET_ST writes nothing and leaves TPH on"
run abi-poke cdev $NVME op=1,mode=2 op=4,entry=0/0/0 \
	"run=setpci -s $NVME ECAP_TPH+8.L" "run=. /lib.sh; tph_table $NVME 1"
same "result" "enable ok
set-st EINVAL
00000301
0000" "$output"

finish

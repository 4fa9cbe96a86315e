# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's ioctl, raw, under pci=notph.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
bind $NVME tph-vfio-pci
control="run=setpci -s $NVME ECAP_TPH+8.L"

it "the capability is there, ENABLE gets EINVAL in every mode"
run abi-poke cdev $NVME op=0 op=1,mode=1 op=1,mode=2 op=1,mode=4 "$control"
same "result" "cap ok modes=7 present=1 size=16 reserved=0
enable EINVAL
enable EINVAL
enable EINVAL
00000000" "$output"

it "nothing can be set, and DISABLE has nothing to do"
run abi-poke group $NVME op=4,entry=0/0/0 op=2 "$control"
same "result" "set-st EINVAL
disable ok
00000000" "$output"

finish

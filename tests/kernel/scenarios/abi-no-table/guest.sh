# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's ioctl, raw, on a device without an ST table, gate closed and
# open, and on one without the capability.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME location=none modes=5
bind $NVME tph-vfio-pci
control="run=setpci -s $NVME ECAP_TPH+8.L"
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }

it "gate closed: GET_CAP says that there is no table"
poke cdev $NVME op=0
same "result" "cap ok modes=5 present=0 size=0 reserved=0" "$output"

it "gate closed: no-ST mode works, device-specific mode and tags do not"
poke group $NVME op=1,mode=4 op=1,mode=1 op=3,entry=0/0/0 op=4,entry=0/0/0 \
	"$control"
same "result" "enable EOPNOTSUPP
enable ok
get-st EOPNOTSUPP
set-st EOPNOTSUPP
00000300" "$output"

it "gate closed: a mode that the device lacks: EINVAL"
poke group $NVME op=1,mode=2 "$control"
same "result" "enable EINVAL
00000000" "$output"

it "gate open: device-specific mode, and tags to read"
unbind $NVME
rmmod tph_vfio_pci
load tph-vfio-pci enable_unsafe_tph_ds=1
bind $NVME tph-vfio-pci
same "parameter" Y \
	"$(cat /sys/module/tph_vfio_pci/parameters/enable_unsafe_tph_ds)"
poke cdev $NVME op=1,mode=4 op=3,entry=2/0/0,entry=2/1/0 "$control"
same "result" "enable ok
get-st ok 0x5221 0x6321
00000302" "$output"

it "gate open: there is still no table to write"
poke cdev $NVME op=1,mode=4 op=4,entry=2/0/0 "$control"
same "result" "enable ok
set-st EOPNOTSUPP
00000302" "$output"

it "no capability at all: every operation gets EOPNOTSUPP"
bind $NIC tph-vfio-pci
poke cdev $NIC op=0 op=1,mode=2 op=2 op=3,entry=0/0/0 op=4,entry=0/0/0
same "result" "cap EOPNOTSUPP
enable EOPNOTSUPP
disable EOPNOTSUPP
get-st EOPNOTSUPP
set-st EOPNOTSUPP" "$output"

it "the stock driver has no such ioctl"
load vfio-pci
bind $FAR vfio-pci
poke cdev $FAR op=0 op=1,mode=2
same "result" "cap ENOTTY
enable ENOTTY" "$output"

finish

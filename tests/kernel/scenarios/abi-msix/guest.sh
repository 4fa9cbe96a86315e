# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's ioctl, raw, on a device with its ST table in the MSI-X table.
. /lib.sh

# The replacement, so that the form that DPDK needs is exercised too.
load_vfio && load replacement-vfio-pci
overlay device=$NVME location=msix
bind $NVME vfio-pci
control="run=setpci -s $NVME ECAP_TPH+8.L"
table="run=. /lib.sh; msix_table $NVME 5"
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }

for via in group cdev; do

it "$via: GET_CAP: a table is present, its size is not said"
poke $via $NVME op=0
same "result" "cap ok modes=7 present=1 size=0 reserved=0" "$output"

it "$via: SET_ST without vectors: ENXIO, and TPH stays on"
poke $via $NVME op=1,mode=2 op=4,entry=0/0/0 "$control"
same "result" "enable ok
set-st ENXIO
00000301" "$output"

it "$via: SET_ST of allocated vectors stands in the vector control words"
poke $via $NVME vectors=4 op=1,mode=2 \
	op=4,entry=3/0/0,entry=2/1/1,entry=1/0/3 "$table" "$control"
same "result" "vectors ok
enable ok
set-st ok
5231 6321 0000 5211 0000
00000301" "$output"

it "$via: a vector that was not allocated: ENXIO, nothing written, TPH on"
poke $via $NVME vectors=2 op=1,mode=2 op=4,entry=1/0/0,entry=1/0/1 \
	op=4,entry=3/0/0,entry=3/0/2 op=4,entry=3/0/2047 "$table" "$control"
same "result" "vectors ok
enable ok
set-st ok
set-st ENXIO
set-st ENXIO
5211 5211 0000 0000 0000
00000301" "$output"

it "$via: after the vectors are freed: ENXIO again"
poke $via $NVME vectors=2 op=1,mode=2 vectors=0 op=4,entry=0/0/0
same "result" "vectors ok
enable ok
vectors ok
set-st ENXIO" "$output"

it "$via: a reset keeps mode and tags"
poke $via $NVME vectors=2 op=1,mode=4 op=4,entry=0/0/0,entry=3/0/1 reset \
	"$control" "$table"
same "result" "vectors ok
enable ok
set-st ok
reset ok
00000302
5201 5231 0000 0000 0000" "$output"

it "$via: the close of the last descriptor ends it"
same "control" 00000000 "$(tph_control $NVME)"

done

finish

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's ioctl, raw, on a device with an ST table in its capability.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
control="run=setpci -s $NVME ECAP_TPH+8.L"
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }

for via in group cdev; do

it "$via: GET_CAP: all modes, a table of 16"
poke $via $NVME op=0
same "result" "cap ok modes=7 present=1 size=16 reserved=0" "$output"

it "$via: GET_ST before ENABLE succeeds, tags are 0"
poke $via $NVME op=3,entry=0/0/0,entry=3/1/0
same "result" "get-st ok 0x0000 0x0000" "$output"

it "$via: ENABLE of each mode shows in the control register"
poke $via $NVME op=1,mode=1 "$control" op=2 "$control" \
	op=1,mode=2 "$control" op=2 op=1,mode=4 "$control"
same "result" "enable ok
00000300
disable ok
00000000
enable ok
00000301
disable ok
enable ok
00000302" "$output"

it "$via: the tags are those of the _DSM, for both kinds of memory"
poke $via $NVME op=1,mode=2 \
	op=3,entry=0/0/0,entry=1/0/0,entry=2/0/0,entry=3/0/0,entry=3/1/0
same "result" "enable ok
get-st ok 0x5201 0x5211 0x5221 0x5231 0x6331" "$output"
poke $via $FAR op=1,mode=2 op=3,entry=0/0/0,entry=2/1/0
same "the other host bridge" "enable ok
get-st ok 0xd201 0xe321" "$output"

it "$via: second ENABLE: EBUSY, also in another mode"
poke $via $NVME op=1,mode=2 op=1,mode=2 op=1,mode=4 "$control"
same "result" "enable ok
enable EBUSY
enable EBUSY
00000301" "$output"

it "$via: SET_ST writes the table, entry by entry"
poke $via $NVME op=1,mode=4 \
	op=4,entry=3/0/0,entry=2/0/1,entry=1/1/2,entry=0/0/15 \
	"run=. /lib.sh; tph_table $NVME 16"
same "result" "enable ok
set-st ok
5231 5221 6311 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 5201" \
	"$output"

it "$via: a bad index writes nothing and leaves TPH on"
poke $via $NVME op=1,mode=4 op=4,entry=1/0/0 \
	op=4,entry=3/0/0,entry=3/0/16 op=4,entry=3/0/5000 \
	"$control" "run=. /lib.sh; tph_table $NVME 2"
same "result" "enable ok
set-st ok
set-st ENXIO
set-st ENXIO
00000302
5211 0000" "$output"

it "$via: SET_ST without ENABLE: EINVAL; in no-ST mode: EOPNOTSUPP"
poke $via $NVME op=4,entry=0/0/0 op=1,mode=1 op=4,entry=0/0/0 "$control"
same "result" "set-st EINVAL
enable ok
set-st EOPNOTSUPP
00000300" "$output"

it "$via: bad arguments"
poke $via $NVME op=5 op=0,argsz=7 op=0,argsz=15 op=0,fault=1 \
	op=1,mode=0 op=1,mode=3 op=1,mode=8 op=1,mode=2,reserved=1 \
	op=1,mode=2,argsz=15 op=3 op=3,count=2049 \
	op=3,entry=0/0/0,argsz=27 op=3,entry=0/2/0 op=3,entry=4/0/0 \
	op=3,entry=4294967295/0/0 op=3,entry=0/0/0,tail=1 \
	op=3,entry=0/0/0,reserved=1 "$control"
same "result" "unknown EINVAL
cap EINVAL
cap EINVAL
cap EFAULT
enable EINVAL
enable EINVAL
enable EINVAL
enable EINVAL
enable EINVAL
get-st EINVAL
get-st EINVAL
get-st EINVAL
get-st EINVAL
get-st EINVAL
get-st EINVAL
get-st EINVAL
get-st EINVAL
00000000" "$output"

it "$via: a CPU outside of the caller's affinity: EPERM"
run taskset 3 abi-poke $via $NVME op=1,mode=2 op=3,entry=1/0/0 \
	op=3,entry=2/0/0 op=4,entry=2/0/0
same "result" "enable ok
get-st ok 0x5211
get-st EPERM
set-st EPERM" "$output"

it "$via: VFIO_DEVICE_RESET keeps the setting"
poke $via $NVME op=1,mode=2 op=4,entry=1/0/0,entry=2/0/1 reset "$control" \
	"run=. /lib.sh; tph_table $NVME 2"
same "result" "enable ok
set-st ok
reset ok
00000301
5211 5221" "$output"

it "$via: the close of the last descriptor ends it"
same "control" 00000000 "$(tph_control $NVME)"
poke $via $NVME "$control" "run=. /lib.sh; tph_table $NVME 2"
same "at the next open" "00000000
0000 0000" "$output"

done

finish

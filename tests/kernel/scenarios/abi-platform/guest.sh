# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's ioctl, raw: what device and Root Port agree upon.
. /lib.sh

load_vfio && load tph-vfio-pci
control="run=setpci -s $NVME ECAP_TPH+8.L"
table="run=. /lib.sh; tph_table $NVME 2"
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }

# agree EXTENDED COMPLETER RESULT: of ENABLE, GET_ST, SET_ST
agree() {
	overlay device=$NVME extended=$1 completer=$2
	bind $NVME tph-vfio-pci
	poke group $NVME op=1,mode=2 "$control" op=3,entry=1/0/0,entry=3/1/0 \
		op=4,entry=3/0/0,entry=2/1/1 "$table"
	same "result" "$3" "$output"
}

it "extended at both ends: 16-bit tags"
agree Y 3 "enable ok
00000301
get-st ok 0x5211 0x6331
set-st ok
5231 6321"

it "a device with 8-bit tags: those"
agree N 3 "enable ok
00000101
get-st ok 0x0012 0x0044
set-st ok
0014 0043"

it "a Root Port with 8-bit tags: those"
agree Y 1 "enable ok
00000101
get-st ok 0x0012 0x0044
set-st ok
0014 0043"

it "a Root Port that completes no TPH: EINVAL, and TPH is off"
agree Y 0 "enable EINVAL
00000000
get-st ok 0x0000 0x0000
set-st EINVAL
0000 0000"

finish

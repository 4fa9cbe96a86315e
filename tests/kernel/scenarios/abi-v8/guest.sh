# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's ioctl, raw, in the second layout: what differs from the first.
. /lib.sh

none=4294967295
load_vfio

it "the parameter takes v1 and v8, and v1 is the default"
refused insmod /modules/tph-vfio-pci.ko abi=v9
load tph-vfio-pci
abi=/sys/module/tph_vfio_pci/parameters/abi
same "default" v1 "$(cat $abi)"
same "access" 444 "$(stat -c %a $abi)"
rmmod tph_vfio_pci
load tph-vfio-pci abi=v8
same "as told" v8 "$(cat $abi)"

overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
control="run=setpci -s $NVME ECAP_TPH+8.L"
table="run=. /lib.sh; tph_table $NVME 7"
far_control="run=setpci -s $FAR ECAP_TPH+8.L"
far_table="run=. /lib.sh; msix_table $FAR 4"
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }

for via in group cdev; do

it "$via: GET_CAP: modes one place lower, no flag, the size of either table"
poke $via $NVME op=0
same "capability" "cap ok modes=3 present=0 size=16 reserved=0" "$output"
poke $via $FAR op=0
same "MSI-X" "cap ok modes=3 present=0 size=65 reserved=0" "$output"

it "$via: ENABLE: 1 is interrupt vector, 2 is device specific, no other"
poke $via $NVME op=1,mode=1 "$control" op=2 op=1,mode=2 "$control" op=2 \
	op=1,mode=4 op=1,mode=3 op=1,mode=0 op=1,mode=1,reserved=1 "$control"
same "result" "enable ok
00000301
disable ok
enable ok
00000302
disable ok
enable EINVAL
enable EINVAL
enable EINVAL
enable EINVAL
00000000" "$output"

it "$via: GET_ST answers in device-specific mode only"
poke $via $NVME op=3,entry=1/0/0 op=1,mode=1 op=3,entry=1/0/0 op=2 \
	op=1,mode=2 op=3,entry=1/0/0,entry=3/1/0 op=3,entry=$none/0/0
same "result" "get-st EINVAL
enable ok
get-st EOPNOTSUPP
disable ok
enable ok
get-st ok 0x5211 0x6331
get-st EINVAL" "$output"

it "$via: an entry without a CPU is cleared, the others are not"
poke $via $NVME op=1,mode=1 op=4,entry=0/0/0,entry=1/0/1,entry=2/0/2 \
	op=4,entry=$none/0/1,entry=3/0/3 "$table" op=4,entry=$none/2/0 "$control"
same "capability" "enable ok
set-st ok
set-st ok
5201 0000 5221 5231 0000 0000 0000
set-st EINVAL
00000301" "$output"
poke $via $FAR vectors=3 op=1,mode=1 op=4,entry=0/0/0,entry=1/0/1 \
	op=4,entry=$none/0/0 "$far_table" "$far_control"
same "MSI-X" "vectors ok
enable ok
set-st ok
set-st ok
0000 d211 0000 0000
00000301" "$output"

it "$via: a SET_ST that fails leaves 0 in its entries, and TPH off"
poke $via $NVME op=1,mode=2 op=4,entry=1/0/0,entry=2/0/5 \
	op=4,entry=3/0/0,entry=3/0/1,entry=3/0/16,entry=3/0/2 \
	"$control" "$table" op=4,entry=1/0/0 op=1,mode=2 op=4,entry=1/0/0 "$table"
same "index beyond the table" "enable ok
set-st ok
set-st ENXIO
00000000
0000 0000 0000 0000 0000 5221 0000
set-st EINVAL
enable ok
set-st ok
5211 0000 0000 0000 0000 5221 0000" "$output"
poke $via $FAR vectors=3 op=1,mode=1 op=4,entry=0/0/0,entry=1/0/1 \
	op=4,entry=3/0/2,entry=3/0/1,entry=3/0/3 "$far_control" "$far_table"
same "vector not allocated" "vectors ok
enable ok
set-st ok
set-st ENXIO
00000000
d201 0000 0000 0000" "$output"
poke $via $FAR op=1,mode=1 op=4,entry=0/0/0 "$far_control"
same "no vectors at all" "enable ok
set-st ENXIO
00000000" "$output"

it "$via: so does one at which the device fails in the middle"
echo 2 >/sys/module/tph_overlay/parameters/failing_entry
poke $via $NVME op=1,mode=1 op=4,entry=1/0/0,entry=1/0/1,entry=1/0/2 \
	"$control" "$table"
echo -1 >/sys/module/tph_overlay/parameters/failing_entry
same "result" "enable ok
set-st EIO
00000000
0000 0000 0000 0000 0000 0000 0000" "$output"

it "$via: arguments that are bad before any entry change nothing"
poke $via $NVME op=1,mode=1 op=4,entry=1/0/0 op=4,entry=3/0/0,entry=4/0/1 \
	op=4,entry=3/0/0,entry=3/2/1 op=4,entry=3/0/0,tail=1 op=4 \
	op=4,entry=1/0/0,count=2049 "$control" "$table"
same "result" "enable ok
set-st ok
set-st EINVAL
set-st EINVAL
set-st EINVAL
set-st EINVAL
set-st EINVAL
00000301
5211 0000 0000 0000 0000 0000 0000" "$output"

done

it "gate closed: a device without a table has no device-specific mode"
overlay device=$NVME,$FAR location=none,none modes=5,7
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
poke cdev $NVME op=0 op=1,mode=2 op=1,mode=1 op=3,entry=0/0/0 op=4,entry=0/0/0
same "no ST and device specific" "cap ok modes=0 present=0 size=0 reserved=0
enable EOPNOTSUPP
enable EINVAL
get-st EOPNOTSUPP
set-st EOPNOTSUPP" "$output"
poke cdev $FAR op=0 op=1,mode=2 op=1,mode=1 "$far_control"
same "all modes" "cap ok modes=1 present=0 size=0 reserved=0
enable EOPNOTSUPP
enable ok
00000301" "$output"

it "gate open: it has, and tags to read"
unbind $NVME
unbind $FAR
rmmod tph_vfio_pci
load tph-vfio-pci abi=v8 enable_unsafe_tph_ds=1
bind $NVME tph-vfio-pci
poke cdev $NVME op=0 op=1,mode=2 op=3,entry=2/0/0 op=4,entry=0/0/0 "$control"
same "result" "cap ok modes=2 present=0 size=0 reserved=0
enable ok
get-st ok 0x5221
set-st EOPNOTSUPP
00000302" "$output"

finish

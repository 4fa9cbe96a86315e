# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# What the driver does not believe: a device about the size of its table, a
# table about whose tags are in it, the kernel about what is on; and how often
# it asks the firmware.
. /lib.sh

# A tag in a vector's control word, written past the kernel
stale() {	# stale VECTOR...
	local vector place base

	place=$((0x$(setpci -s $FAR CAP_MSIX+4.L)))
	base=$(sed -n "$(((place & 7) + 1))s/ .*//p" \
		/sys/bus/pci/devices/$FAR/resource)
	for vector; do
		devmem $((base + (place & ~7) + 16 * vector + 12)) 32 0xdead0001
	done
}
# This script is its own program for that, while a device is open.
if [ "$1" = stale ]; then
	shift
	stale "$@"
	exit
fi

load_vfio && load tph-vfio-pci
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }
control="run=setpci -s $NVME ECAP_TPH+8.L"
console() { dmesg | grep -c "$1"; }

# vfio-pci-core would write beyond the memory that it has for such a space.
it "a device whose table is beyond the end of configuration space is refused"
overlay device=$NVME size=2048
echo tph-vfio-pci >/sys/bus/pci/devices/$NVME/driver_override
echo $NVME >/sys/bus/pci/drivers_probe
refused test -e /sys/bus/pci/devices/$NVME/driver
same "errors" 1 "$(console 'ST table of 2048 entries reaches beyond')"

it "a table over the next capability is none, and nothing is written there"
overlay device=$NVME size=64 behind=0x480
bind $NVME tph-vfio-pci
poke cdev $NVME op=0
same "result" "cap ok modes=7 present=0 size=0 reserved=0" "$output"
same "the next capability" 13579bdf "$(config $NVME 0x484 4)"
same "warnings" 1 "$(console '64 entries at 0x40c does not fit before 0x480')"

it "a table that ends where the next capability begins is one"
overlay device=$NVME size=58 behind=0x480
bind $NVME tph-vfio-pci
poke cdev $NVME op=0 op=1,mode=4 op=4,entry=3/0/57 \
	"run=. /lib.sh; config $NVME $((0x40c + 114)) 2"
same "result" "cap ok modes=7 present=1 size=58 reserved=0
enable ok
set-st ok
5231" "$output"
same "the next capability" 13579bdf "$(config $NVME 0x484 4)"

it "more entries than the specification has are used, with a warning"
overlay device=$NVME size=100
bind $NVME tph-vfio-pci
poke cdev $NVME op=0 op=1,mode=4 op=4,entry=3/0/99 \
	"run=. /lib.sh; config $NVME $((0x40c + 198)) 2"
same "result" "cap ok modes=7 present=1 size=100 reserved=0
enable ok
set-st ok
5231" "$output"
same "warnings" 1 "$(console 'has 100 entries, more than the 64')"

# --- the firmware ---

overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
# A batch of each CPU with both kinds of memory, as an argument of abi-poke
all=$(for cpu in 0 1 2 3; do echo "entry=$cpu/0/0,entry=$cpu/1/0"; done |
	paste -s -d , -)
asked() { echo "run=. /lib.sh; echo asked \$((\$(tags_asked) - $before))"; }

it "the firmware is asked once for a tag while the device is open"
before=$(tags_asked)
poke cdev $NVME op=1,mode=2 op=3,$all "$(asked)" op=3,$all op=3,$all \
	op=4,entry=3/1/0,entry=2/0/1 "$(asked)" op=2 op=1,mode=4 op=3,$all \
	"$(asked)"
tags="0x5201 0x6301 0x5211 0x6311 0x5221 0x6321 0x5231 0x6331"
same "result" "enable ok
get-st ok $tags
asked 8
get-st ok $tags
get-st ok $tags
set-st ok
asked 8
disable ok
enable ok
get-st ok $tags
asked 8" "$output"

it "tags of another size are not taken for them, nor those of the last user"
before=$(tags_asked)
poke cdev $NVME op=3,$all op=1,mode=2 op=3,$all op=2 op=3,$all "$(asked)"
none="0x0000 0x0000 0x0000 0x0000 0x0000 0x0000 0x0000 0x0000"
same "result" "get-st ok $none
enable ok
get-st ok $tags
disable ok
get-st ok $none
asked 16" "$output"

# --- the MSI-X table ---

words="run=. /lib.sh; msix_table $FAR 5"
spoil="run=FAR=$FAR sh /guest.sh stale"

it "ENABLE leaves no other user's tag in an allocated vector"
poke cdev $FAR vectors=3 "$spoil 0 1 2 4" "$words" op=1,mode=2 "$words"
same "result" "vectors ok
dead dead dead 0000 dead
enable ok
0000 0000 0000 0000 dead" "$output"

it "the user's own tags outlive DISABLE, as in the capability"
poke cdev $FAR vectors=2 op=1,mode=2 op=4,entry=3/0/0 op=2 op=1,mode=4 "$words"
same "result" "vectors ok
enable ok
set-st ok
disable ok
enable ok
d231 0000 0000 0000 0000" "$output"

it "a vector that is allocated while TPH is on has none either"
poke cdev $FAR vectors=1 op=1,mode=2 op=4,entry=3/0/0 "$spoil 1 2 4" vector=2 \
	"$words" op=4,entry=3/0/2 vector=3 "$words"
same "result" "vectors ok
enable ok
set-st ok
vector ok
d231 dead 0000 0000 dead
set-st ok
vector ok
d231 dead d231 0000 dead" "$output"

it "the same with memory decoding off when it is allocated"
poke cdev $FAR vectors=1 op=1,mode=2 "$spoil 1 2" decode=0 vector=2 decode=1 \
	"$words"
same "result" "vectors ok
enable ok
decode ok
vector ok
decode ok
0000 dead 0000 0000 0000" "$output"

it "the same after all were freed and allocated anew"
poke cdev $FAR vectors=2 op=1,mode=2 op=4,entry=3/0/0,entry=3/0/1 vectors=2 \
	"$words"
same "result" "vectors ok
enable ok
set-st ok
vectors ok
0000 0000 0000 0000 0000" "$output"

# --- a setting that is lost ---

it "a setting that somebody else reset is found by GET_ST and SET_ST"
poke cdev $NVME op=1,mode=2 op=3,entry=0/0/0 \
	"run=setpci -s $NVME ECAP_TPH+8.L=0" op=3,entry=0/0/0 \
	op=4,entry=0/0/0 op=1,mode=2 op=2 op=1,mode=2 op=3,entry=0/0/0 "$control"
same "result" "enable ok
get-st ok 0x5201
get-st EIO
set-st EIO
enable EBUSY
disable ok
enable ok
get-st ok 0x5201
00000301" "$output"

finish

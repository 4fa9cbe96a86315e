# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# Two virtual functions of one physical function: alike in their ids, which
# read ffff in their own configuration space, with the Root Port above the
# physical function.
. /lib.sh

load_vfio && load tph-vfio-pci
poke() { run abi-poke "$@"; same "abi-poke" 0 "$status"; }
sysfs=/sys/bus/pci/devices

# So that nvme does not wait for functions that are not set up.
functions() {	# functions NUMBER
	echo 0 >$sysfs/$PF/sriov_drivers_autoprobe
	echo $1 >$sysfs/$PF/sriov_numvfs
}
load nvme-core && load nvme
until_so 20 test -e $sysfs/$PF/driver || :
functions 2

# The overlay looks for its place in each, and then they are made anew.
insmod /modules/tph-overlay.ko device=$VF0,$VF1 location=capability,msix
functions 0
functions 2
# nvme is asked about a new function in the background, and may have it for a
# moment: until then no other driver gets it.
probed() {
	echo $1 >/sys/bus/pci/drivers_probe
	[ -e $sysfs/$1/driver ]
}
for function in $VF0 $VF1; do
	echo tph-vfio-pci >$sysfs/$function/driver_override
	until_so 10 probed $function
done

it "the functions' own ids read ffff, the kernel's are those of their kind"
same "in configuration space" ffffffff "$(config $VF0 0 4)"
same "in sysfs" "$(cat $sysfs/$VF1/device)" "$(cat $sysfs/$VF0/device)"
refused grep -q ffff $sysfs/$VF0/device

it "each is alone in its IOMMU group"
for function in $VF0 $VF1; do
	same "group of $function" $function \
		"$(ls $sysfs/$function/iommu_group/devices)"
done

for via in group cdev; do

it "$via: the driver sets tags on each, and on that one alone"
poke $via $VF0 op=0 op=1,mode=2 op=4,entry=3/0/0,entry=2/1/1 \
	"run=. /lib.sh; tph_table $VF0 2; tph_control $VF0; tph_control $VF1"
same "table in the capability" \
	"cap ok modes=7 present=1 size=16 reserved=0
enable ok
set-st ok
5231 6321
00000301
00000000" "$output"
poke $via $VF1 vectors=1 op=1,mode=4 op=4,entry=1/0/0 \
	"run=. /lib.sh; tph_control $VF0; tph_control $VF1"
same "table in MSI-X" "vectors ok
enable ok
set-st ok
00000000
00000302" "$output"

it "$via: set-st --owner programs the function that was named"
hold $via $VF0,$VF1
expect_status 0 vfio-tph set-st --owner $VF0 0=3
same "table of the one" "$(tag_of 3 volatile 16)" "$(tph_table $VF0 1)"
same "control of the other" 00000000 "$(tph_control $VF1)"
expect_status 0 vfio-tph enable --mode ds --owner $VF1
same "control of the one" 00000301 "$(tph_control $VF0)"
same "control of the other" 00000302 "$(tph_control $VF1)"
let_go

done

it "list, status, cap and doctor know them"
expect_status 0 vfio-tph list
has "list" $VF0 "$output"
has "list" $VF1 "$output"
expect_status 0 vfio-tph --json status $VF0
same "status" $VF0 "$(json '.devices[0].bdf')"
expect_status 0 vfio-tph cap $VF1
expect_status 0 vfio-tph doctor -v $VF0
has "the Root Port above the physical function" 0000:00:06.0 \
	"$(doctor_line root-port)"

it "a profile is applied to each"
hold cdev $VF0,$VF1 1
cat >/tmp/profile.json <<-JSON
	{"version":1,"devices":[
	{"device":"$VF0","mode":"iv","maps":[{"index":"0","cpus":"2"}]},
	{"device":"$VF1","mode":"ds"}]}
JSON
expect_status 0 vfio-tph apply --owner /tmp/profile.json
same "control of the one" 00000301 "$(tph_control $VF0)"
same "table of the one" "$(tag_of 2 volatile 16)" "$(tph_table $VF0 1)"
same "control of the other" 00000302 "$(tph_control $VF1)"
expect_status 0 vfio-tph verify --owner /tmp/profile.json
let_go

it "functions that were taken away are no devices any more"
holding vfio-tph set-st --hold $VF0 0=1
same "table" "$(tag_of 1 volatile 16)" "$(tph_table $VF0 1)"
done_holding
functions 0
refused test -e $sysfs/$VF0
expect_status 3 vfio-tph status $VF0

finish

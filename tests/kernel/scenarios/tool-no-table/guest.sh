# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool on a device without an ST table, gate closed and open.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME location=none modes=5
bind $NVME tph-vfio-pci

it "gate closed: device-specific mode and tags are refused, the gate is named"
for via in group cdev; do
	expect_status 5 vfio-tph enable --try --via $via --mode ds $NVME
	has "stderr" enable_unsafe_tph_ds "$error"
	expect_status 5 vfio-tph get-st --via $via $NVME
	has "stderr" enable_unsafe_tph_ds "$error"
done

it "gate closed: no-ST mode works"
holding vfio-tph enable --hold --mode ns $NVME
same "control" 00000300 "$(tph_control $NVME)"
done_holding

it "a mode that the device lacks: 5"
expect_status 5 vfio-tph enable --try --mode iv $NVME

it "gate open: device-specific mode and tags"
unbind $NVME
rmmod tph_vfio_pci
load tph-vfio-pci enable_unsafe_tph_ds=1
bind $NVME tph-vfio-pci
for via in group cdev; do
	holding vfio-tph enable --hold --via $via $NVME
	same "auto is device-specific" 00000302 "$(tph_control $NVME)"
	done_holding
	expect_status 0 vfio-tph --json get-st --via $via --cpus 3 $NVME
	same "tag" $((0x$(tag_of 3 volatile 16))) \
		"$(json '.devices[0].tags[0].tag')"
done

it "gate open: set-st has no table to write: 5"
expect_status 5 vfio-tph set-st --try $NVME 0=0

finish

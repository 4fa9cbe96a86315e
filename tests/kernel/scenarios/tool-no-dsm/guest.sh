# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool where the firmware gives no tags.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
bind $NVME tph-vfio-pci

it "enable works, tags are not to be had: 5, nothing is left on"
expect_status 0 vfio-tph enable --try $NVME
expect_status 5 vfio-tph get-st $NVME
expect_status 5 vfio-tph set-st --try $NVME 0=0
same "control" 00000000 "$(tph_control $NVME)"

it "doctor names the tags, and nothing else"
doctor_finds tags 5 --open $NVME
doctor_finds "" 0 $NVME

finish

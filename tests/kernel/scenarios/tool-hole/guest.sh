# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool where the firmware marks the tags of one CPU as invalid.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
bind $NVME tph-vfio-pci

it "get-st: that CPU has no tag, the others have theirs"
expect_status 0 vfio-tph --json get-st $NVME
same "CPU 2" null "$(json '.devices[0].tags[] | select(.cpu == 2) | .tag')"
same "CPU 1" $((0x$(tag_of 1 volatile 16))) \
	"$(json '.devices[0].tags[] | select(.cpu == 1) | .tag')"

it "set-st of the others is not disturbed"
holding vfio-tph set-st --hold $NVME 0=3 1=1
same "table" "$(tags_of "3 1" volatile 16)" "$(tph_table $NVME 2)"
done_holding

finish

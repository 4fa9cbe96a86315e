# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool on devices with their ST table in the MSI-X table, held by another
# process with and without vectors; the driver under the name vfio-pci.
. /lib.sh

load_vfio && load replacement-vfio-pci
overlay device=$FAR location=msix
bind $FAR vfio-pci

it "cap knows the true size of the table"
expect_status 0 vfio-tph --json cap $FAR
same "table" '{"location":"msi-x","size":65}' \
	"$(json '.devices[0].tph.table')"

for via in group cdev; do

it "$via: set-st on a device that was just opened is refused, with the way out"
expect_status 5 vfio-tph set-st --try --via $via $FAR 0=0
has "stderr" "vector" "$error"
has "stderr" "--owner" "$error"
same "control" 00000000 "$(tph_control $FAR)"

it "$via: get-st needs no vectors"
expect_status 0 vfio-tph --json get-st --via $via --cpus 1 $FAR
same "tag" $((0x$(tag_of 1 volatile 16 far))) \
	"$(json '.devices[0].tags[0].tag')"

it "$via: on the holder's device, all allocated vectors, and no more"
hold $via $FAR 4
expect_status 0 vfio-tph --json set-st --owner $FAR all=3,1
same "entries as read back" \
	"$(for c in 3 1 3 1; do echo $((0x$(tag_of $c volatile 16 far))); done | jq -cs .)" \
	"$(json '[.devices[0].entries | sort_by(.index)[] | .tag]')"
same "vector control words" \
	"$(tags_of "3 1 3 1" volatile 16 far) 0000" "$(msix_table $FAR 5)"
same "control" 00000301 "$(tph_control $FAR)"

it "$via: a vector that is not allocated is refused, TPH stays on"
expect_status 5 vfio-tph set-st --owner $FAR 0-4=0
has "stderr" "vector" "$error"
same "vector control words" \
	"$(tags_of "3 1 3 1" volatile 16 far) 0000" "$(msix_table $FAR 5)"
same "control" 00000301 "$(tph_control $FAR)"

it "$via: an index beyond the table is wrong usage"
expect_status 2 vfio-tph set-st --owner $FAR 65=0

it "$via: the setting survives the holder's reset"
tell reset
same "reset" ok "$answer"
same "control" 00000301 "$(tph_control $FAR)"
same "vector control words" \
	"$(tags_of "3 1 3 1" volatile 16 far)" "$(msix_table $FAR 4)"

it "$via: disable through the holder"
expect_status 0 vfio-tph disable --owner $FAR
same "control" 00000000 "$(tph_control $FAR)"

it "$via: without vectors set-st is refused there too"
tell free
expect_status 5 vfio-tph set-st --owner $FAR 0=0
let_go

done

finish

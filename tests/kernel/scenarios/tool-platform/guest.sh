# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool, and what device and Root Port agree upon.
. /lib.sh

load_vfio && load tph-vfio-pci

# narrow EXTENDED COMPLETER: 8-bit tags come of it
narrow() {
	overlay device=$NVME extended=$1 completer=$2
	bind $NVME tph-vfio-pci
	holding vfio-tph set-st --hold $NVME 0-3=3,2,1,0
	same "control" 00000101 "$(tph_control $NVME)"
	same "table" "$(tags_of "3 2 1 0" volatile 8)" "$(tph_table $NVME 4)"
	done_holding
	expect_status 0 vfio-tph --json get-st --mem persistent --cpus 2 $NVME
	same "get-st" $((0x$(tag_of 2 persistent 8))) \
		"$(json '.devices[0].tags[0].tag')"
	expect_status 0 vfio-tph --json enable --try $NVME
	same "requester" tph "$(json '.devices[0].state.requester')"
}

it "a device with 8-bit tags alone"
narrow N 3
expect_status 0 vfio-tph --json cap $NVME
same "cap" '[false,true]' \
	"$(json '.devices[0].tph | [.extended, .completer.extended]')"

it "a Root Port with 8-bit tags alone"
narrow Y 1
expect_status 0 vfio-tph --json cap $NVME
same "cap" '[true,false]' \
	"$(json '.devices[0].tph | [.extended, .completer.extended]')"

it "a Root Port that completes no TPH: 5, and TPH is off"
overlay device=$NVME completer=0
bind $NVME tph-vfio-pci
expect_status 5 vfio-tph enable --try $NVME
has "stderr" "0000:00:03.0" "$error"
expect_status 5 vfio-tph set-st --try $NVME 0=0
expect_status 5 vfio-tph get-st $NVME
same "control" 00000000 "$(tph_control $NVME)"
expect_status 0 vfio-tph --json cap $NVME
same "completer" false "$(json '.devices[0].tph.completer.tph')"

finish

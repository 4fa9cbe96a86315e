# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The five commands on a device with an ST table in its capability.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

it "cap: what the overlay says, on one device and on all"
expect_status 0 vfio-tph --json cap $NVME
same "tph" '[["ns","iv","ds"],true,{"location":"capability","size":16},{"bdf":"0000:00:03.0","tph":true,"extended":true}]' \
	"$(json '.devices[0].tph | [.modes, .extended, .table, .completer]')"
same "abi" ioctl "$(json '.devices[0].abi')"
same "group" "$(basename "$(readlink /sys/bus/pci/devices/$NVME/iommu_group)")" \
	"$(json '.devices[0].iommu_group')"
expect_status 0 vfio-tph --json cap $FAR
same "node" 1 "$(json '.devices[0].numa_node')"
same "Root Port" 0000:20:00.0 "$(json '.devices[0].tph.completer.bdf')"

for via in group cdev; do

it "$via: enable --hold: on while it holds, off afterwards"
for mode in ns iv ds; do
	holding vfio-tph enable --via $via --hold --mode $mode $NVME
	case $mode in
	ns) want=00000300 ;;
	iv) want=00000301 ;;
	ds) want=00000302 ;;
	esac
	same "setpci, mode $mode" $want "$(setpci -s $NVME ECAP_TPH+8.L)"
	same "config, mode $mode" $want "$(tph_control $NVME)"
	done_holding
	same "afterwards" 00000000 "$(tph_control $NVME)"
done

it "$via: enable without a holder is refused, and with --try it ends with the command"
expect_status 11 vfio-tph enable --via $via $NVME
has "stderr" "the setting would end with this command" "$error"
expect_status 0 vfio-tph enable --try --via $via $NVME
has "stderr" "tried: the setting is gone" "$error"
same "control" 00000000 "$(tph_control $NVME)"

it "$via: get-st: for each CPU the tag of the _DSM"
expect_status 0 vfio-tph --json get-st --via $via $NVME
for cpu in 0 1 2 3; do
	same "CPU $cpu" $((0x$(tag_of $cpu volatile 16))) \
		"$(json ".devices[0].tags[] | select(.cpu == $cpu) | .tag")"
done
expect_status 0 vfio-tph --json get-st --via $via --mem persistent --cpus 2 $FAR
same "persistent, far" "[{\"cpu\":2,\"node\":1,\"distance\":10,\"tag\":$((0x$(tag_of 2 persistent 16 far)))}]" \
	"$(json '.devices[0].tags | map({cpu, node, distance, tag})')"
same "control" 00000000 "$(tph_control $FAR)"

it "$via: set-st: entry by entry the tag that the _DSM gives for the CPU"
holding vfio-tph --json set-st --via $via --hold $NVME 0-3=0-3 4-15=3,0,2
same "config" "$(tags_of "0 1 2 3 3 0 2 3 0 2 3 0 2 3 0 2" volatile 16)" \
	"$(tph_table $NVME 16)"
same "control" 00000301 "$(tph_control $NVME)"
done_holding
expect_status 0 vfio-tph --json set-st --try --via $via $NVME 0-3=0-3 4-15=3,0,2
for index in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	cpu=$(json ".devices[0].entries[] | select(.index == $index) | .cpu")
	same "entry $index" $((0x$(tag_of "$cpu" volatile 16))) \
		"$(json ".devices[0].entries[] | select(.index == $index) | .tag")"
done
same "CPUs" "[0,1,2,3,3,0,2,3,0,2,3,0,2,3,0,2]" \
	"$(json '[.devices[0].entries | sort_by(.index)[] | .cpu]')"

it "$via: set-st with local, persistent memory and a mode"
holding vfio-tph set-st --via $via --hold --mem persistent --mode ds $FAR all=local
same "config" "$(tags_of "2 3 2 3 2 3 2 3 2 3 2 3 2 3 2 3" persistent 16 far)" \
	"$(tph_table $FAR 16)"
same "control" 00000302 "$(tph_control $FAR)"
done_holding

it "$via: a bad index is refused before anything is done"
expect_status 2 vfio-tph set-st --try --via $via $NVME 0=0 16=1
expect_status 2 vfio-tph set-st --try --via $via $NVME 2048=1
has "stderr" "2048" "$error"

it "$via: --dry-run changes nothing"
expect_status 0 vfio-tph --dry-run set-st --try --via $via $NVME 0=0
same "control" 00000000 "$(tph_control $NVME)"

it "$via: disable: already off is success"
expect_status 0 vfio-tph disable --via $via $NVME

done

it "a device that is not bound to VFIO: 4; one that is absent: 3"
unbind $NVME
load nvme-core && load nvme
bind $NVME nvme
expect_status 4 vfio-tph enable --try $NVME
has "stderr" nvme "$error"
expect_status 3 vfio-tph enable --try 0000:77:00.0

it "the stock driver: 6, cap still shows what config space says"
bind $NIC tph-vfio-pci
unbind $FAR
load vfio-pci
bind $FAR vfio-pci
expect_status 6 vfio-tph enable --try $FAR
expect_status 6 vfio-tph get-st $FAR
expect_status 0 vfio-tph --json cap $FAR
same "size" 16 "$(json '.devices[0].tph.table.size')"

it "no TPH capability: 5"
expect_status 5 vfio-tph enable --try $NIC
has "stderr" "TPH" "$error"

finish

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154,SC2016
# What the emulated VT-d has, and TPH on a device that is attached each way.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

# The IOMMU's own register, as its driver shows it: bit 26 is nesting, bit 43
# scalable mode, without which there are no PASIDs.
ecap=$(cat /sys/bus/pci/devices/$NVME/iommu/intel-iommu/ecap)
bit() { echo $((0x$ecap >> $1 & 1)); }

it "iommu: the emulated VT-d, as its register has it"
expect_status 0 vfio-tph --json iommu $NVME
same "nesting and scalable mode" "0 0" "$(bit 26) $(bit 43)"
same "type" '[1,"intel-vtd"]' "$(json '.devices[0].iommu | [.type, .name]')"
same "PASID width" 0 "$(json '.devices[0].iommu.pasid_width')"
same "capabilities" '["no-ats"]' "$(json '.devices[0].iommu.capabilities')"
same "ATS" '{"capability":false,"enabled":false,"ruled_out":true}' \
	"$(json '.devices[0].iommu.ats')"
same "nesting parent" '{"available":false,"error":"EOPNOTSUPP"}' \
	"$(json '.devices[0].iommu.nesting_parent')"
same "for PASIDs" '{"available":null,"error":null}' \
	"$(json '.devices[0].iommu.nesting_parent_pasid')"
same "fault queue" '{"available":true,"error":null}' \
	"$(json '.devices[0].iommu.fault_queue')"

it "iommu: the calls, none of them failing but the nesting parent"
expect_status 0 vfio-tph -v iommu $FAR
same "calls that failed" "IOMMU_HWPT_ALLOC parent=ioas flags=nest-parent" \
	"$(echo "$error" | sed -n 's/^vfio-tph: [^ ]*: \(.*\) = E[A-Z]* .*/\1/p')"
same "objects destroyed" 3 "$(echo "$error" | grep -c 'IOMMU_DESTROY.* = 0$')"

it "iommu: a device without TPH, on the stock driver"
load vfio-pci
bind $NIC vfio-pci
expect_status 0 vfio-tph --json iommu $NIC
same "type" 1 "$(json '.devices[0].iommu.type')"

it "iommu: a device that is held is refused, and keeps its setting"
holding vfio-tph set-st --hold --iommu ioas $NVME 0=3
expect_status 8 vfio-tph iommu $NVME
has "stderr" "held by vfio-tph (pid $tool_pid)" "$error"
same "control" 00000301 "$(tph_control $NVME)"
same "table" "$(tag_of 3 volatile 16)" "$(tph_table $NVME 1)"
done_holding
same "control" 00000000 "$(tph_control $NVME)"

for table in ioas ioas,pasid; do

it "run --iommu $table: TPH on a device that is attached"
expect_status 0 vfio-tph -v run --iommu $table $NVME 0-1=3,1 -- \
	abi-poke inherited - op=0 "run=. /lib.sh; tph_table $NVME 2" \
	"run=setpci -s $NVME ECAP_TPH+8.L" \
	'run=echo $VFIO_TPH_DEV_ID $VFIO_TPH_IOAS_ID ${VFIO_TPH_HWPT_ID-none}'
same "result" "cap ok modes=7 present=1 size=16 reserved=0
$(tags_of "3 1" volatile 16)
00000301
1 2 none" "$output"
same "the end" "VFIO_DEVICE_PCI_TPH DISABLE = 0
VFIO_DEVICE_DETACH_IOMMUFD_PT = 0
IOMMU_DESTROY ioas = 0" \
	"$(echo "$error" | sed -n 's/^vfio-tph: [^ ]*: //p' | tail -n 3)"
same "control" 00000000 "$(tph_control $NVME)"

done

it "PASIDs wanted where there are none: that is said"
has "stderr" "reports no PASID width" "$error"

it "run --iommu nesting-parent: refused, the program is not run"
for table in nesting-parent nesting-parent,pasid nesting-parent,faults; do
	expect_status 5 vfio-tph run --iommu $table $NVME -- echo was run
	has "stderr" "cannot allocate a nesting parent: " "$error"
	has "stderr" "hint: what its IOMMU has: vfio-tph iommu $NVME" "$error"
	same "stdout" "" "$output"
	same "control" 00000000 "$(tph_control $NVME)"
done

it "run --iommu ioas,faults: the table can be had, the device sends no page requests"
expect_status 5 vfio-tph -v run --iommu ioas,faults $NVME -- echo was run
has "stderr" "IOMMU_HWPT_ALLOC parent=ioas flags=fault-id-valid = 0" "$error"
has "stderr" "VFIO_DEVICE_ATTACH_IOMMUFD_PT hwpt = ENODEV" "$error"
has "stderr" "it sends no page requests" "$error"
same "objects destroyed" 3 "$(echo "$error" | grep -c 'IOMMU_DESTROY.* = 0$')"

it "enable --hold --iommu: two groups in one iommufd, an address space each"
holding vfio-tph -v enable --hold --iommu ioas $NVME $FAR
same "address spaces" 2 "$(grep -c 'IOMMU_IOAS_ALLOC.* = 0$' /tmp/holding.error)"
same "iommufds" 1 "$(grep -c 'open /dev/iommu' /tmp/holding.error)"
same "control" "00000301 00000301" "$(tph_control $NVME) $(tph_control $FAR)"
done_holding
same "destroyed" 2 "$(grep -c 'IOMMU_DESTROY ioas = 0$' /tmp/holding.error)"
same "control" "00000000 00000000" "$(tph_control $NVME) $(tph_control $FAR)"

finish

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# doctor where the IOMMU is off: VFIO takes no device then.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
unbind $NVME
echo tph-vfio-pci >/sys/bus/pci/devices/$NVME/driver_override
echo $NVME >/sys/bus/pci/drivers_probe

it "broken: the IOMMU is off; the driver that could not be bound is no failure beside it"
same "driver" no "$([ -e /sys/bus/pci/devices/$NVME/driver ] || echo no)"
doctor_finds iommu 5 --open $NVME
has "what to do" "next: intel_iommu=on" "$(doctor_line iommu)"

finish

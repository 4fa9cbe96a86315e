# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# doctor on a sound machine, then with one thing broken after the other: that
# one is what fails, and nothing else. The rest needs other machines: see
# tool-notph, tool-no-dsm and doctor-no-iommu.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

it "sound: everything holds, the node that is not known is warned of"
doctor_finds "" 0 --open $NVME
same "warnings" local-cpus "$(doctor_results warning)"
same "skipped" "io-alloc vectors interrupts" "$(doctor_results skipped)"
same "control, afterwards" 00000000 "$(tph_control $NVME)"

it "the evidence is what the machine says by other means"
has "release" "(uname -r: $(uname -r))" "$(doctor_line kernel-version)"
has "configuration" \
	"/proc/config.gz: $(zcat /proc/config.gz | grep CONFIG_PCIE_TPH=))" \
	"$(doctor_line kernel-config)"
at=$(($(tph_at $NVME) + 4))
has "register" "config, $(printf 0x%x: $at) 0x$(config $NVME $at 4)" \
	"$(doctor_line modes)"
has "completer" ": 0x$(setpci -s 00:03.0 CAP_EXP+24.L))" \
	"$(doctor_line completer)"
has "tag of CPU 3" "CPU 3: 0x$(tag_of 3 volatile 16)" "$(doctor_line tags)"
has "group" "/iommu_group: $(basename "$(readlink /sys/bus/pci/devices/$NVME/iommu_group)"))" \
	"$(doctor_line iommu-group)"

it "without --open nothing is reset, and the open device's checks are skipped"
doctor_finds "" 0 $FAR
same "warnings" "" "$(doctor_results warning)"
same "skipped" \
	"io-alloc open agreement tags tag-variety vectors interrupts" \
	"$(doctor_results skipped)"
has "power state" "/power_state: $(cat /sys/bus/pci/devices/$FAR/power_state)" \
	"$(doctor_line power)"

it "broken: no vectors; then vectors, tags and interrupts of one node, of two"
hold cdev $FAR
doctor_finds vectors 5 $FAR
doctor_finds vectors 5 --owner $FAR
tell alloc 2
doctor_finds "" 0 --owner $FAR
send_irq $FAR 0 2
send_irq $FAR 1 2
expect_status 0 vfio-tph set-st --owner $FAR 0-1=2,3
doctor_finds "" 0 --owner $FAR
same "warnings" "" "$(doctor_results warning)"
send_irq $FAR 1 0
doctor_finds "" 0 --owner $FAR
same "warnings" interrupts "$(doctor_results warning)"
same "control, of the holder" 00000301 "$(tph_control $FAR)"
let_go

it "broken: bound to no driver"
unbind $NVME
doctor_finds driver 4 --open $NVME

it "broken: no capability"
bind $NIC tph-vfio-pci
doctor_finds capability 5 --open $NIC
unbind $NIC

it "broken: no completer"
unbind $FAR
overlay device=$NVME,$FAR location=capability,none modes=7,5 completer=0,3
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
doctor_finds completer 5 --open $NVME

it "broken: the gate is closed for a device without a table; then it is open"
doctor_finds gate 5 --open $FAR
unbind $NVME
unbind $FAR
rmmod tph_vfio_pci
load tph-vfio-pci enable_unsafe_tph_ds=1
bind $FAR tph-vfio-pci
doctor_finds "" 0 --open $FAR
has "gate" "/enable_unsafe_tph_ds: Y)" "$(doctor_line gate)"

it "broken: the stock driver, which has no interface"
unbind $FAR
load vfio-pci
bind $FAR vfio-pci
doctor_finds "" 0 $FAR
same "warnings" abi "$(doctor_results warning)"
doctor_finds abi 6 --open $FAR
unbind $FAR

it "broken: a group that is not viable"
PAIR=0000:03:00
load nvme-core && load nvme
overlay device=$PAIR.0
# nvme probes what it finds in its own time.
until_so 10 grep -qs live /sys/bus/pci/devices/$PAIR.0/nvme/*/state
bind $PAIR.0 tph-vfio-pci
bind $PAIR.1 nvme
doctor_finds group-viable 1 --open $PAIR.0
unbind $PAIR.1
doctor_finds "" 0 --open $PAIR.0

finish

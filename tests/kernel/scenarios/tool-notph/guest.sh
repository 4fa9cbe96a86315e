# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool under pci=notph.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME
bind $NVME tph-vfio-pci

it "enable, get-st and set-st: 5, and the kernel's option is named"
for via in group cdev; do
	for command in "enable --try" "get-st" "set-st --try"; do
		map=
		[ "${command% *}" != set-st ] || map=0=0
		# shellcheck disable=SC2086
		expect_status 5 vfio-tph $command --via $via $NVME $map
		has "stderr of $command" "pci=notph" "$error"
		same "control" 00000000 "$(tph_control $NVME)"
	done
done

it "disable and cap work"
expect_status 0 vfio-tph disable $NVME
expect_status 0 vfio-tph cap $NVME

it "doctor names it, and nothing else"
doctor_finds command-line 5 --open $NVME
has "evidence" "/proc/cmdline: pci=notph" "$(doctor_line command-line)"

finish

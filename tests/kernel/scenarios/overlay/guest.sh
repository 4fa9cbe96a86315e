# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The bench's own hardware: is the overlay a TPH capability to all who look?
. /lib.sh

it "there is no TPH capability without the overlay"
for device in $NVME $NIC $FAR; do
	same "capability of $device" "" "$(tph_at $device)"
done
same "node of $FAR" 1 "$(cat /sys/bus/pci/devices/$FAR/numa_node)"
same "node of $NVME" -1 "$(cat /sys/bus/pci/devices/$NVME/numa_node)"

it "a table in the capability: lspci and setpci read it"
overlay device=$NVME size=8
same "control" 00000000 "$(tph_control $NVME)"
same "capability register" 00070307 "$(setpci -s $NVME ECAP_TPH+4.L)"
run lspci -s $NVME -vvv
has "lspci" "Transaction Processing Hints" "$output"
has "lspci" "Steering table in TPH capability structure" "$output"
run lspci -s 00:03.0 -vvv
has "lspci, Root Port" "TPHComp+ ExtTPHComp+" "$output"

it "only the bits that hardware lets be written can be written"
setpci -s $NVME ECAP_TPH+0.L=ffffffff ECAP_TPH+4.L=ffffffff
setpci -s $NVME ECAP_TPH+8.L=ffffffff
setpci -s $NVME ECAP_TPH+c.W=abcd ECAP_TPH+1a.B=12
same "capability register" 00070307 "$(setpci -s $NVME ECAP_TPH+4.L)"
same "control" 00000307 "$(tph_control $NVME)"
same "table" "abcd 0000 0000 0000 0000 0000 0000 0012" "$(tph_table $NVME 8)"
same "behind the table" 00000000 "$(setpci -s $NVME ECAP_TPH+1c.L)"

it "a function level reset clears control register and table"
echo flr >/sys/bus/pci/devices/$NVME/reset_method
echo 1 >/sys/bus/pci/devices/$NVME/reset
same "control" 00000000 "$(tph_control $NVME)"
same "table" "0000 0000" "$(tph_table $NVME 2)"

it "a reset of the bus does too"
setpci -s $NVME ECAP_TPH+8.L=101
echo bus >/sys/bus/pci/devices/$NVME/reset_method
echo 1 >/sys/bus/pci/devices/$NVME/reset
same "control" 00000000 "$(tph_control $NVME)"

it "without extended TPH a tag has 8 bits"
overlay device=$NVME extended=N completer=1
setpci -s $NVME ECAP_TPH+c.W=abcd
same "table" "00cd" "$(tph_table $NVME 1)"
same "capability register" 000f0207 "$(setpci -s $NVME ECAP_TPH+4.L)"
run lspci -s 00:03.0 -vvv
has "lspci, Root Port" "TPHComp+ ExtTPHComp-" "$output"

it "three devices at once, a table in MSI-X and none among them"
overlay device=$NVME,$NIC,$FAR location=msix,none,capability completer=3,0,1 \
	modes=7,5,6 extended=Y,N,Y
same "MSI-X" 00400507 "$(setpci -s $NVME ECAP_TPH+4.L)"
same "none" 00000005 "$(setpci -s $NIC ECAP_TPH+4.L)"
same "capability" 000f0306 "$(setpci -s $FAR ECAP_TPH+4.L)"
run lspci -s $NIC -vvv
has "capabilities of the device's own" "Advanced Error Reporting" "$output"

it "bad parameters are refused"
refused overlay device=$NVME size=2049
refused overlay device=0000:05:00.0
refused overlay device=$NVME location=elsewhere

finish

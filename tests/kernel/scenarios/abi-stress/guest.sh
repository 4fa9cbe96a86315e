# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver under operations from every side, by abi-stress: a table in the
# capability, one in MSI-X, and a device whose address space comes and goes.
. /lib.sh

seconds=5
deep && seconds=120
load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR,$ATS location=capability,msix,capability
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
bind $ATS tph-vfio-pci
stress() {	# stress WAY DEVICE [no-vectors]
	expect_status 0 abi-stress $1 $2 $seconds $3
	echo "$output" | sed 's/^/# /' >&3
}

for via in group cdev; do

it "$via: a table in the capability"
stress $via $NVME
same "control, closed" 00000000 "$(tph_control $NVME)"

it "$via: a table in MSI-X"
stress $via $FAR
same "control, closed" 00000000 "$(tph_control $FAR)"

done

it "attached and detached, which switches ATS on and off in the same word as TPH"
stress cdev $ATS
same "control, closed" 00000000 "$(tph_control $ATS)"
run lspci -vvv -s $ATS
has "lspci" "Address Translation Service" "$output"

it "among resets from outside of VFIO"
rm -f /tmp/output /tmp/over
{
	until_so 60 grep -q ready /tmp/output
	while [ ! -e /tmp/over ]; do
		echo 1 >/sys/bus/pci/devices/$NVME/reset
		sleep 0.2
	done
} 3>&- &
# Vectors that are changed during such a reset make this QEMU abort.
stress cdev $NVME no-vectors
echo >/tmp/over
wait

mount -t debugfs none /sys/kernel/debug
leaks=/sys/kernel/debug/kmemleak
if [ -w $leaks ]; then
	it "no memory of the driver's was left behind"
	# What is young may still be on its way to where it is kept.
	sleep 10
	echo scan >$leaks
	sleep 10
	echo scan >$leaks
	cat $leaks
	same "memory that nobody has" "" "$(grep -E 'tph_|vfio' $leaks)"
fi

it "the module can be unloaded"
expect_status 0 rmmod tph_vfio_pci

finish

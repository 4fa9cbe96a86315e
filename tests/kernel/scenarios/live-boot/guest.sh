# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# What udev makes of functions that come under VFIO, and the command of the
# unit that it has started. systemd itself is not there.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$FAR location=msix

mkdir -p /usr/lib/udev/rules.d /etc/udev
cp /90-vfio-tph.rules /usr/lib/udev/rules.d
# Its name tells it what it is.
ln -s udevadm /bin/systemd-udevd
systemd-udevd --daemon 3>&- 8>&- 9>&-

# property NAME BDF: what udev says of the function's VFIO device.
property() {
	udevadm info --query=property \
		--path="$(echo /sys/bus/pci/devices/$2/vfio-dev/vfio*)" |
		sed -n "s/^$1=//p"
}

it "a function that is bound to the driver is to be watched"
bind $FAR tph-vfio-pci
udevadm settle
same "units" "vfio-tph-watch@$FAR.service" "$(property SYSTEMD_WANTS $FAR)"
same "alias" "/sys/vfio-tph/$FAR" "$(property SYSTEMD_ALIAS $FAR)"
has "tags" ":systemd:" "$(property TAGS $FAR)"

it "one that was bound before udev came is to be watched, too"
udevadm control --exit
bind $NVME tph-vfio-pci
systemd-udevd --daemon 3>&- 8>&- 9>&-
udevadm trigger --action=add
udevadm settle
same "units" "vfio-tph-watch@$NVME.service" "$(property SYSTEMD_WANTS $NVME)"

it "functions with other drivers are not"
same "units wanted" "2" "$(udevadm info --export-db | grep -c '^E: SYSTEMD_WANTS=')"

it "what leaves VFIO is forgotten"
echo $NVME >/sys/bus/pci/drivers/tph-vfio-pci/unbind
udevadm settle
same "units wanted" "E: SYSTEMD_WANTS=vfio-tph-watch@$FAR.service" \
	"$(udevadm info --export-db | grep '^E: SYSTEMD_WANTS=')"

it "the unit's condition holds where a profile names the function"
mkdir /tmp/profiles
echo "{ \"version\": 1, \"devices\": [ { \"device\": \"$FAR\",
	\"maps\": [ { \"index\": \"all\", \"cpus\": \"3\" } ] } ] }" \
	>/tmp/profiles/far.json
expect_status 0 vfio-tph --dry-run watch $FAR --config /tmp/profiles
expect_status 3 vfio-tph --dry-run watch $NIC --config /tmp/profiles

it "the unit's command programs the tags when somebody holds the function"
vfio-tph watch $FAR --config /tmp/profiles 2>/tmp/watch.log 3>&- 8>&- 9>&- &
watch_pid=$!
sleep 2
hold cdev $FAR 2
msix_is() { [ "$(msix_table $1 $2)" = "$3" ]; }
until_so 5 msix_is $FAR 2 "$(tags_of "3 3" volatile 16 far)" ||
	same "table" "$(tags_of "3 3" volatile 16 far)" "$(msix_table $FAR 2)"
let_go
kill $watch_pid
wait $watch_pid
same "exit status" 0 $?

udevadm control --exit
finish

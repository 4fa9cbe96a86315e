# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# A card more, in front of the others: buses are numbered anew, and a profile
# that names a device by the bridges before it still finds it. live-profile
# has the same profile on the machine as it was before.
. /lib.sh

OLD=$NVME
NVME=0000:02:00.0

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

cat >/tmp/profile.json <<'END'
{ "version": 1, "devices": [
  { "device": "00:03.0/00.0", "id": "1b36:0010", "mode": "iv",
    "maps": [ { "index": "0-2", "cpus": "3,1" } ] } ] }
END

it "the machine is another: the device has moved, one like it has its address"
same "ids at $OLD" "$(config $NVME 0 4)" "$(config $OLD 0 4)"
case $(readlink -f /sys/bus/pci/devices/$NVME) in
*/0000:00:03.0/$NVME) ;;
*) complain "path" "/0000:00:03.0/$NVME" \
	"$(readlink -f /sys/bus/pci/devices/$NVME)" ;;
esac

it "apply and verify by the bridge path"
hold group $NVME
expect_status 10 vfio-tph verify /tmp/profile.json
expect_status 0 vfio-tph --json apply --owner /tmp/profile.json
same "device" $NVME "$(json '.devices[0].bdf')"
same "table" "$(tags_of "3 1 3" volatile 16)" "$(tph_table $NVME 3)"
same "control" 00000301 "$(tph_control $NVME)"
expect_status 0 vfio-tph verify /tmp/profile.json
let_go

it "watch by the bridge path"
mkdir /tmp/profiles
cp /tmp/profile.json /tmp/profiles/
vfio-tph watch --config /tmp/profiles 2>/tmp/watch.log 3>&- &
watch_pid=$!
sleep 1
hold cdev $NVME
table_is() { [ "$(tph_table $NVME 3)" = "$1" ]; }
until_so 5 table_is "$(tags_of "3 1 3" volatile 16)"
same "table" "$(tags_of "3 1 3" volatile 16)" "$(tph_table $NVME 3)"
has "log" "$NVME" "$(cat /tmp/watch.log)"
let_go
kill $watch_pid
wait $watch_pid

it "another bridge path is another device"
sed -i s/1b36:0010/8086:10d3/ /tmp/profile.json
expect_status 1 vfio-tph apply --try /tmp/profile.json
has "stderr" "1b36:0010" "$error"
sed -i s/00:03.0/00:1e.0/ /tmp/profile.json
expect_status 3 vfio-tph apply --try /tmp/profile.json

finish

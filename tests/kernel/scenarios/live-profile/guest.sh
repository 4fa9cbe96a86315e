# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# save, apply, verify and undo on devices that a running program drives, for
# both places of the ST table.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

table() {
	case $1 in
	"$NVME") tph_table $NVME $2 ;;
	*) msix_table $1 $2 ;;
	esac
}
wanted() {	# wanted DEVICE "CPU..."
	case $1 in
	"$NVME") tags_of "$2" volatile 16 ;;
	*) tags_of "$2" volatile 16 far ;;
	esac
}
# profile DEVICE MEMBERS...
profile() {
	device=$1
	shift
	echo "{ \"version\": 1, \"devices\": [ { \"device\": \"$device\", $* } ] }" \
		>/tmp/profile.json
}

for via in group cdev; do
for device in $NVME $FAR; do

it "$via, $device: save of a device that is off, and its verify"
hold $via $device 4
expect_status 0 vfio-tph save $device
same "mode" '"off"' "$(echo "$output" | jq '.devices[0].mode')"
echo "$output" >/tmp/off.json
expect_status 0 vfio-tph verify /tmp/off.json

it "$via, $device: save, disable, apply, verify: round trip"
expect_status 0 vfio-tph set-st --owner --mode ds $device 0=3 1=1 2=0 3=2
expect_status 0 vfio-tph save $device
echo "$output" >/tmp/saved.json
expect_status 0 vfio-tph verify /tmp/saved.json
expect_status 0 vfio-tph disable --owner $device
expect_status 10 vfio-tph verify /tmp/saved.json
expect_status 0 vfio-tph apply --owner /tmp/saved.json
same "table" "$(wanted $device "3 1 0 2")" "$(table $device 4)"
same "control" 00000302 "$(tph_control $device)"
expect_status 0 vfio-tph verify /tmp/saved.json

it "$via, $device: one entry that differs: verify names it, apply mends it alone"
expect_status 0 vfio-tph set-st --owner $device 2=1
expect_status 10 vfio-tph --json verify /tmp/saved.json
same "differences" '["entry",2,0]' \
	"$(json '.devices[0].differences[] | [.what, .index, .cpu]')"
expect_status 0 vfio-tph --json apply --owner /tmp/saved.json
same "changed" true "$(json '.devices[0].changed')"
same "table" "$(wanted $device "3 1 0 2")" "$(table $device 4)"
expect_status 0 vfio-tph --json apply --owner /tmp/saved.json
same "changed" false "$(json '.devices[0].changed')"

it "$via, $device: undo takes the last change back"
profile $device '"mode": "iv", "maps": [ { "index": "0-3", "cpus": "2" } ]'
expect_status 0 vfio-tph apply --owner /tmp/profile.json
same "table" "$(wanted $device "2 2 2 2")" "$(table $device 4)"
same "control" 00000301 "$(tph_control $device)"
expect_status 0 vfio-tph undo
same "table" "$(wanted $device "3 1 0 2")" "$(table $device 4)"
same "control" 00000302 "$(tph_control $device)"

it "$via, $device: a profile that cannot be changes nothing"
profile $device '"mode": "ds", "maps": [ { "index": "0-70", "cpus": "2" } ]'
refused vfio-tph apply --owner /tmp/profile.json
profile $device '"mode": "ds", "maps": [ { "index": "0-3", "cpus": "7" } ]'
refused vfio-tph apply --owner /tmp/profile.json
profile $device '"id": "8086:1234", "mode": "off"'
refused vfio-tph apply --owner /tmp/profile.json
same "table" "$(wanted $device "3 1 0 2")" "$(table $device 4)"
same "control" 00000302 "$(tph_control $device)"

it "$via, $device: follow-irq in a profile"
for i in 0 1 2 3; do
	send_irq $device $i $((3 - i))
done
profile $device '"follow-irq": true'
expect_status 0 vfio-tph apply --owner /tmp/profile.json
same "table" "$(wanted $device "3 2 1 0")" "$(table $device 4)"
expect_status 0 vfio-tph verify /tmp/profile.json
send_irq $device 1 0
expect_status 10 vfio-tph verify /tmp/profile.json

it "$via, $device: by a profile that says off"
expect_status 0 vfio-tph apply --owner /tmp/off.json
same "control" 00000000 "$(tph_control $device)"
expect_status 0 vfio-tph verify /tmp/off.json
let_go

done

it "$via: a vector that is gone: refused, and what stood still stands"
hold $via $FAR 4
expect_status 0 vfio-tph set-st --owner $FAR 0-3=1
expect_status 0 vfio-tph save $FAR
echo "$output" >/tmp/saved.json
tell alloc 2
before=$(msix_table $FAR 4)
profile $FAR '"maps": [ { "index": "0-3", "cpus": "2" } ]'
expect_status 5 vfio-tph apply --owner /tmp/profile.json
has "stderr" "not allocated" "$error"
same "table" "$before" "$(msix_table $FAR 4)"
same "control" 00000301 "$(tph_control $FAR)"
expect_status 10 vfio-tph verify /tmp/saved.json
same "differences" "$FAR: entry 2: its MSI-X vector is not allocated
$FAR: entry 3: its MSI-X vector is not allocated" \
	"$(echo "$output" | grep vector)"

it "$via: vectors freed in the middle: the message says what stands"
tell alloc 4
profile $FAR '"mode": "ds", "maps": [ { "index": "0-3", "cpus": "0-3" } ]'
done=0 failed=0 tries=0
while [ $tries -lt 12 ]; do
	tries=$((tries + 1))
	vfio-tph --json apply --owner /tmp/profile.json >/tmp/applied \
		2>/tmp/applied.error 3>&- 8>&- 9>&- &
	apply_pid=$!
	sleep "0.$(printf %02d $((2 * tries)))"
	tell alloc 1
	status=0
	wait $apply_pid || status=$?
	cat /tmp/applied.error
	if [ $status = 0 ]; then
		done=$((done + 1))
	else
		failed=$((failed + 1))
		case $(cat /tmp/applied.error) in
		*"TPH is off now"* | *"(off)"*)
			same "control" 00000000 "$(tph_control $FAR)" ;;
		*"TPH is on, mode iv"* | *"(on, mode iv)"*)
			same "control" 00000301 "$(tph_control $FAR)" ;;
		*"TPH is on, mode ds"* | *"(on, mode ds)"*)
			same "control" 00000302 "$(tph_control $FAR)" ;;
		*"not allocated"* | *"no MSI-X vector"*) ;; # found before a change was made
		*) complain "message" "what stands" \
			"$(cat /tmp/applied.error)" ;;
		esac
	fi
	vfio-tph disable --owner $FAR
	tell alloc 4
	vfio-tph set-st --owner --mode iv $FAR 0-3=1
done
echo "# applied $done times, refused $failed times" >&3
let_go

done

it "a profile from another user is refused"
echo "other:x:1001:1001::/:/bin/sh" >/etc/passwd
profile $NVME '"mode": "off"'
chown other /tmp/profile.json
expect_status 7 vfio-tph apply --try /tmp/profile.json
chown 0 /tmp/profile.json

it "by the bridge path; live-profile-moved has the same where it moved"
cat >/tmp/profile.json <<'END'
{ "version": 1, "devices": [
  { "device": "00:03.0/00.0", "id": "1b36:0010", "mode": "iv",
    "maps": [ { "index": "0-2", "cpus": "3,1" } ] } ] }
END
hold group $NVME
expect_status 0 vfio-tph --json apply --owner /tmp/profile.json
same "device" $NVME "$(json '.devices[0].bdf')"
same "table" "$(tags_of "3 1 3" volatile 16)" "$(tph_table $NVME 3)"
let_go

finish

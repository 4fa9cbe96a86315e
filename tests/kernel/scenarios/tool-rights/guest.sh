# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# What rights each command needs: each is tried by a user who is not root, with
# exactly those capabilities, and with one of them missing.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
chmod 755 / /bin /sys /proc /dev /dev/vfio /dev/vfio/devices /run /tmp
chmod 1777 /tmp
group=/dev/vfio/$(basename "$(readlink /sys/bus/pci/devices/$NVME/iommu_group)")
cdev=/dev/vfio/devices/$(ls /sys/bus/pci/devices/$NVME/vfio-dev)

# with CAPABILITIES COMMAND...: as another user ("": with none at all)
with() {
	local caps=-all word

	for word in $1; do
		caps=$caps,+$word
	done
	shift
	# By its path, or the shell takes its own.
	/bin/setpriv --reuid 1001 --regid 1001 --clear-groups --no-new-privs \
		--inh-caps=$caps --ambient-caps=$caps --bounding-set=$caps "$@"
}

it "the user has no capability, or exactly those that are given"
run with "" grep CapEff /proc/self/status
same "none" "CapEff:	0000000000000000" "$output"
run with "sys_ptrace" grep CapEff /proc/self/status
same "CAP_SYS_PTRACE, 19" "CapEff:	0000000000080000" "$output"

# --- looking ---

it "list and status: configuration space takes CAP_SYS_ADMIN"
expect_status 7 with "" vfio-tph list
expect_status 7 with "dac_override sys_ptrace sys_rawio" vfio-tph list
expect_status 0 with sys_admin vfio-tph list $NVME
has "list" capability:16 "$output"
expect_status 0 with sys_admin vfio-tph status $NVME
expect_status 7 with "" vfio-tph dump $NVME
expect_status 0 with sys_admin vfio-tph dump $NVME

it "a dump takes nothing"
with sys_admin vfio-tph dump all >/tmp/dump
expect_status 0 with "" vfio-tph list --from /tmp/dump
has "list" capability:16 "$output"

# --- a device of one's own ---

it "opening takes the nodes alone, by group"
expect_status 7 with "" vfio-tph enable --try --via group $NVME
chown 1001 $group /dev/vfio/vfio
for command in "enable --try" "get-st --cpus 1" "set-st --try --cpus 1" \
		"disable" "cap"; do
	expect_status 0 with "" vfio-tph ${command%% *} --via group $NVME \
		${command#"${command%% *}"}
done
expect_status 0 with "" vfio-tph run --via group $NVME 0=1 -- true
chown 0 $group /dev/vfio/vfio

it "opening takes the nodes alone, by character device"
expect_status 7 with "" vfio-tph enable --try --via cdev $NVME
chown 1001 $cdev /dev/iommu
for command in "enable --try" "get-st --cpus 1" "set-st --try --cpus 1" \
		"disable" "cap"; do
	expect_status 0 with "" vfio-tph ${command%% *} --via cdev $NVME \
		${command#"${command%% *}"}
done
chown 0 $cdev /dev/iommu

it "or CAP_DAC_OVERRIDE in place of them"
expect_status 7 with "sys_admin" vfio-tph enable --try $NVME
expect_status 0 with "dac_override" vfio-tph enable --try $NVME

# --- the device of a process of root's ---

it "to act on an owner takes CAP_SYS_PTRACE, to find his descriptor CAP_DAC_READ_SEARCH"
hold group $FAR 2
for caps in "" sys_ptrace dac_read_search sys_admin dac_override; do
	refused with "$caps" vfio-tph set-st --owner $FAR 0=1
	same "table, with '$caps'" 00000000 "$(tph_control $FAR)"
done
needed="sys_ptrace dac_read_search"
expect_status 0 with "$needed" vfio-tph set-st --owner $FAR 0-1=3,2
same "control" 00000301 "$(tph_control $FAR)"
for command in "get-st --cpus 1" "cap" "disable" "enable"; do
	expect_status 0 with "$needed" vfio-tph ${command%% *} --owner $FAR \
		${command#"${command%% *}"}
done
# These read configuration space before they look for an owner.
expect_status 0 with "$needed sys_admin" vfio-tph status --owner $FAR
expect_status 0 with "$needed sys_admin" vfio-tph dump --owner $FAR
expect_status 7 with "$needed" vfio-tph save --owner $FAR
expect_status 0 with "$needed sys_admin" vfio-tph save --owner $FAR

it "apply, verify and watch take the same, and CAP_SYS_ADMIN"
mkdir /tmp/config
chmod 755 /tmp/config
printf '{"version":1,"devices":[{"device":"%s","mode":"ds"}]}' $FAR \
	>/tmp/config/p.json
chmod 644 /tmp/config/p.json
refused with "$needed" vfio-tph apply --owner /tmp/config/p.json
expect_status 0 with "$needed sys_admin" vfio-tph apply --owner \
	/tmp/config/p.json
has "note" "undo will not be possible" "$error"
same "control" 00000302 "$(tph_control $FAR)"
expect_status 0 with "$needed sys_admin" vfio-tph verify --owner \
	/tmp/config/p.json
vfio-tph -q disable --owner $FAR
with "$needed sys_admin" vfio-tph watch --config /tmp/config \
	2>/tmp/watch 3>&- &
watch=$!
tries=100
until [ "$(tph_control $FAR)" = 00000302 ] || [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
same "control, by watch" 00000302 "$(tph_control $FAR)"
# The shell that runs the function is not the program; a change under way is a
# process of its own.
pidof vfio-tph | xargs kill
wait $watch
let_go

finish

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154,SC2034
# The documented rights where the machine is stricter than usual: users who own
# the nodes or are in their group, user namespaces, filters of system calls,
# Yama in each of its states, lockdown in both.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
chmod 755 / /bin /sys /proc /dev /dev/vfio /dev/vfio/devices /run /tmp
chmod 1777 /tmp
group=/dev/vfio/$(basename "$(readlink /sys/bus/pci/devices/$NVME/iommu_group)")
cdev=/dev/vfio/devices/$(ls /sys/bus/pci/devices/$NVME/vfio-dev)
far=/dev/vfio/devices/$(ls /sys/bus/pci/devices/$FAR/vfio-dev)
nodes="/dev/vfio/vfio /dev/iommu $group $cdev"
yama=/proc/sys/kernel/yama/ptrace_scope
pidfd_getfd=438
echo 0 >$yama

# as UID GID GROUPS|"" COMMAND...: without any capability
as() {
	local uid=$1 gid=$2 groups=--clear-groups

	[ -z "$3" ] || groups=--groups=$3
	shift 3
	# By its path, or the shell takes its own.
	/bin/setpriv --reuid $uid --regid $gid $groups --no-new-privs \
		--inh-caps=-all --bounding-set=-all "$@"
}

# Each command of a device that nobody holds, on either node, by a user
own_commands() {	# own_commands PREFIX...
	local via command

	for via in group cdev; do
		for command in cap "enable --try" "get-st --cpus 1" \
			"set-st --try --cpus 1" \
			disable; do
			expect_status 0 "$@" vfio-tph ${command%% *} \
				--via $via $NVME ${command#"${command%% *}"}
		done
		expect_status 0 "$@" vfio-tph run --via $via $NVME 0=1 -- true
	done
}

# --- a device of one's own ---

it "a user to whom the nodes are closed is refused"
expect_status 7 as 1001 1001 "" vfio-tph enable --try --via group $NVME
expect_status 7 as 1001 1001 "" vfio-tph enable --try --via cdev $NVME

it "the owner of the nodes needs no capability"
chown 1001 $nodes
own_commands as 1001 1001 ""
expect_status 7 as 1001 1001 "" vfio-tph status $NVME
chown 0 $nodes

it "nor does a member of their group"
chgrp 2000 $nodes
chmod 660 $nodes
own_commands as 1002 1002 2000
expect_status 7 as 1003 1003 "" vfio-tph cap --via cdev $NVME
chgrp 0 $nodes

it "nor the owner in a user namespace of his own, where he is root"
chown 1001 $nodes
own_commands as 1001 1001 "" unshare --user --map-root-user
expect_status 7 as 1001 1001 "" unshare --user --map-root-user \
	vfio-tph status $NVME
chown 0 $nodes

# --- the device of a process of the same user ---

# The device whose table is in MSI-X, held by the user without rights
user_holds() {
	chown 1001 $far /dev/iommu
	rm -f /tmp/orders /tmp/answers
	mkfifo /tmp/orders /tmp/answers
	as 1001 1001 "" holder cdev $FAR 2 </tmp/orders >/tmp/answers 3>&- &
	holder_pid=$!
	exec 8>/tmp/orders 9</tmp/answers
	read -r answer <&9
	same "the holder" ready "$answer"
}
same_user() { as 1001 1001 "" "$@" vfio-tph set-st --owner $FAR 0=1; }

it "Yama 0: who holds the device may be acted on by the same user"
user_holds
expect_status 0 same_user
same "entry" "$(tag_of 1 volatile 16 far)" "$(msix_table $FAR 1)"
expect_status 0 as 1001 1001 "" vfio-tph disable --owner $FAR
same "control" 00000000 "$(tph_control $FAR)"

it "but not from a user namespace, nor if a filter denies pidfd_getfd"
refused same_user unshare --user --map-root-user
same "control" 00000000 "$(tph_control $FAR)"
expect_status 7 same_user deny-call $pidfd_getfd 1
same "control" 00000000 "$(tph_control $FAR)"
# As if the kernel had no such call
expect_status 1 same_user deny-call $pidfd_getfd 38
same "control" 00000000 "$(tph_control $FAR)"

it "root is stopped by such a filter as well, and changes nothing"
for command in enable disable "set-st 0=1" "get-st --cpus 1"; do
	expect_status 7 deny-call $pidfd_getfd 1 vfio-tph ${command%% *} \
		--owner $FAR ${command#"${command%% *}"}
	same "control" 00000000 "$(tph_control $FAR)"
done
for command in list "status $FAR" "cap --owner $FAR"; do
	expect_status 0 deny-call $pidfd_getfd 1 vfio-tph $command
done

for scope in 1 2; do
	it "Yama $scope: not by the same user, by root as before"
	echo $scope >$yama
	expect_status 7 same_user
	same "control" 00000000 "$(tph_control $FAR)"
	expect_status 0 vfio-tph set-st --owner $FAR 0=2
	same "entry" "$(tag_of 2 volatile 16 far)" "$(msix_table $FAR 1)"
	expect_status 0 vfio-tph disable --owner $FAR
	chown 1001 $nodes
	expect_status 0 as 1001 1001 "" vfio-tph enable --try --via cdev $NVME
	chown 0 $nodes
	chown 1001 /dev/iommu
done

# --- lockdown, which cannot be taken back ---

# What root does, with a borrowed device and with one of its own
root_commands() {
	local command

	for command in list "list $NVME" "status $NVME" "status $FAR" \
		"dump $NVME" "cap $NVME" "enable --try $NVME" "get-st --cpus 1 $NVME" \
		"set-st --try --cpus 1 $NVME" "disable $NVME" "save --owner $FAR" \
		"set-st --owner $FAR 0-1=1" "get-st --owner --cpus 1 $FAR" \
		"disable --owner $FAR" metrics; do
		expect_status 0 vfio-tph $command
	done
	expect_status 0 vfio-tph run $NVME 0=1 -- true
}

mount -t securityfs none /sys/kernel/security
lockdown=/sys/kernel/security/lockdown
for state in integrity confidentiality; do
	it "lockdown, $state: root's commands work as before"
	echo $state >$lockdown
	has "lockdown" "[$state]" "$(cat $lockdown)"
	refused dd if=/dev/zero of=/sys/bus/pci/devices/$NVME/config bs=1 \
		seek=4 count=1 conv=notrunc
	root_commands
done

# --- nobody traces anybody any more, until the machine is started anew ---

it "Yama 3: nobody acts on a holder, not even root; the rest goes on"
echo 3 >$yama
expect_status 7 same_user
expect_status 7 vfio-tph set-st --owner $FAR 0=1
same "control" 00000000 "$(tph_control $FAR)"
for command in list "status $FAR" "status $NVME" "enable --try $NVME"; do
	expect_status 0 vfio-tph $command
done
let_go

finish

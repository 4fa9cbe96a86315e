# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool on devices that a running program drives: interrupts on different
# CPUs, several devices in one process, and callers without rights.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR,$NIC location=capability,msix,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
bind $NIC tph-vfio-pci

# The first entries of a device's table, and their tags as firmware gives them
table() {
	case $1 in
	"$NVME") tph_table $NVME $2 ;;
	*) msix_table $1 $2 ;;
	esac
}
wanted() {	# wanted DEVICE CPU...
	local device=$1

	shift
	case $device in
	"$FAR") tags_of "$*" volatile 16 far ;;
	*) tags_of "$*" volatile 16 ;;
	esac
}

# spread DEVICE CPU...: vector 0 to the first, and so on
spread() {
	local device=$1 vector=0 cpu

	shift
	for cpu; do
		send_irq $device $vector $cpu
		vector=$((vector + 1))
	done
}

for via in group cdev; do
for device in $NVME $FAR $NIC; do

it "$via, $device: busy: 8, and the holder is named"
hold $via $device 4
expect_status 8 vfio-tph set-st --try $device 0=0
has "stderr" "held by holder (pid $holder_pid)" "$error"
has "stderr" "--owner" "$error"

it "$via, $device: get-st leaves a borrowed device off, unless forced"
expect_status 1 vfio-tph get-st --owner $device
has "stderr" "--force" "$error"
same "control" 00000000 "$(tph_control $device)"
expect_status 0 vfio-tph --json get-st --owner --force --cpus 2 $device
same "tag" $((0x$(wanted $device 2))) "$(json '.devices[0].tags[0].tag')"
same "control" 00000000 "$(tph_control $device)"

it "$via, $device: --follow-irq gives each entry the CPU of its vector"
spread $device 3 0 2 1
expect_status 0 vfio-tph -v --json set-st --owner --follow-irq $device
has "stderr" "holder (pid $holder_pid)" "$error"
same "table" "$(wanted $device 3 0 2 1)" "$(table $device 4)"
same "control" 00000301 "$(tph_control $device)"

it "$via, $device: and again after they moved"
spread $device 0 0 1 3
same "table, not yet" "$(wanted $device 3 0 2 1)" "$(table $device 4)"
expect_status 0 vfio-tph set-st --pid $holder_pid --follow-irq $device
same "table" "$(wanted $device 0 0 1 3)" "$(table $device 4)"

it "$via, $device: INDEXES=irq for a part of the table, CPUs for another"
spread $device 2 2 2 2
expect_status 0 vfio-tph set-st --owner $device 0,2=irq 1=3
same "table" "$(wanted $device 2 3 2 3)" "$(table $device 4)"

it "$via, $device: the setting survives the holder's reset"
tell reset
same "reset" ok "$answer"
same "control" 00000301 "$(tph_control $device)"
same "table" "$(wanted $device 2 3 2 3)" "$(table $device 4)"

it "$via, $device: get-st reads while it is on"
expect_status 0 vfio-tph --json get-st --owner $device
same "tags" "$(for c in 0 1 2 3; do echo $((0x$(wanted $device $c))); done |
	jq -cs .)" "$(json '[.devices[0].tags[].tag]')"

it "$via, $device: gone when its owner ends, and then there is none"
let_go
same "control" 00000000 "$(tph_control $device)"
refused vfio-tph set-st --owner $device 0=0
has "stderr" "no process holds it" "$error"

done

it "$via: without vectors there is no interrupt to follow"
hold $via $NVME
expect_status 5 vfio-tph set-st --owner --follow-irq $NVME
same "control" 00000000 "$(tph_control $NVME)"
let_go

it "$via: an owner that is killed takes the setting with him"
hold $via $FAR 2
expect_status 0 vfio-tph set-st --owner $FAR all=1
kill -KILL $holder_pid
exec 8>&- 9<&-
wait $holder_pid
same "control" 00000000 "$(tph_control $FAR)"

it "$via: tags of vectors that are freed and allocated anew, as docs/live.md says"
echo 2 >/proc/irq/default_smp_affinity
hold $via $FAR 4
expect_status 0 vfio-tph set-st --owner $FAR all=3
tell alloc 4
same "they are new, and have none" "0000 0000 0000 0000" "$(table $FAR 4)"
same "control" 00000301 "$(tph_control $FAR)"
let_go
echo f >/proc/irq/default_smp_affinity

it "$via: of several devices in one process each is found"
hold $via $NVME,$FAR,$NIC 2
grep -h syspath /proc/$holder_pid/fdinfo/* || echo "fdinfo: no syspath"
expect_status 0 vfio-tph set-st --owner $FAR 0=1 1=2
expect_status 0 vfio-tph set-st --owner $NVME 0=3 1=0
expect_status 0 vfio-tph set-st --pid $holder_pid $NIC 0=2 1=3
same "table of $NVME" "$(wanted $NVME 3 0)" "$(table $NVME 2)"
same "table of $FAR" "$(wanted $FAR 1 2)" "$(table $FAR 2)"
same "table of $NIC" "$(wanted $NIC 2 3)" "$(table $NIC 2)"

it "$via: several devices in one command"
expect_status 0 vfio-tph set-st --owner $NIC $NVME $FAR 0-1=1
same "table of $NVME" "$(wanted $NVME 1 1)" "$(table $NVME 2)"
same "table of $FAR" "$(wanted $FAR 1 1)" "$(table $FAR 2)"
same "table of $NIC" "$(wanted $NIC 1 1)" "$(table $NIC 2)"

it "$via: the descriptor of another device is refused, however it is named"
expect_status 0 vfio-tph disable --owner $NVME
for link in "/proc/$holder_pid/fd"/*; do
	vfio-tph enable --pid $holder_pid --fd ${link##*/} $NVME &&
		echo "taken: ${link##*/} $(readlink $link)"
	case $(tph_control $NVME) in
	00000000) ;;
	*)
		taken="$taken ${link##*/}"
		vfio-tph disable --owner $NVME ;;
	esac
done
same "descriptors that were taken for it" 1 "$(echo $taken | wc -w)"
same "control of $FAR" 00000301 "$(tph_control $FAR)"
same "control of $NIC" 00000301 "$(tph_control $NIC)"
taken=""
let_go

done

# --- rights ---

cat >/etc/passwd <<'END'
root:x:0:0::/:/bin/sh
owner:x:1000:1000::/:/bin/sh
other:x:1001:1001::/:/bin/sh
END
chmod 755 / /bin /sys /proc /dev /dev/vfio /dev/vfio/devices
as() { user=$1; shift; su -s /bin/sh $user -c "PATH=/bin:/sbin; $*"; }
group=/dev/vfio/$(basename "$(readlink /sys/bus/pci/devices/$FAR/iommu_group)")

it "no rights over the owner: 7, and what they would be"
hold group $FAR 2
expect_status 7 as other vfio-tph set-st --pid $holder_pid $FAR 0=0
has "stderr" "CAP_SYS_PTRACE" "$error"
refused as other vfio-tph set-st --owner $FAR 0=0
has "stderr" "only root sees" "$error"
same "control" 00000000 "$(tph_control $FAR)"
let_go

it "the same user has them"
chown owner $group
chmod 666 /dev/vfio/vfio
mkfifo /tmp/orders2 /tmp/answers2
chmod 666 /tmp/orders2 /tmp/answers2
as owner "exec holder group $FAR 2" </tmp/orders2 >/tmp/answers2 3>&- &
exec 8>/tmp/orders2 9</tmp/answers2
read -r answer <&9
same "the holder" ready "$answer"
expect_status 0 as owner vfio-tph set-st --owner $FAR 0-1=3,2
same "table" "$(wanted $FAR 3 2)" "$(table $FAR 2)"
same "control" 00000301 "$(tph_control $FAR)"
refused as other vfio-tph disable --owner $FAR
same "control" 00000301 "$(tph_control $FAR)"

it "and root always"
expect_status 0 vfio-tph disable --owner $FAR
same "control" 00000000 "$(tph_control $FAR)"
exec 8>&- 9<&-

finish

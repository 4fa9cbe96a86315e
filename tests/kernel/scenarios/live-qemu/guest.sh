# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The tool on devices that a virtual machine has: QEMU's own VFIO, and in the
# machine a firmware that does to the interrupts what a guest's driver does.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

# QEMU looks for its modules beside itself, and it was put elsewhere.
module=$(find /usr/lib -name 'accel-tcg-*.so')
[ -z "$module" ] || export QEMU_MODULE_DIR="${module%/*}"

# start_vm DEVICE VECTORS: how many the guest's driver uses
start_vm() {
	cp /bin/guest-firmware /tmp/firmware
	printf "\\$(printf %o $2)" |
		dd of=/tmp/firmware bs=1 conv=notrunc 2>/dev/null
	rm -f /tmp/monitor.in /tmp/monitor.out
	mkfifo /tmp/monitor.in /tmp/monitor.out
	qemu-system-x86_64 -L /nowhere -accel tcg -machine q35 -m 64 \
		-nodefaults -display none -bios /tmp/firmware \
		-device vfio-pci,host=$1,addr=5 -monitor pipe:/tmp/monitor \
		</dev/null >/tmp/qemu 2>&1 3>&- &
	vm_pid=$!
	until_so 60 vectors_are $1 $2 || complain "vectors of the guest" $2 \
		"$(cat /tmp/qemu /proc/interrupts)"
}
monitor() { ! kill -0 $vm_pid || echo "$*" >/tmp/monitor.in; }
end_vm() {
	kill -0 $vm_pid || return
	monitor quit
	wait $vm_pid
}
vectors_are() {	# vectors_are DEVICE NUMBER
	[ "$(grep -cF "($1)" /proc/interrupts)" = "$2" ]
}
# reboot DEVICE VECTORS: what the guest had is gone first
reboot() {
	local resets

	resets=$(dmesg | grep -c "$1: reset done")
	monitor system_reset
	until_so 60 was_reset $1 $resets || complain "after 60 s" reset nothing
	until_so 60 vectors_are $1 $2
}
was_reset() { [ "$(dmesg | grep -c "$1: reset done")" -gt $2 ]; }
# spread: the four vectors of $FAR to CPUs 3, 0, 2, 1
spread() {
	send_irq $FAR 0 3
	send_irq $FAR 1 0
	send_irq $FAR 2 2
	send_irq $FAR 3 1
}
becomes() {	# becomes "CPU...": the tags of $FAR, within 20 s
	local tags n

	tags=$(tags_of "$1" volatile 16 far)
	n=$(echo $1 | wc -w)
	until_so 20 msix_is $FAR $n "$tags" ||
		same "table" "$tags" "$(msix_table $FAR $n) $(cat /tmp/watch.log)"
}
msix_is() { [ "$(msix_table $1 $2)" = "$3" ]; }

it "QEMU is named as the one that holds the device"
start_vm $NVME 3
expect_status 0 vfio-tph list --raw --noheadings --output ADDRESS,OWNER
has "list" "$NVME $vm_pid\\x20qemu-system-x86" "$output"
expect_status 8 vfio-tph set-st --try $NVME 0=1
has "stderr" "held by qemu-system-x86 (pid $vm_pid)" "$error"

it "a table in the capability is programmed while the guest runs"
expect_status 0 vfio-tph set-st --owner $NVME 0-2=3,2,1
same "table" "$(tags_of "3 2 1" volatile 16)" "$(tph_table $NVME 3)"
same "control" 00000301 "$(tph_control $NVME)"
expect_status 0 vfio-tph status --owner $NVME

it "a reboot of the guest leaves a table in the capability as it is"
reboot $NVME 3
same "table" "$(tags_of "3 2 1" volatile 16)" "$(tph_table $NVME 3)"
same "control" 00000301 "$(tph_control $NVME)"

it "the setting does not outlive the virtual machine"
end_vm
same "control" 00000000 "$(tph_control $NVME)"

it "entries follow the interrupts of the guest's driver"
start_vm $FAR 4
spread
expect_status 0 vfio-tph set-st --owner --follow-irq $FAR
same "table" "$(tags_of "3 0 2 1" volatile 16 far)" "$(msix_table $FAR 4)"

it "an entry whose vector the guest does not use is refused"
expect_status 5 vfio-tph set-st --owner $FAR 9=1
has "stderr" "the MSI-X vector of index 9 is not allocated" "$error"
same "table" "$(tags_of "3 0 2 1" volatile 16 far)" "$(msix_table $FAR 4)"

it "a reboot of the guest leaves TPH on, and a table in MSI-X empty"
reboot $FAR 4
same "table" "0000 0000 0000 0000" "$(msix_table $FAR 4)"
same "control" 00000301 "$(tph_control $FAR)"

it "watch gives the tags to a guest that runs, and again when it has rebooted"
mkdir /tmp/profiles
echo "{ \"version\": 1, \"devices\": [
	{ \"device\": \"$FAR\", \"mode\": \"iv\", \"follow-irq\": true } ] }" \
	>/tmp/profiles/far.json
spread
vfio-tph watch --config /tmp/profiles 2>/tmp/watch.log 3>&- &
watch_pid=$!
becomes "3 0 2 1"
reboot $FAR 4
spread
becomes "3 0 2 1"

it "and to the next virtual machine"
end_vm
start_vm $FAR 2
send_irq $FAR 0 1
send_irq $FAR 1 2
becomes "1 2"
end_vm
kill -TERM $watch_pid
wait $watch_pid
has "log" "programmed for qemu-system-x86" "$(cat /tmp/watch.log)"

finish

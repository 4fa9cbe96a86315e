# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154,SC2016
# "vfio-tph run": a program that gets the open device, and what becomes of the
# setting.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

for via in group cdev; do

it "$via: the program has the device: descriptors, setting, raw calls"
expect_status 0 vfio-tph run --via $via --mode ds $NVME 0-1=3,1 -- \
	abi-poke inherited - op=0 op=1,mode=2 "run=setpci -s $NVME ECAP_TPH+8.L" \
	"run=. /lib.sh; tph_table $NVME 3" vectors=2 reset \
	"run=. /lib.sh; tph_table $NVME 2"
same "result" "cap ok modes=7 present=1 size=16 reserved=0
enable EBUSY
00000302
$(tags_of "3 1" volatile 16) 0000
vectors ok
reset ok
$(tags_of "3 1" volatile 16)" "$output"
same "stderr" "" "$error"

it "$via: gone afterwards"
same "control" 00000000 "$(tph_control $NVME)"
expect_status 0 vfio-tph enable --try --via $via $NVME

it "$via: the variables are those of the way, and open"
expect_status 0 vfio-tph run --via $via $NVME -- sh -c '
	for name in DEVICE GROUP CONTAINER IOMMUFD; do
		eval "fd=\$VFIO_TPH_${name}_FD"
		[ -z "$fd" ] || echo "$name $(readlink /proc/self/fd/$fd)"
	done'
group=$(basename "$(readlink /sys/bus/pci/devices/$NVME/iommu_group)")
case $via in
group) same "descriptors" "DEVICE anon_inode:[vfio-device]
GROUP /dev/vfio/$group
CONTAINER /dev/vfio/vfio" "$output" ;;
cdev) same "descriptors" "DEVICE /dev/vfio/devices/$(
	ls /sys/bus/pci/devices/$NVME/vfio-dev)
IOMMUFD /dev/iommu" "$output" ;;
esac

it "$via: nothing else is handed down"
vfio-tph run --via $via $NVME -- sh -c 'ls -l /proc/$$/fd' </dev/null \
	>/tmp/fds 2>/dev/null 3>&-
named=3
[ $via = group ] || named=2
same "descriptors beyond 2 (script, $named)" $named \
	"$(awk '$(NF-2) > 2' /tmp/fds | grep -c vfio\\\|iommu)"
same "others beyond 2" "" \
	"$(awk '$(NF-2) > 2' /tmp/fds | grep -v vfio\\\|iommu | grep -- '->')"

it "$via: a table in MSI-X: the program allocates vectors, and programs them"
expect_status 0 vfio-tph run --via $via $FAR -- \
	abi-poke inherited - vectors=2 op=4,entry=2/0/0,entry=1/0/1 \
	"run=. /lib.sh; msix_table $FAR 2" \
	"run=setpci -s $FAR ECAP_TPH+8.L"
same "result" "vectors ok
set-st ok
$(tags_of "2 1" volatile 16 far)
00000301" "$output"
same "control" 00000000 "$(tph_control $FAR)"

it "$via: a map for a table in MSI-X comes too early, the program is not run"
expect_status 5 vfio-tph run --via $via $FAR 0=0 -- echo was run
same "stdout" "" "$output"
same "control" 00000000 "$(tph_control $FAR)"

it "$via: the program's status, and 128 + signal"
expect_status 0 vfio-tph run --via $via $NVME -- true
expect_status 42 vfio-tph run --via $via $NVME -- sh -c 'exit 42'
expect_status 137 vfio-tph run --via $via $NVME -- sh -c 'kill -KILL $$'
expect_status 143 vfio-tph run --via $via $NVME -- sh -c 'kill $$'
expect_status 127 vfio-tph run --via $via $NVME -- /no/such/program
expect_status 126 vfio-tph run --via $via $NVME -- /proc/version
same "control" 00000000 "$(tph_control $NVME)"

it "$via: a signal is passed on, and the setting ends with the program"
rm -f /tmp/started
vfio-tph run --via $via $NVME all=1 -- sh -c '
	trap "echo told; exit 5" TERM
	setpci -s $NVME ECAP_TPH+8.L
	: >/tmp/started
	while :; do sleep 0.1; done' >/tmp/told 3>&- &
tool_pid=$!
until_so 10 test -e /tmp/started
expect_status 8 vfio-tph set-st --try --via $via $NVME 0=0
same "table" "$(tags_of "1 1 1" volatile 16)" "$(tph_table $NVME 3)"
kill -TERM $tool_pid
status=0
wait $tool_pid || status=$?
same "exit status" 5 $status
same "the program" "00000301
told" "$(cat /tmp/told)"
same "control" 00000000 "$(tph_control $NVME)"

it "$via: another acts on it meanwhile, with --owner; either process will do"
rm -f /tmp/started
vfio-tph run --via $via $FAR -- holder inherited - 2 </dev/null >/tmp/answers3 3>&- &
tool_pid=$!
wait $tool_pid
same "a closed stdin ends it" 0 $?
: >/tmp/answers4	# the last one's "ready" goes before this one is awaited
rm -f /tmp/orders4
mkfifo /tmp/orders4
vfio-tph run --via $via $FAR -- holder inherited - 2 \
	</tmp/orders4 >/tmp/answers4 3>&- &
tool_pid=$!
exec 7>/tmp/orders4
until_so 10 grep -q ready /tmp/answers4
send_irq $FAR 0 2
send_irq $FAR 1 3
expect_status 0 vfio-tph set-st --owner --follow-irq $FAR
same "table" "$(tags_of "2 3" volatile 16 far)" "$(msix_table $FAR 2)"
exec 7>&-
wait $tool_pid
same "exit status" 0 $?
same "control" 00000000 "$(tph_control $FAR)"
rm -f /tmp/orders4

done

finish

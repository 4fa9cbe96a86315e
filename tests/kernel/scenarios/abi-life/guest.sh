# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# The driver's life: unbound, removed and unloaded while devices are open, and
# opened and closed by many at once.
. /lib.sh

cat >/life.sh <<'END'
# start unbind|remove: of $NVME, which waits while somebody holds it
start() {
	rm -f /tmp/over
	{
		case $1 in
		unbind) echo $NVME >/sys/bus/pci/drivers/tph-vfio-pci/unbind ;;
		remove) echo 1 >/sys/bus/pci/devices/$NVME/remove ;;
		esac
		echo >/tmp/over
	} 3>&- 8>&- 9<&- &
	sleep 1
}
is_waiting() { [ -e /tmp/over ] || echo waiting; }
await_over() {
	until_so 60 [ -e /tmp/over ] || complain "after a minute" over waiting
}
END
. /life.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
seconds=3
deep && seconds=60

driver_of() { basename "$(readlink "/sys/bus/pci/devices/$1/driver")"; }
is_unbound() { [ ! -e "/sys/bus/pci/devices/$1/driver" ]; }

for via in group cdev; do

it "$via: the module is not unloaded while a device is open"
hold $via $NVME
refused rmmod tph_vfio_pci
same "driver" tph-vfio-pci "$(driver_of $NVME)"
expect_status 0 vfio-tph enable --owner $NVME
same "control" 00000301 "$(tph_control $NVME)"
refused rmmod tph_vfio_pci
let_go

it "$via: unbinding waits for the close, and the open device goes on to work"
run abi-poke $via $NVME op=1,mode=2 "run=. /life.sh; start unbind" \
	op=4,entry=2/0/0 op=3,entry=2/0/0 reset \
	"run=setpci -s $NVME ECAP_TPH+8.L; . /lib.sh; tph_table $NVME 1" \
	op=2 op=1,mode=4 "run=. /life.sh; is_waiting"
# While the kernel unbinds it has the lock that a reset only tries for.
same "result" "enable ok
set-st ok
get-st ok 0x5221
reset EAGAIN
00000301
5221
disable ok
enable ok
waiting" "$output"
await_over
is_unbound $NVME || complain "driver" none "$(driver_of $NVME)"
same "control" 00000000 "$(tph_control $NVME)"
bind $NVME tph-vfio-pci
expect_status 0 vfio-tph enable --try $NVME

it "$via: a holder that is killed lets the unbinding go on"
hold $via $NVME
expect_status 0 vfio-tph enable --owner $NVME
start unbind
same "unbinding" waiting "$(is_waiting)"
kill -KILL $holder_pid
exec 8>&- 9<&-
wait $holder_pid
await_over
is_unbound $NVME || complain "driver" none "$(driver_of $NVME)"
same "control" 00000000 "$(tph_control $NVME)"
bind $NVME tph-vfio-pci

it "$via: removing the function waits too, and a rescan brings it back as new"
hold $via $NVME
expect_status 0 vfio-tph enable --owner $NVME
start remove
same "removing" waiting "$(is_waiting)"
let_go
await_over
[ ! -e /sys/bus/pci/devices/$NVME ] ||
	complain "function" "removed" "is there"
echo 1 >/sys/bus/pci/rescan
bind $NVME tph-vfio-pci
same "control" 00000000 "$(tph_control $NVME)"
expect_status 0 vfio-tph enable --try $NVME

it "$via: unbound under an operation from every side, again and again"
end=$(($(date +%s) + seconds))
while [ "$(date +%s)" -lt $end ]; do
	: >/tmp/stress	# the last one's "ready" goes before this one is awaited
	abi-stress $via $NVME 1 >/tmp/stress 2>&1 &
	stress=$!
	until_so 60 grep -q ready /tmp/stress
	echo $NVME >/sys/bus/pci/drivers/tph-vfio-pci/unbind
	wait $stress || complain "abi-stress" 0 "$(cat /tmp/stress)"
	bind $NVME tph-vfio-pci
done

it "$via: opened while it is bound and unbound: had or not had, no more"
rm -f /tmp/over
: >/tmp/opened
end=$(($(date +%s) + seconds))
{
	# Three times at least, however slow the machine is.
	while [ "$(date +%s)" -lt $end ] ||
		{ [ "$(grep -c enable /tmp/opened)" -lt 3 ] &&
			[ "$(date +%s)" -lt $((end + 120)) ]; }; do
		abi-poke $via $NVME op=1,mode=2 op=4,entry=1/0/0
	done >>/tmp/opened 2>/tmp/opened.error
	echo >/tmp/over
} &
# While it is being unbound the reset of an open is refused (EAGAIN): on a slow
# machine it needs longer than the shortest pause to get through.
while [ ! -e /tmp/over ]; do
	for pause in 0.2 0.5 1 2; do
		echo $NVME >/sys/bus/pci/drivers/tph-vfio-pci/unbind
		echo $NVME >/sys/bus/pci/drivers_probe
		[ -e /tmp/over ] || sleep $pause
	done
done 2>/dev/null
wait
same "answers" "enable ok
set-st ok" "$(sort -u /tmp/opened)"
[ "$(grep -c enable /tmp/opened)" -ge 3 ] || complain "had" \
	"three times" "$(sort /tmp/opened.error | uniq -c)"
echo "# had $(grep -c enable /tmp/opened) times," \
	"not had $(wc -l </tmp/opened.error) times" >&3
bind $NVME tph-vfio-pci

done

it "first opens and last closes of four threads fall upon one another"
expect_status 0 abi-cycle $NVME $seconds
echo "# $output" >&3

it "the module goes when nobody holds a device, with the devices bound"
expect_status 0 rmmod tph_vfio_pci
is_unbound $NVME || complain "driver of $NVME" none "$(driver_of $NVME)"
is_unbound $FAR || complain "driver of $FAR" none "$(driver_of $FAR)"

finish

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2016,SC2086,SC2154
# The tool on a device that DPDK drives: Debian's dpdk-testpmd on the emulated
# e1000e. Part one mounts the Debian's disk and moves into it; part two is run
# in there.
if [ ! -e /etc/debian_version ]; then
	mkdir /debian
	until [ -b /dev/vda ]; do sleep 0.1; done
	mount -t ext4 /dev/vda /debian
	for directory in proc sys dev run; do
		mount -o bind /$directory /debian/$directory
	done
	cp -r /modules /guest.sh /lib.sh /live.md /debian/
	cp /bin/vfio-tph /bin/holder /bin/busybox /debian/usr/local/bin/
	# The Debian's own programs first; what it lacks is busybox's.
	mkdir /debian/applets
	busybox --install /debian/applets
	PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/applets
	exec chroot /debian /usr/local/bin/busybox sh /guest.sh
fi
. /lib.sh

load_vfio && load replacement-vfio-pci
overlay device=$NIC location=msix
bind $NIC vfio-pci
ip link set lo up

# DPDK's, as the documentation starts it; with a pipe for what is typed
command_line=$(sed -n 's/^    \(dpdk-testpmd .*\)/\1/p' /live.md)
testpmd() {
	rm -f /tmp/typed
	mkfifo /tmp/typed
	: >/tmp/testpmd.log	# the last one's prompt goes before this one is awaited
	sh -c "exec $command_line" </tmp/typed >/tmp/testpmd.log 2>&1 3>&- 8>&- &
	testpmd_pid=$!
	exec 8>/tmp/typed
	until_so 60 grep -q "testpmd> " /tmp/testpmd.log && return
	complain "dpdk-testpmd" "its prompt" "$(tail -20 /tmp/testpmd.log)"
	cat /tmp/testpmd.log
}
type_in() { echo "$*" >&8; }
end_testpmd() {
	type_in quit
	exec 8>&-
	status=0
	wait $testpmd_pid || status=$?
	same "status of dpdk-testpmd" 0 $status
}
msix_is() { [ "$(msix_table $NIC $1)" = "$2" ]; }
becomes() {
	until_so 5 msix_is $1 "$2" || same "table" "$2" "$(msix_table $NIC $1)"
}
has_vector() { [ -n "$(irq_of $NIC 0)" ]; }
lacks_vector() { [ -z "$(irq_of $NIC 0)" ]; }
control_is() { [ "$(tph_control $NIC)" = "$1" ]; }

it "dpdk-testpmd has the device, and is named"
testpmd
expect_status 8 vfio-tph set-st --try $NIC 0=1
has "stderr" "held by dpdk-testpmd (pid $testpmd_pid)" "$error"
expect_status 0 vfio-tph cap $NIC
has "stderr" "held by dpdk-testpmd" "$error"
cat /tmp/testpmd.log
grep -F "($NIC)" /proc/interrupts
for fd in "/proc/$testpmd_pid/fd"/*; do echo "$fd $(readlink $fd)"; done | grep -i vfio

# In blocks between bare ``` a line "$ COMMAND" is run, and what follows it must
# be its output: as scripts/check-examples does, of which the guest has none.
examples() {
	rm -rf /tmp/examples
	mkdir /tmp/examples
	awk -v to=/tmp/examples/ '
		/^```/ { inside = inside ? 0 : $0 == "```" ? 1 : 2; next }
		inside != 1 { next }
		/^\$ / {
			n++
			print substr($0, 3) >(to n ".command")
			printf "" >(to n ".expected")
			next
		}
		{ print >(to n ".expected") }' $1
	last=0 i=1
	while [ -e /tmp/examples/$i.command ]; do
		command=$(cat /tmp/examples/$i.command)
		actual=$last
		if [ "$command" != 'echo $?' ]; then
			last=0
			actual=$(sh -c "$command" 2>&1) || last=$?
		fi
		echo "\$ $command"
		echo "$actual"
		same "\$ $command" \
			"$(sed 's/(pid [0-9]*)/(pid N)/g' /tmp/examples/$i.expected)" \
			"$(echo "$actual" | sed 's/(pid [0-9]*)/(pid N)/g')"
		i=$((i + 1))
	done
	[ $i -gt 10 ] || complain "$1" "examples" "$((i - 1))"
}

it "the documentation's commands do what it says"
send_irq $NIC 0 2
examples /live.md
same "control" 00000000 "$(tph_control $NIC)"

it "TPH is switched on while it runs"
expect_status 0 vfio-tph enable --owner --mode iv $NIC
same "control" 00000301 "$(tph_control $NIC)"

it "an explicit map"
expect_status 0 vfio-tph set-st --owner $NIC 0=3
same "table" "$(tag_of 3 volatile 16)" "$(msix_table $NIC 1)"

it "--follow-irq, before and after the interrupt moves"
send_irq $NIC 0 2
expect_status 0 vfio-tph set-st --owner --follow-irq $NIC
same "table" "$(tag_of 2 volatile 16)" "$(msix_table $NIC 1)"
send_irq $NIC 0 1
expect_status 0 vfio-tph set-st --pid $testpmd_pid --follow-irq $NIC
same "table" "$(tag_of 1 volatile 16)" "$(msix_table $NIC 1)"

it "get-st of its CPUs"
expect_status 0 vfio-tph --json get-st --owner --cpus 0-1 $NIC
same "tags" "[$((0x$(tag_of 0 volatile 16))),$((0x$(tag_of 1 volatile 16)))]" \
	"$(json '[.devices[0].tags[].tag]')"

it "it works on, and its port's restart leaves the setting as it is"
type_in start tx_first
sleep 2
type_in stop
type_in show port stats 0
type_in port stop 0
type_in port start 0
sleep 3
same "control" 00000301 "$(tph_control $NIC)"
same "table" "$(tag_of 1 volatile 16)" "$(msix_table $NIC 1)"

it "gone when it ends; it sent packets while TPH was on"
end_testpmd
same "control" 00000000 "$(tph_control $NIC)"
cat /tmp/testpmd.log
same "packets sent" yes "$(sed -n 's/.*TX-packets: *\([0-9]*\).*/\1/p' \
	/tmp/testpmd.log | awk '$1 > 0 { print "yes"; exit }')"
has "log" "Stopping ports" "$(cat /tmp/testpmd.log)"

it "watch programs it when it starts"
mkdir /etc/vfio-tph.d
sed -n '/^```json/,/^```$/{/^```/!p}' /live.md >/etc/vfio-tph.d/nic.json
vfio-tph watch 2>/tmp/watch.log 3>&- &
watch_pid=$!
sleep 1
testpmd
until_so 5 control_is 00000301
same "control" 00000301 "$(tph_control $NIC)"
send_irq $NIC 0 3
becomes 1 "$(tag_of 3 volatile 16)"
has "log" "dpdk-testpmd (pid $testpmd_pid)" "$(cat /tmp/watch.log)"

it "watch, when the device is detached and attached by the same process"
type_in port stop 0
type_in port close 0
type_in device detach $NIC
until_so 20 lacks_vector || complain "detach" "no vector" "one"
same "control" 00000000 "$(tph_control $NIC)"
type_in port attach $NIC
type_in port start 0
until_so 20 has_vector || complain "attach" "a vector" "none"
send_irq $NIC 0 0
becomes 1 "$(tag_of 0 volatile 16)"
same "control" 00000301 "$(tph_control $NIC)"

it "watch programs it again after it was restarted"
end_testpmd
same "control" 00000000 "$(tph_control $NIC)"
testpmd
send_irq $NIC 0 2
becomes 1 "$(tag_of 2 volatile 16)"
same "control" 00000301 "$(tph_control $NIC)"

it "and after it was killed"
kill -KILL $testpmd_pid
exec 8>&-
wait $testpmd_pid
same "control" 00000000 "$(tph_control $NIC)"
testpmd
send_irq $NIC 0 1
becomes 1 "$(tag_of 1 volatile 16)"
end_testpmd
kill -TERM $watch_pid
status=0
wait $watch_pid || status=$?
same "status of watch" 0 $status
cat /tmp/watch.log

finish

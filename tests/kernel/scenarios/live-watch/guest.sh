# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# "vfio-tph watch" while programs that hold devices come and go.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR,$NIC location=capability,msix,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci
bind $NIC tph-vfio-pci

mkdir /tmp/profiles
# profile NAME MEMBERS...
profile() {
	echo "{ \"version\": 1, \"devices\": [ { $2 } ] }" \
		>"/tmp/profiles/$1.json"
}
profile far "\"device\": \"$FAR\", \"mode\": \"iv\", \"follow-irq\": true"
profile nvme "\"device\": \"$NVME\",
	\"maps\": [ { \"index\": \"0-3\", \"cpus\": \"2,3\" } ]"
echo "{ \"version\": 1, \"devices\": [ { \"device\": \"$NIC\", \"maps\": 7 } ] }" \
	>/tmp/profiles/wrong.json

log=/tmp/watch.log
start_watch() {
	vfio-tph watch --config /tmp/profiles 2>$log 3>&- 8>&- 9>&- &
	watch_pid=$!
	sleep 2
}
# How often it woke up: to be preempted is no wake-up.
switches() { awk '/^voluntary_ctxt/ { print $2 }' /proc/$watch_pid/status; }
lines() { wc -l <$log; }
cpu_of() { cat "/proc/irq/$(irq_of $1 $2)/effective_affinity_list"; }
msix_is() { [ "$(msix_table $1 $2)" = "$3" ]; }
table_is() { [ "$(tph_table $1 $2)" = "$3" ]; }
# becomes WHAT TABLE DEVICE ENTRIES TAGS: within 5 s
becomes() {
	until_so 5 $2_is $3 $4 "$5" || same "$1" "$5" "$(case $2 in
		msix) msix_table $3 $4 ;;
		table) tph_table $3 $4 ;;
		esac)"
}
# No change of watch is under way. Such a change is a process of its own, which
# has a copy of the owner's descriptor until it has ended, longer than /proc
# tells of it.
watch_is_alone() { [ "$(pidof vfio-tph)" = $watch_pid ]; }
settle() {
	until_so 20 watch_is_alone || complain "after 20 s" $watch_pid \
		"$(pidof vfio-tph)"
}
take() {
	settle
	hold "$@"
}
say() { echo "# $*" >&3; }

it "started: a profile with an error is told, and passed over"
start_watch
same "is it there" yes "$(kill -0 $watch_pid && echo yes)"
has "log" "wrong.json" "$(cat $log)"
rm /tmp/profiles/wrong.json
kill -HUP $watch_pid
sleep 1
same "after SIGHUP" yes "$(kill -0 $watch_pid && echo yes)"

# It looks every 3 s whether the device is enabled: an open of a node that is
# not ours is not heard.
it "idle, it wakes up for its look alone"
before=$(switches)
sleep 5
woken=$(($(switches) - before))
say "wake-ups in 5 s, idle: $woken"
same "at most 2" yes "$([ $woken -le 2 ] && echo yes)"

for via in group cdev; do

it "$via: tags stand shortly after the vectors were allocated"
: >$log
take $via $FAR
sleep 1
same "control, without vectors" 00000000 "$(tph_control $FAR)"
: >/tmp/clock	# the last one's "ready" goes before this one is awaited
tag-clock $FAR 4 >/tmp/clock 2>&1 3>&- 8>&- 9>&- &
clock_pid=$!
until_so 10 grep -q ready /tmp/clock
tell alloc 4
same "answer" ok "$answer"
wait $clock_pid
took=$(sed -n 2p /tmp/clock)
say "$via: from vectors allocated to tags programmed: ${took:-$(cat /tmp/clock)} ms, emulated"
same "in time" yes "$(echo "$took" | awk '$1 > 0 && $1 < 1000 { print "yes" }')"
becomes "table" msix $FAR 4 "$(for i in 0 1 2 3; do
	tag_of "$(cpu_of $FAR $i)" \
		volatile 16 far
	echo
done | xargs)"
same "control" 00000301 "$(tph_control $FAR)"

it "$via: interrupts that move are followed"
for i in 0 1 2 3; do
	send_irq $FAR $i $((3 - i))
done
becomes "table" msix $FAR 4 "$(tags_of "3 2 1 0" volatile 16 far)"

it "$via: TPH switched off behind its back comes back"
expect_status 0 vfio-tph disable --owner $FAR
# Read by the tool at once; a look of our own could come after the watch's.
has "stdout" "TPH is off" "$output"
control_is() { [ "$(tph_control $1)" = $2 ]; }
until_so 5 control_is $FAR 00000301
same "control" 00000301 "$(tph_control $FAR)"
becomes "table" msix $FAR 4 "$(tags_of "3 2 1 0" volatile 16 far)"

it "$via: a reset by the owner leaves it so"
tell reset
sleep 2
same "control" 00000301 "$(tph_control $FAR)"
same "table" "$(tags_of "3 2 1 0" volatile 16 far)" "$(msix_table $FAR 4)"

it "$via: more vectors"
tell alloc 6
for i in 0 1 2 3 4 5; do
	send_irq $FAR $i 1
done
becomes "table" msix $FAR 6 "$(tags_of "1 1 1 1 1 1" volatile 16 far)"

it "$via: vectors freed and allocated anew between two looks lose no tags"
echo 2 >/proc/irq/default_smp_affinity
tell alloc 4
becomes "table" msix $FAR 4 "$(tags_of "1 1 1 1" volatile 16 far)"
sleep 2
tell alloc 1
tell alloc 4
becomes "table" msix $FAR 4 "$(tags_of "1 1 1 1" volatile 16 far)"
echo f >/proc/irq/default_smp_affinity

it "$via: held and left alone, it is looked at once a second, and quietly"
sleep 3
before=$(switches) said=$(lines)
sleep 5
woken=$(($(switches) - before))
say "$via: wake-ups in 5 s, held: $woken"
same "few" yes "$([ $woken -le 10 ] && echo yes)"
same "log lines" "$said" "$(lines)"

it "$via: the owner ends, another comes"
let_go
settle
same "control" 00000000 "$(tph_control $FAR)"
take $via $FAR 2
send_irq $FAR 0 0
send_irq $FAR 1 2
becomes "table" msix $FAR 2 "$(tags_of "0 2" volatile 16 far)"
has "log" "holder (pid $holder_pid)" "$(cat $log)"
let_go

it "$via: a table in the capability needs no vectors; another that is busy is no hindrance"
take $via $FAR
far_pid=$holder_pid
exec 6>&8
take $via $NVME
becomes "table" table $NVME 4 "$(tags_of "2 3 2 3" volatile 16)"
same "control" 00000301 "$(tph_control $NVME)"

it "$via: an entry overwritten behind its back comes back"
expect_status 0 vfio-tph set-st --owner $NVME 1=0
becomes "table" table $NVME 4 "$(tags_of "2 3 2 3" volatile 16)"

it "$via: SIGHUP: a changed profile is applied to the held device"
profile nvme "\"device\": \"$NVME\",
	\"maps\": [ { \"index\": \"0-3\", \"cpus\": \"1\" } ]"
kill -HUP $watch_pid
becomes "table" table $NVME 4 "$(tags_of "1 1 1 1" volatile 16)"
let_go
exec 6>&-
wait $far_pid
profile nvme "\"device\": \"$NVME\",
	\"maps\": [ { \"index\": \"0-3\", \"cpus\": \"2,3\" } ]"
kill -HUP $watch_pid

it "$via: owners that die in the middle"
for pause in 0 0.01 0.05 0.1 0.15 0.2 0.3 0.4; do
	take $via $FAR 4
	sleep $pause
	kill -KILL $holder_pid
	let_go
done
take $via $FAR 2
send_irq $FAR 0 3
send_irq $FAR 1 3
becomes "table" msix $FAR 2 "$(tags_of "3 3" volatile 16 far)"
let_go
echo "-- log:"
cat $log

done

it "a device that is bound anew is watched still"
unbind $NVME
sleep 1
bind $NVME tph-vfio-pci
sleep 1
take cdev $NVME
becomes "table" table $NVME 4 "$(tags_of "2 3 2 3" volatile 16)"
let_go

it "idle again, it wakes up for its look alone"
sleep 2
before=$(switches)
sleep 5
woken=$(($(switches) - before))
say "wake-ups in 5 s, idle again: $woken"
same "at most 2" yes "$([ $woken -le 2 ] && echo yes)"

it "SIGTERM ends it, and the setting of a held device stays"
take group $NVME
becomes "table" table $NVME 4 "$(tags_of "2 3 2 3" volatile 16)"
kill -TERM $watch_pid
status=0
wait $watch_pid || status=$?
same "exit status" 0 $status
same "control" 00000301 "$(tph_control $NVME)"
let_go

it "started while a device is held already"
hold cdev $NVME
start_watch
becomes "table" table $NVME 4 "$(tags_of "2 3 2 3" volatile 16)"
kill -INT $watch_pid
kill -TERM $watch_pid
wait $watch_pid
let_go

finish

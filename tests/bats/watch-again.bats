# SPDX-License-Identifier: GPL-2.0-or-later
# watch never gives up, serves every device, and is honest about what it does
# not know.
# shellcheck disable=SC2154	# of run: status, output, stderr
load helper.bash
load watch.bash

# lines_said PATTERN: how many lines of the log match.
lines_said()
{
	grep -c -- "$1" "$TPH_ERR" || true
}

sysfs_of()
{
	echo "$VFIO_TPH_FAKE/root$(readlink -f \
		"$VFIO_TPH_FAKE/root/sys/bus/pci/devices/$1" |
		sed "s|^$VFIO_TPH_FAKE/root||")"
}

# keep_lock DEVICE SECONDS: what changes it waits, as a device that hangs.
keep_lock()
{
	mkdir -p "$VFIO_TPH_FAKE/root/run/vfio-tph"
	chmod 700 "$VFIO_TPH_FAKE/root/run/vfio-tph"
	python3 -c 'import fcntl, sys, time
f = open(sys.argv[1], "w")
fcntl.lockf(f, fcntl.LOCK_EX)
open(sys.argv[2], "w")
time.sleep(float(sys.argv[3]))' \
		"$VFIO_TPH_FAKE/root/run/vfio-tph/$1.lock" \
		"$BATS_TEST_TMPDIR/kept" "$2" 3>&- &
	LOCK_PID=$!
	await test -e "$BATS_TEST_TMPDIR/kept"
}

# ticks: hundredths of a second that it has run.
ticks()
{
	awk '{ print $14 + $15 }' "/proc/$TPH_PID/stat"
}

# ends_within SECONDS: it was told to end, and has done so.
ends_within()
{
	local before=$EPOCHSECONDS
	kill -TERM "$TPH_PID"
	end_tph
	((EPOCHSECONDS - before <= $1))
}

@test "one failure: tried again for the same owner, logged once, then the success" {
	configure nic "$FIRST"
	fake_fault 'ioctl.SET_ST:1:EIO'
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	expect_equal "failures logged" 1 "$(lines_said 'Input/output error')"
	await said 'on in mode iv, 4 entries programmed'
}

@test "each kind of failure that goes away is got over" {
	local errno
	configure nic "$FIRST"
	watch
	for errno in ENOMEM EBUSY EIO; do
		fake_fault "ioctl.ENABLE:1:$errno"
		fake_hold "$CAP" group
		await control_is "$CAP" 0x00000301
		fake_release
		await control_is "$CAP" 0x00000000
	done
}

@test "while it fails it is tried less and less often" {
	local n
	configure nic "$FIRST"
	fake_fault 'ioctl.ENABLE:*:EIO'
	fake_hold "$CAP" group
	watch
	sleep 4
	n=$(fake_log 'ENABLE' | wc -l)
	((n >= 3 && n <= 9)) || differs tries "3 to 9" "$n"
	expect_equal "failures logged" 1 "$(lines_said 'could not be woken')"
}

@test "a device that its holder put to sleep is left alone, and served when it wakes" {
	configure nic "$FIRST"
	watch
	local power
	power=$(sysfs_of "$CAP")/power_state
	rm "$power"
	echo D3hot > "$power"
	fake_hold "$CAP" group
	await said 'it sleeps (D3hot)'
	fake_log_clear
	sleep 1.5
	expect_equal "calls to a device that sleeps" "" "$(fake_log 'ENABLE|SET_ST')"
	echo D0 > "$power"
	await entry_is "$CAP" 3 0x117
}

@test "a CPU that was offline: served when it comes back, before the next try" {
	local online=$VFIO_TPH_FAKE/root/sys/devices/system/cpu/online all
	all=$(< "$online")
	configure nic "$FIRST"
	rm "$online"
	echo 0-6 > "$online"
	fake_hold "$CAP" group
	watch
	await said 'CPU 7 is offline'
	sleep 3
	echo "$all" > "$online"
	sleep 1.5
	entry_is "$CAP" 3 0x117
}

@test "tags of an MSI-X table that somebody changed are brought back within 3 s" {
	configure nic "\"device\": \"$MSIX\", \"mode\": \"iv\", \"maps\": [ { \"index\": \"0-1\", \"cpus\": \"4-5\" } ]"
	fake_hold "$MSIX" cdev 4
	watch
	await entry_is "$MSIX" 1 0x115
	sleep 1
	tph set-st --owner "$MSIX" 0-1=6-7
	expect_status 0
	entry_is "$MSIX" 1 0x117
	sleep 3.5
	entry_is "$MSIX" 1 0x115
}

@test "a second watch leaves a device out, and names the first" {
	only_as_root
	configure nic "$FIRST"
	watch
	local first=$TPH_PID
	start_tph watch --config "$CONFIG"
	await said "left out: another vfio-tph watches it (pid $first)"
	end_watch
	kill -TERM "$first"
	TPH_PID=$first
	await has_ended
	TPH_PID=
}

@test "an owner that was killed has ended, and has not let go" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	kill -9 "$FAKE_HOLDER"
	await said 'its owner ended'
	FAKE_HOLDER=
	expect_equal "let go" 0 "$(lines_said 'let go')"
}

@test "a holder with a /dev of its own is found within 5 s" {
	configure nic "$FIRST"
	watch
	await asleep
	VFIO_TPH_FAKE_OWN_DEV=1 fake_hold "$CAP" group
	sleep 5
	entry_is "$CAP" 3 0x117
}

@test "a change that hangs keeps no other device, no reload and no end" {
	only_as_root
	configure nic "$FIRST"
	configure other "\"device\": \"$NARROW\", \"mode\": \"iv\""
	keep_lock "$CAP" 60
	fake_hold "$CAP" group
	watch
	await pgrep -P "$TPH_PID"
	local child holder=$FAKE_HOLDER
	child=$(pgrep -P "$TPH_PID" | head -1)
	kill -STOP "$child"
	fake_hold "$NARROW" group
	await control_is "$NARROW" 0x00000101
	kill -HUP "$TPH_PID"
	sleep 0.5
	ends_within 6
	expect_status 0
	expect_stderr_in "$CAP: its change has not ended: what is set is not known"
	kill -KILL "$child"
	kill "$LOCK_PID" "$holder"
}

@test "who opens and closes his node without end starves nobody" {
	configure nic "$FIRST"
	configure other "\"device\": \"$NARROW\", \"mode\": \"iv\""
	watch
	local node=$VFIO_TPH_FAKE/root/dev/vfio/devices flood before
	python3 -c 'import os, sys, time
end = time.time() + 15
while time.time() < end:
    os.close(os.open(sys.argv[1], os.O_RDONLY))' \
		"$node/$(basename "$(node_of "$CAP")")" 3>&- &
	flood=$!
	sleep 0.5
	before=$(ticks)
	sleep 2
	local busy=$(($(ticks) - before))
	((busy < 60)) || differs "ticks in two seconds" "less than 60" "$busy"
	fake_hold "$NARROW" group
	await control_is "$NARROW" 0x00000101
	ends_within 2
	kill "$flood"
}

@test "a child keeps no descriptor of its parent's" {
	only_as_root
	configure nic "$FIRST"
	keep_lock "$CAP" 9
	fake_hold "$CAP" group
	watch
	await pgrep -P "$TPH_PID"
	sleep 0.3
	local child kinds
	child=$(pgrep -P "$TPH_PID" | head -1)
	kinds=$(readlink "/proc/$child/fd"/* | grep -E 'epoll|inotify|signalfd' || true)
	kill "$LOCK_PID"
	expect_equal "descriptors of the parent" "" "$kinds"
}

@test "an entry that was programmed is named, with its CPU and the reason" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await said 'programmed for .* (it was opened): entries 0-3 for CPUs 4-7'
	tph set-st --owner "$CAP" 2=0
	await said '1 entry programmed for .* (its setting was changed): entry 2 for CPU 6'
}

# ---- a program that sets its tags itself ----

# rewritten N: a program gives entry 3 another tag, N times, once it is back.
rewritten()
{
	local i
	for ((i = 0; i < $1; i++)); do
		await entry_is "$CAP" 3 0x117
		fake_run setpci -s "$CAP" ECAP_TPH+12.W=0x55
		await entry_is "$CAP" 3 0x117 || return
	done
}

@test "a program that sets other tags three times within a minute is left alone, with one warning" {
	configure nic "$FIRST"
	fake_hold "$CAP" cdev
	watch
	rewritten 3
	await said 'another program has set other tags three times within a minute'
	fake_run setpci -s "$CAP" ECAP_TPH+12.W=0x55
	sleep 2.5
	entry_is "$CAP" 3 0x55
	expect_equal warnings 1 "$(lines_said 'another program')"
	# Opened anew, it is done as ever.
	fake_release
	fake_hold "$CAP" cdev
	await entry_is "$CAP" 3 0x117
}

@test "after SIGHUP watch goes on" {
	configure nic "$FIRST"
	fake_hold "$CAP" cdev
	watch
	rewritten 3
	await said 'another program'
	fake_run setpci -s "$CAP" ECAP_TPH+12.W=0x55
	kill -HUP "$TPH_PID"
	await entry_is "$CAP" 3 0x117
}

@test "entries that were cleared, and a mode that was lost, are put right any number of times" {
	local i
	configure nic "$FIRST"
	fake_hold "$CAP" cdev
	watch
	for i in 1 2 3 4; do
		await entry_is "$CAP" 3 0x117
		fake_run setpci -s "$CAP" ECAP_TPH+12.W=0
		sleep 0.1
	done
	await entry_is "$CAP" 3 0x117
	expect_equal warnings 0 "$(lines_said 'another program')"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# watch: owners come, move their interrupts, and go.
load helper.bash
load watch.bash

@test "a device that is opened gets its profile" {
	configure nic "$FIRST"
	watch
	fake_hold "$CAP" group
	await entry_is "$CAP" 3 0x117
}

@test "a device that was open before gets its profile" {
	configure nic "$FIRST"
	fake_hold "$CAP" cdev
	watch
	await entry_is "$CAP" 3 0x117
}

@test "an owner that came by character device is met too" {
	configure nic "$FIRST"
	watch
	fake_hold "$CAP" cdev
	await entry_is "$CAP" 3 0x117
}

@test "it waits for vectors where the table is in MSI-X" {
	configure nic "$FOLLOW"
	watch
	fake_hold "$MSIX" cdev
	sleep 0.3
	expect_control "$MSIX" 0x00000000
	fake_tell alloc 4
	await entry_is "$MSIX" 3 0x117
}

@test "it waits until there are as many vectors as the maps need" {
	configure nic "\"device\": \"$MSIX\", \"maps\": [ { \"index\": \"0-5\", \"cpus\": \"4\" } ]"
	watch
	fake_hold "$MSIX" cdev 4
	sleep 0.3
	expect_control "$MSIX" 0x00000000
	fake_tell alloc 6
	await entry_is "$MSIX" 5 0x114
}

@test "vectors that cannot be seen are told, and looked for again" {
	local irqs=$VFIO_TPH_FAKE/root/sys/kernel/irq

	configure nic "$FOLLOW"
	fake_hold "$MSIX" cdev 4
	mv "$irqs" "$irqs.away"
	watch
	await said "$MSIX: cannot read /sys/kernel/irq/.*/actions: No such file"
	expect_control "$MSIX" 0x00000000
	mv "$irqs.away" "$irqs"
	await entry_is "$MSIX" 3 0x117
	expect_equal "told" 1 "$(grep -c 'cannot read' "$TPH_ERR")"
}

@test "an owner whose descriptor cannot be seen at first is told so, and met" {
	configure nic "$FOLLOW"
	fake_hold "$MSIX" cdev 4
	fake_fault "readlink:/proc/$FAKE_HOLDER/fd/$(fd_of_holder):1:EIO"
	watch
	await entry_is "$MSIX" 3 0x117
	said "$MSIX: cannot look for its owner: Input/output error"
}

# What libvirt does for QEMU: the node is open some time before it is bound.
@test "an owner who opens the node first and binds it later gets the profile then" {
	configure nic "$FIRST"
	watch
	mkfifo "$BATS_TEST_TMPDIR/orders"
	exec 8<> "$BATS_TEST_TMPDIR/orders"
	env LD_PRELOAD="$FAKE_LIBRARY" bash -c 'exec 9<> "$0"; sleep 1
		exec "$1" "$2" cdev' "$(node_of "$CAP")" \
		"$FAKE_BUILD/fake-holder" "$CAP" <&8 8>&- > "$BATS_TEST_TMPDIR/answers" 3>&- &
	local owner=$!
	await entry_is "$CAP" 3 0x117
	tph get-st --owner "$CAP"
	expect_status 0
	kill $owner
	[[ $(< "$TPH_ERR") != *interface* ]]
}

@test "it corrects an entry when its interrupt moves" {
	configure nic "$FOLLOW"
	fake_hold "$MSIX" cdev 4
	watch
	await entry_is "$MSIX" 2 0x116
	fake_move_irq "$MSIX" 2 1
	await entry_is "$MSIX" 2 0x111
}

@test "it applies again after the owner was started again" {
	configure nic "$FIRST"
	watch
	fake_hold "$CAP" group
	await entry_is "$CAP" 3 0x117
	fake_release
	await control_is "$CAP" 0x00000000
	fake_hold "$CAP" group
	await entry_is "$CAP" 3 0x117
}

@test "it brings back a setting that was lost" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	tph disable --owner "$CAP"
	await control_is "$CAP" 0x00000301
}

@test "it brings back an entry that somebody changed" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	tph -q set-st --owner "$CAP" 3=0
	await entry_is "$CAP" 3 0x117
}

@test "it goes on with the process that inherited the device" {
	local launcher heir
	configure nic "$FIRST"
	start_tph run "$CAP" -- sleep 30
	launcher=$TPH_PID
	await pgrep -P "$launcher" sleep
	heir=$(pgrep -P "$launcher" sleep)
	watch
	await entry_is "$CAP" 3 0x117
	kill -9 "$launcher"
	await said 'its owner ended'
	tph disable --pid "$heir" "$CAP"
	expect_status 0
	await entry_is "$CAP" 3 0x117 && await control_is "$CAP" 0x00000301
	kill "$heir"
}

@test "each action is logged once" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	sleep 1.5
	expect_equal "lines about the device" 1 \
		"$(grep -c "$CAP" "$TPH_ERR")"
}

@test "a failure is logged once" {
	configure nic "\"device\": \"$DEAF\", \"mode\": \"iv\""
	fake_hold "$DEAF" group
	watch
	await said "does not complete TPH; hint: run 'vfio-tph doctor $DEAF'\$"
	sleep 1.5
	expect_equal "lines about the device" 1 \
		"$(grep -c "$DEAF" "$TPH_ERR")"
}

@test "one device that cannot be set up does not keep another" {
	configure a "\"device\": \"$DEAF\", \"mode\": \"iv\""
	configure b "$FIRST"
	watch
	fake_hold "$CAP" group
	await entry_is "$CAP" 3 0x117
}

@test "it hardly wakes up while nobody holds a device" {
	configure nic "$FIRST"
	watch
	await asleep
	looks_only 2
}

@test "it hardly wakes up after the owner ended" {
	configure nic "$FIRST"
	watch
	fake_hold "$CAP" group
	await entry_is "$CAP" 3 0x117
	fake_release
	await said 'owner ended'
	await asleep
	looks_only 2
}

@test "devices that are idle since different times are looked at together" {
	local first
	configure nic "$FIRST"
	configure msix "$FOLLOW"
	watch
	fake_hold "$CAP" group
	await entry_is "$CAP" 3 0x117
	fake_release
	first=$(seconds)
	fake_hold "$MSIX" group
	await seconds_since "$first" 1
	await seconds_since "$first" 2
	fake_release
	await asleep
	looks_only 6
}

@test "it keeps no descriptor of an owner" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	sleep 1.2
	run bash -c "ls -l /proc/$TPH_PID/fd | grep -E 'fds/(device|cdev|group)'"
	expect_equal "descriptors of the device" "" "$output"
}

@test "an owner that ends in the middle does not stop it" {
	configure nic "$FIRST"
	fake_fault pidfd_getfd:1:ESRCH
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
}

@test "a change that failed is tried again for the next owner" {
	configure nic "$FIRST"
	configure other "$FOLLOW"
	fake_fault 'ioctl.SET_ST:*:EIO'
	fake_hold "$CAP" group
	watch
	await said 'Input/output error'
	fake_release
	fake_fault
	fake_hold "$CAP" group
	await entry_is "$CAP" 3 0x117
}

@test "for the journal each line has its level" {
	configure nic "\"device\": \"$DEAF\", \"mode\": \"iv\""
	fake_hold "$DEAF" group
	export JOURNAL_STREAM=1:1
	watch
	await said '^<3>vfio-tph: .*does not complete TPH'
	said '^<5>vfio-tph: watching'
}

@test "SIGTERM ends it with 0" {
	configure nic "$FIRST"
	watch
	end_watch
	expect_status 0
}

@test "SIGTERM leaves the owner's setting alone" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	end_watch
	expect_control "$CAP" 0x00000301
}

@test "SIGHUP reads the profiles again" {
	configure nic "$FIRST"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	configure nic "\"device\": \"$CAP\", \"maps\": [ { \"index\": \"0-3\", \"cpus\": \"0\" } ]"
	kill -HUP "$TPH_PID"
	await entry_is "$CAP" 3 0x110
}

@test "devices named on the command line are the only ones watched" {
	configure nic "$FIRST"
	configure other "$FOLLOW"
	fake_hold "$CAP" group
	watch "$MSIX"
	sleep 0.5
	expect_control "$CAP" 0x00000000
}

@test "a profile that is wrong is told, and the others are kept" {
	configure nic "$FIRST"
	echo '{' > "$CONFIG/bad.json"
	fake_hold "$CAP" group
	watch
	await entry_is "$CAP" 3 0x117
	said 'bad.json:'
}

@test "a profile that others may write is not followed" {
	configure nic "$FIRST"
	chmod 666 "$CONFIG/nic.json"
	fake_hold "$CAP" group
	watch
	sleep 0.5
	said 'is not trusted'
	expect_control "$CAP" 0x00000000
}

@test "two profiles of one device are told" {
	configure a "$FIRST"
	configure b "$FIRST"
	watch
	said 'two profiles name it'
}

@test "a directory that is not there is refused" {
	tph watch --config /nonexistent
	expect_status 2
	one_line_on_stderr 'cannot read /nonexistent'
}

@test "a dry run tells which devices would be watched, and watches none" {
	configure nic "$FIRST"
	configure other "\"device\": \"15b3:101d\", \"match\": \"all\""
	configure bad '"device": "nonsense"'
	tph --dry-run watch --config "$CONFIG"
	expect_status 0
	expect_stdout "$CAP: named by a profile as $CAP" \
		"$MSIX: named by a profile as 15b3:101d"
	expect_stderr_in 'bad.json'
	expect_nothing_issued
}

@test "a dry run says so where no profile names a device that is there" {
	configure nic '"device": "0000:99:00.0"'
	tph --dry-run watch --config "$CONFIG"
	expect_status 3
	one_line_on_stderr "no profile in $CONFIG names a device that is there"
}

@test "--json is refused" {
	configure nic "$FIRST"
	tph watch --json --config "$CONFIG"
	expect_status 2
}

@test "it tells the service manager when it is ready" {
	configure nic "$FIRST"
	local socket=$BATS_TEST_TMPDIR/notify got=$BATS_TEST_TMPDIR/got
	/usr/bin/python3 - "$socket" "$got" 3>&- <<-'END' &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		s.settimeout(10)
		open(sys.argv[2], "wb").write(s.recv(100))
	END
	await test -S "$socket"
	export NOTIFY_SOCKET=$socket
	watch
	await grep -q READY=1 "$got"
}

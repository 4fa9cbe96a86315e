# SPDX-License-Identifier: GPL-2.0-or-later
# --hold: a setting lives as long as somebody holds the device.
load helper.bash

holding()
{
	grep -q '^holding ' "$TPH_OUT" "$TPH_ERR"
}

# hold ARGS: start it, and wait until it is ready.
hold()
{
	start_tph "$@"
	await holding
}

# listen: a notify socket; what arrives goes to the file $NOTIFIED.
listen()
{
	NOTIFIED=$BATS_TEST_TMPDIR/notified
	NOTIFY_SOCKET=${1:-$BATS_TEST_TMPDIR/notify}
	export NOTIFY_SOCKET
	/usr/bin/python3 - "$NOTIFY_SOCKET" "$NOTIFIED" 3>&- <<-'END' &
		import socket, sys
		name, out = sys.argv[1:]
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("\0" + name[1:] if name[0] == "@" else name)
		s.settimeout(20)
		with open(out, "w", buffering=1) as f:
		    f.write("listening\n")
		    while True:
		        text = s.recv(4096).decode()
		        f.write(text + "\n")
		        if "STOPPING" in text:
		            break
	END
	LISTENER=$!
	await test -s "$NOTIFIED"
}

@test "enable --hold keeps the setting until a signal, then disables and leaves with 0" {
	hold enable --hold $CAP
	expect_control $CAP 0x00000301
	kill -TERM "$TPH_PID"
	end_tph
	expect_status 0
	expect_ioctls GET_CAP ENABLE:2 DISABLE
	expect_control $CAP 0x00000000
}

@test "each of SIGINT, SIGTERM and SIGHUP ends it with 0" {
	local signal
	for signal in INT TERM HUP; do
		fake_log_clear
		hold enable --hold $CAP
		kill -"$signal" "$TPH_PID"
		end_tph
		expect_status 0
		expect_equal "the last call" DISABLE "$(ioctls | tail -n 1)"
	done
}

@test "it prints one line 'holding', and the line that the setting ends is not printed" {
	hold enable --hold $CAP
	kill "$TPH_PID"
	end_tph
	expect_equal "lines that say holding" 1 "$(grep -c '^holding' <<< "$output")"
	expect_in "^holding $CAP"
	expect_stderr
}

@test "set-st --hold keeps the entries" {
	hold set-st --hold $CAP 0-1=4-5
	expect_control $CAP 0x00000301
	expect_entries $CAP 0 0x114 0x115
	kill "$TPH_PID"
	end_tph
	expect_status 0
	expect_control $CAP 0x00000000
}

@test "the entries are gone with the holder" {
	hold set-st --hold $CAP 0-1=4-5
	kill "$TPH_PID"
	end_tph
	expect_entries $CAP 0 0 0
}

@test "several devices are held, named in the one line, and all disabled" {
	hold enable --hold $CAP $NARROW
	expect_control $CAP 0x00000301
	expect_control $NARROW 0x00000101
	kill "$TPH_PID"
	end_tph
	expect_status 0
	expect_in "^holding $CAP $NARROW"
	expect_equal "calls of DISABLE" 2 "$(ioctls | grep -c DISABLE)"
}

@test "systemd is told READY=1 when it holds and STOPPING=1 when it ends" {
	listen
	hold enable --hold $CAP
	await grep -q READY=1 "$NOTIFIED"
	kill "$TPH_PID"
	end_tph
	wait "$LISTENER"
	expect_equal "notifications" "listening READY=1 STOPPING=1" \
		"$(paste -sd ' ' "$NOTIFIED")"
}

@test "READY=1 is not sent before TPH is on" {
	listen
	fake_fault ioctl.ENABLE:1:EIO
	tph enable --hold $CAP
	expect_status 1
	kill "$LISTENER"
	expect_equal "notifications" listening "$(< "$NOTIFIED")"
}

@test "a socket in the abstract namespace is notified too" {
	listen "@vfio-tph-test-$$-$BATS_TEST_NUMBER"
	hold enable --hold $CAP
	await grep -q READY=1 "$NOTIFIED"
	kill "$TPH_PID"
	end_tph
	wait "$LISTENER"
}

@test "a notify socket that is not there does no harm" {
	NOTIFY_SOCKET=$BATS_TEST_TMPDIR/nobody hold enable --hold $CAP
	kill "$TPH_PID"
	end_tph
	expect_status 0
}

@test "with --json stdout is one object, there while it holds; 'holding' goes to stderr" {
	hold --json enable --hold $CAP
	output=$(< "$TPH_OUT")
	one_object
	kill "$TPH_PID"
	end_tph
	expect_status 0
	one_object
	expect_json '.devices[0].state.enabled' true
	expect_stderr_in "^holding $CAP"
}

@test "a device that somebody else holds cannot be held: status 8" {
	fake_hold $CAP cdev
	tph enable --hold $CAP
	expect_status 8
}

@test "--hold together with --owner or --pid is refused" {
	local option
	for option in --owner --pid=1; do
		tph enable --hold "$option" $CAP
		expect_status 2
		one_line_on_stderr 'cannot go together'
		expect_nothing_issued
	done
}

@test "the second of two devices fails: the first is held, the status is 9 at the end" {
	hold enable --hold $CAP $DEAF
	expect_control $CAP 0x00000301
	kill "$TPH_PID"
	end_tph
	expect_status 9
}

@test "a device that fails: nothing is held, it ends at once" {
	tph enable --hold $DEAF
	expect_status 5
	expect_not_in holding
}

@test "disabling fails at the end: one line and status 9 or 1, not 0" {
	fake_fault ioctl.DISABLE:1:EIO
	hold enable --hold $CAP
	kill "$TPH_PID"
	end_tph
	expect_stderr_in "^vfio-tph: $CAP: cannot disable TPH: Input/output error$"
	[[ $status != 0 ]]
}

@test "a dry run with --hold does not hold" {
	tph --dry-run enable --hold $CAP
	expect_status 0
	expect_not_in holding
	expect_nothing_issued
}

@test "the holder is named to the next one who wants the device" {
	hold enable --hold $CAP
	tph set-st --try $CAP 0=1
	expect_status 8
	one_line_on_stderr "held by vfio-tph \(pid $TPH_PID\)"
	kill "$TPH_PID"
	end_tph
}

@test "a setting that is held can be changed through the holder" {
	hold enable --hold $CAP
	tph set-st --owner $CAP 5=4
	expect_status 0
	expect_entries $CAP 5 0x114
	kill "$TPH_PID"
	end_tph
	expect_status 0
}

@test "the kernel wants the device back: it is disabled and closed, and the status is 0" {
	hold enable --hold $CAP
	fake_want_back $CAP
	end_tph
	expect_status 0
	expect_stderr "vfio-tph: $CAP: the kernel wants the device back: TPH was switched off, and the device closed"
	expect_ioctls GET_CAP ENABLE:2 DISABLE
	expect_control $CAP 0x00000000
}

@test "the kernel wants one of two devices back: the other is held" {
	hold enable --hold $CAP $NARROW
	fake_want_back $CAP
	await expect_control $CAP 0x00000000
	expect_control $NARROW 0x00000101
	kill "$TPH_PID"
	end_tph
	expect_status 0
	expect_equal "calls of DISABLE" 2 "$(ioctls | grep -c DISABLE)"
}

@test "a kernel that cannot say that it wants a device back: held as ever" {
	fake_fault ioctl.SET_IRQS:1:EINVAL
	hold enable --hold $CAP
	expect_control $CAP 0x00000301
	kill "$TPH_PID"
	end_tph
	expect_status 0
}

@test "no event is registered on a borrowed device" {
	fake_hold $CAP cdev
	fake_log_clear
	tph set-st --owner $CAP 0=1
	expect_status 0
	expect_equal "SET_IRQS" "" "$(fake_log SET_IRQS)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Signals at a chosen call: what was begun is finished and told, what was not
# is not begun. All calls, one by one: tests/faults.
# shellcheck disable=SC2154	# stderr: tph_at sets it
load helper.bash

: "${FAULTS_BUILD:=$BATS_TEST_DIRNAME/../../build/release/tests/faults}"
ENABLE=ioctl.ENABLE
SET_ST=ioctl.SET_ST

# tph_at "FUNCTION NTH ACTION" ARGS: the program, and what befalls it there. A
# signal that does not come must not keep the suite waiting.
tph_at()
{
	local at=$1
	shift
	run --separate-stderr timeout --foreground 60 \
		env INJECT_PROGRAM="$VFIO_TPH" INJECT_AT="0 $at" \
		LD_PRELOAD="$FAULTS_BUILD/libvfio-tph-inject.so:$FAKE_LIBRARY" \
		"$VFIO_TPH" "$@"
}

ends_after_the_device()
{
	fake_hold "$MSIX" cdev 4
	tph_at "$ENABLE 1 signal:$1" set-st --owner "$MSIX" 0-1=4,5
	expect_status $((128 + $1))
	expect_stdout "$MSIX: TPH is on, mode iv (switched on)" \
		"INDEX CPU   TAG" "    0   4 0x114" "    1   5 0x115"
	expect_entries "$MSIX" 0 0x114 0x115
}

@test "a driver that answers EINTR without end is given up at a signal" {
	fake_hold "$MSIX" cdev 4
	fake_fault 'ioctl.SET_ST:*:EINTR'
	start_tph set-st --owner "$MSIX" 0-1=4,5
	sleep 1
	kill -0 "$TPH_PID"
	kill -TERM "$TPH_PID"
	await test ! -e "/proc/$TPH_PID/fd/0"
	end_tph
	expect_equal "stderr" 1 "$(grep -c 'Interrupted system call' "$TPH_ERR")"
	expect_control "$MSIX" 0x00000000
}

@test "SIGINT between two changes: the device is done and told, then it ends by the signal" {
	ends_after_the_device 2
}

@test "SIGTERM between two changes: the device is done and told, then it ends by the signal" {
	ends_after_the_device 15
}

@test "SIGHUP between two changes: the device is done and told, then it ends by the signal" {
	ends_after_the_device 1
}

@test "SIGPIPE in the middle is nothing" {
	fake_hold "$MSIX" cdev 4
	tph_at "$SET_ST 1 signal:13" set-st --owner "$MSIX" 0=4
	expect_status 0
	expect_entries "$MSIX" 0 0x114
}

@test "of two devices the second is not begun, and that is said" {
	fake_hold "$MSIX" cdev 4
	tph_at "$SET_ST 1 signal:15" set-st --try "$CAP" "$INTEGRATED" 0=4 -q
	expect_status 143
	one_line_on_stderr "^vfio-tph: $INTEGRATED: interrupted by SIGTERM: nothing was done to it"
}

@test "JSON has the device that is done, and the error of the other" {
	tph_at "$SET_ST 1 signal:15" --json set-st --try "$CAP" "$INTEGRATED" 0=4
	expect_status 143
	one_object
	expect_json '[.devices[].bdf]' "[\"$CAP\"]"
	expect_json '[.errors[] | .device, .code]' \
		"[\"$INTEGRATED\",\"interrupted\"]"
}

@test "apply of two devices is interrupted between them" {
	cat > "$BATS_TEST_TMPDIR/p.json" <<-END
		{ "version": 1, "devices": [
			{ "device": "$MSIX", "mode": "iv" },
			{ "device": "$CAP", "mode": "iv" } ] }
	END
	fake_hold "$MSIX" cdev
	tph_at "$ENABLE 1 signal:15" apply -q --owner "$BATS_TEST_TMPDIR/p.json"
	expect_status 143
	expect_control "$MSIX" 0x00000301
	one_line_on_stderr "^vfio-tph: $CAP: interrupted by SIGTERM"
}

@test "get-st switches off again what it switched on" {
	fake_hold "$MSIX" cdev 4
	tph_at "$ENABLE 1 signal:15" get-st --force --owner "$MSIX"
	expect_status 143
	expect_control "$MSIX" 0x00000000
}

@test "run: a signal while the device is set up goes to the program" {
	tph_at "$SET_ST 1 signal:15" run "$CAP" 0=4 -- sleep 20
	expect_status 143
	expect_equal "the last call" DISABLE "$(ioctls | tail -n 1)"
}

@test "run: the program's signals are not blocked by what waits for it" {
	tph run "$CAP" -- grep SigBlk /proc/self/status
	expect_status 0
	expect_in '^SigBlk:	0000000000000000$'
}

@test "run under a caller who ignores SIGCHLD ends with its program" {
	run --separate-stderr fake_run timeout 20 env --ignore-signal=CHLD \
		"$VFIO_TPH" run "$CAP" -- sh -c 'exit 5'
	expect_status 5
}

@test "--hold that is told to end while it is set up switches off and leaves with 0" {
	tph_at "$ENABLE 1 signal:15" enable --hold "$CAP"
	expect_status 0
	expect_equal "the last call" DISABLE "$(ioctls | tail -n 1)"
}

@test "watch outlives many SIGHUPs in a row" {
	mkdir "$BATS_TEST_TMPDIR/config"
	start_tph watch --config "$BATS_TEST_TMPDIR/config"
	await grep -q watching "$TPH_ERR"
	local i
	for ((i = 0; i < 300; i++)); do
		kill -HUP "$TPH_PID"
	done
	kill -TERM "$TPH_PID"
	end_tph
	expect_status 0
}

@test "watch under a caller who ignores SIGCHLD takes its children's reports" {
	mkdir "$BATS_TEST_TMPDIR/config"
	printf '{ "version": 1, "devices": [ { "device": "%s", "mode": "iv" } ] }' \
		"$CAP" > "$BATS_TEST_TMPDIR/config/p.json"
	fake_hold "$CAP" cdev
	TPH_ERR=$BATS_TEST_TMPDIR/stderr
	LD_PRELOAD=$FAKE_LIBRARY env --ignore-signal=CHLD "$VFIO_TPH" watch \
		--config "$BATS_TEST_TMPDIR/config" 2> "$TPH_ERR" 3>&- &
	TPH_PID=$!
	await grep -q 'on in mode iv' "$TPH_ERR"
	kill -TERM "$TPH_PID"
}

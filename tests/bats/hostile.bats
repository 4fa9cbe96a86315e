# SPDX-License-Identifier: GPL-2.0-or-later
# Neighbours that mean harm: what costs a local user nothing neither hides the
# holder of a device, nor makes a command wait, nor has another device
# programmed.

load helper
load watch

ATTACK=$BATS_TEST_DIRNAME/../attack

# squat PATH [FLAGS]: a process, no other than the rest, has a descriptor for
# this path of the machine; its number in SQUATTER. Number before the holder's
# where it is started first.
squat()
{
	python3 -c '
import os, sys, time
os.open(sys.argv[1], getattr(os, sys.argv[2]))
print(flush=True)
time.sleep(60)' "$VFIO_TPH_FAKE/root$1" "${2-O_PATH}" > "$BATS_TEST_TMPDIR/squatter" 3>&- &
	SQUATTER=$!
	await test -s "$BATS_TEST_TMPDIR/squatter"
}

teardown()
{
	[[ -z ${SQUATTER-} ]] || kill "$SQUATTER" || true
	[[ -z ${ATTACKER-} ]] || { kill "$ATTACKER"; wait "$ATTACKER"; } || true
	[[ -z ${FAKE_HOLDER-} ]] || fake_release || true
	fake_no_leaks
}

owners()
{
	tph list --noheadings --raw --output OWNER "$@"
}

@test "a descriptor that only names a node is no holder" {
	local group
	group=$(basename "$(fake_run readlink "/sys/bus/pci/devices/$CAP/iommu_group")")
	squat "/dev/vfio/$group"
	owners $CAP
	expect_stdout -
	tph enable --try $CAP
	expect_status 0
}

@test "a descriptor that only names a node does not hide the holder" {
	squat "$(node_of $CAP)"
	fake_hold $CAP cdev
	owners $CAP
	expect_stdout "$FAKE_HOLDER\\x20fake-holder"
	tph enable --owner $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

@test "a node that is open and never bound does not hide the holder" {
	env LD_PRELOAD="$FAKE_LIBRARY" bash -c 'exec 9<> "$0"; exec sleep 60' \
		"$(node_of $CAP)" 3>&- &
	SQUATTER=$!
	await test -e "/proc/$SQUATTER/fd/9"
	fake_hold $CAP cdev
	tph enable --owner $CAP
	expect_status 0
	expect_control $CAP 0x00000301
}

@test "who only names a node is named on request, and by doctor" {
	squat "$(node_of $CAP)"
	fake_hold $CAP cdev
	tph -v status $CAP
	expect_status 0
	expect_stderr_in "$CAP: .*pid $SQUATTER. only names its node"
	tph status $CAP
	expect_equal "standard error" "" "$stderr"
	tph -v doctor $CAP
	grep -q "/proc/$SQUATTER/fd/.*only named as its node is" <<< "$output" ||
		differs "a line of doctor" "only named as its node is" "$output"
}

@test "nobody who has a device open hides behind another" {
	env LD_PRELOAD="$FAKE_LIBRARY" bash -c 'exec 9<> "$0"; exec sleep 60' \
		"$(node_of $CAP)" 3>&- &
	SQUATTER=$!
	await test -e "/proc/$SQUATTER/fd/9"
	fake_hold $CAP cdev
	tph status $CAP
	expect_status 0
	one_line_on_stderr "pid ($SQUATTER|$FAKE_HOLDER). has it open, too"
}

# Two functions alike, each in a group of its own; fdinfo names none.
alike()
{
	machine <<-END
		node 0 cpus=0-3
		tags v8=0x10 v16=0x110
		set fdinfo_syspath=no
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 device=1 driver=vfio-pci group=7 tph=ns,iv,ext st=cap:4
		device 0000:01:00.1 device=1 driver=vfio-pci group=8 tph=ns,iv,ext st=cap:4
	END
}

@test "the device of one who names another's group is not taken for that one" {
	alike
	fake_hold 0000:01:00.1 group
	squat /dev/vfio/7
	tph enable --owner 0000:01:00.0
	expect_status 11
	tph enable --pid "$FAKE_HOLDER" 0000:01:00.0
	expect_status 1
	one_line_on_stderr 'cannot tell which descriptor'
	expect_control 0000:01:00.0 0x00000000
	expect_control 0000:01:00.1 0x00000000
}

@test "a descriptor that was named and is another device's: ENABLE is taken back" {
	alike
	fake_hold 0000:01:00.1 group
	local fd
	fd=$(fd_of_holder)
	tph enable --pid "$FAKE_HOLDER" --fd "$fd" 0000:01:00.0
	expect_status 1
	one_line_on_stderr 'its ENABLE does not show on this one'
	expect_control 0000:01:00.0 0x00000000
	expect_control 0000:01:00.1 0x00000000
}

# stuck N: processes of a user without rights that sit in execve(2).
stuck()
{
	((EUID == 0)) || skip "becomes another user"
	python3 "$ATTACK/stuck-in-exec" 0 0 > /dev/null 2>&1 ||
		skip "no FUSE in a namespace of one's own"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		python3 "$ATTACK/stuck-in-exec" "$1" "$2" \
		> "$BATS_TEST_TMPDIR/stuck" 2>&1 3>&- &
	ATTACKER=$!
	await grep -q ready "$BATS_TEST_TMPDIR/stuck"
}

@test "processes that sit in execve keep nobody waiting, and hide no other" {
	fake_hold $CAP cdev
	stuck 40 20
	SECONDS=0
	owners $CAP
	expect_status 0
	expect_stdout "$FAKE_HOLDER\\x20fake-holder"
	one_line_on_stderr "holders may be missing: 40 processes do not let themselves be looked at, one is a process"
	((SECONDS < 15)) || differs "seconds" "< 15" "$SECONDS"
}

@test "watch waits once for a process that sits in execve, and serves the others" {
	mkdir "$BATS_TEST_TMPDIR/config"
	printf '{ "version": 1, "devices": [ { "device": "%s", "mode": "iv" } ] }' \
		"$CAP" > "$BATS_TEST_TMPDIR/config/p.json"
	stuck 3 45
	start_tph watch --config "$BATS_TEST_TMPDIR/config"
	await grep -q 'holders may be missing: 3 processes could' "$TPH_ERR"
	for _ in 1 2; do
		fake_hold $CAP cdev
		await control_is $CAP 0x00000301
		fake_release
		await control_is $CAP 0x00000000
	done
	test -e "/proc/$ATTACKER"
	kill -TERM "$TPH_PID"
	end_tph
	expect_status 0
	expect_equal "lines of those given up" 1 "$(grep -c 'may be missing' "$TPH_ERR")"
}

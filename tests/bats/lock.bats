# SPDX-License-Identifier: GPL-2.0-or-later
# Invocations that change one device do so one after the other.
# shellcheck disable=SC2154	# of run: status, output, stderr
load helper.bash

LOCKS=root/run/vfio-tph

# at_once COMMAND...: one process for each line of standard input, which is its
# last argument; prints their exit statuses, and what they said.
at_once()
{
	local argument pid pids=() n=0
	while read -r argument; do
		n=$((n + 1))
		# shellcheck disable=SC2086	# several words
		fake_run "$@" $argument > "$BATS_TEST_TMPDIR/out.$n" 2>&1 &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" && echo 0 || echo $?
	done > "$BATS_TEST_TMPDIR/statuses"
	sort "$BATS_TEST_TMPDIR/statuses" | uniq -c | sed 's/^ *//'
	cat "$BATS_TEST_TMPDIR"/out.*
}

# keep_lock DEVICE SECONDS: another process of root's has it; LOCK_PID.
keep_lock()
{
	mkdir -p "$VFIO_TPH_FAKE/$LOCKS"
	chmod 700 "$VFIO_TPH_FAKE/$LOCKS"
	python3 -c 'import fcntl, sys, time
f = open(sys.argv[1], "w")
fcntl.lockf(f, fcntl.LOCK_EX)
open(sys.argv[1] + ".kept", "w")
time.sleep(float(sys.argv[2]))' \
		"$VFIO_TPH_FAKE/$LOCKS/$1.lock" "$2" 3>&- &
	LOCK_PID=$!
	await test -e "$VFIO_TPH_FAKE/$LOCKS/$1.lock.kept"
}

@test "seven set-st at once: each writes its entries, and blames nobody" {
	only_as_root
	fake_hold $CAP cdev
	local got
	got=$(at_once "$VFIO_TPH" set-st --owner $CAP < <(
		for i in 0 1 2 3 4 5 6; do echo "$((2 * i))-$((2 * i + 1))=4-5"; done))
	expect_equal "exit statuses" "7 0" "${got%%$'\n'*}"
	[[ $got != *"read back"* ]]
	expect_entries $CAP 0 0x114 0x115 0x114 0x115 0x114 0x115
}

@test "seven that switch to modes of their own: none finds TPH off in between" {
	only_as_root
	fake_hold $CAP cdev
	local got
	got=$(at_once "$VFIO_TPH" enable --owner --switch $CAP --mode < <(
		printf '%s\n' iv ds iv ds iv ds iv))
	expect_equal "exit statuses" "7 0" "${got%%$'\n'*}"
}

@test "a lock that another keeps: after 10 s status 8, with its process, and nothing is issued" {
	only_as_root
	fake_hold $CAP cdev
	fake_log_clear
	keep_lock $CAP 15
	tph set-st --owner $CAP 0=4
	kill "$LOCK_PID"
	expect_status 8
	one_line_on_stderr "another invocation \\(pid $LOCK_PID\\) has been changing it"
	expect_nothing_changed
}

@test "a lock that is given up meanwhile is waited for" {
	only_as_root
	fake_hold $CAP cdev
	keep_lock $CAP 1
	tph set-st --owner $CAP 0=4
	expect_status 0
	expect_entries $CAP 0 0x114
}

@test "another device's lock is of no concern" {
	only_as_root
	fake_hold $CAP cdev
	keep_lock $MSIX 15
	tph set-st --owner $CAP 0=4
	kill "$LOCK_PID"
	expect_status 0
}

@test "a signal while waiting: nothing is done, and it ends by that" {
	only_as_root
	fake_hold $CAP cdev
	fake_log_clear
	keep_lock $CAP 15
	run --separate-stderr timeout --foreground --signal TERM 1 \
		env LD_PRELOAD="$FAKE_LIBRARY" "$VFIO_TPH" set-st --owner $CAP 0=4
	kill "$LOCK_PID"
	one_line_on_stderr 'interrupted by SIGTERM: nothing was done to it'
	expect_nothing_changed
}

@test "commands that only read, and dry runs, wait for nobody" {
	only_as_root
	fake_hold $CAP cdev
	keep_lock $CAP 15
	tph status --owner $CAP
	expect_status 0
	tph --dry-run set-st --owner $CAP 0=4
	kill "$LOCK_PID"
	expect_status 0
}

@test "--hold keeps the device, and not its lock" {
	only_as_root
	start_tph enable --hold $CAP
	await grep -q holding "$TPH_OUT"
	tph set-st --pid "$TPH_PID" $CAP 0=4
	expect_status 0
	kill -TERM "$TPH_PID"
	end_tph
}

@test "the files are root's alone" {
	only_as_root
	fake_hold $CAP cdev
	tph enable --owner $CAP
	expect_status 0
	expect_equal mode "600 700" "$(stat -c %a \
		"$VFIO_TPH_FAKE/$LOCKS/$CAP.lock" \
		"$VFIO_TPH_FAKE/$LOCKS" | paste -sd' ')"
}

@test "a directory that others may write is not used: said, and the change is made" {
	only_as_root
	fake_hold $CAP cdev
	mkdir -p "$VFIO_TPH_FAKE/$LOCKS"
	chmod 777 "$VFIO_TPH_FAKE/$LOCKS"
	tph enable --owner $CAP
	expect_status 0
	expect_stderr_in 'changes by others are not kept off: /run/vfio-tph is not trusted'
}

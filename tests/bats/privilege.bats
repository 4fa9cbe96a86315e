#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A caller who prepared what the program runs in: variables, directories,
# limits, descriptors.
# shellcheck disable=SC2154	# stderr: tph sets it
load helper.bash

PRELOAD=$FAKE_LIBRARY

# Leaks cannot be looked for in what is traced: LeakSanitizer, where the program
# has it, would have to trace it itself.
STRACE=(strace -f -E LD_PRELOAD="$FAKE_LIBRARY" -E ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0")

# hostile VARIABLE=VALUE... -- ARGS: with these variables.
hostile()
{
	local variables=()
	while [[ $1 != -- ]]; do
		variables+=("$1")
		shift
	done
	shift
	run --separate-stderr fake_run env "${variables[@]}" "$VFIO_TPH" "$@"
}

# limited OPTIONS ARGS: under a limit of ulimit: a documented status (or the
# loader's 127), and a line where it is not 0.
limited()
{
	run --separate-stderr bash -c "ulimit $1 && shift &&
		exec env LD_PRELOAD='$PRELOAD' '$VFIO_TPH' \"\$@\"" bash "$@"
	((status <= 10 || status == 127)) ||
		differs "a documented status under ulimit $1" "0 to 10" "$status"
	((status == 0)) || [[ -n $stderr ]] ||
		differs "a line under ulimit $1" "one" ""
}

@test "the program looks at the variables that its manual names, and at no other" {
	local page=$BATS_TEST_DIRNAME/../../man/vfio-tph.8.scd known
	known=$(sed -n '/^# ENVIRONMENT/,/^# /p' "$page" |
		grep -oE '^\*[A-Z_]+\*(, \*[A-Z_]+\*)*$' |
		grep -oE '[A-Z_]+' | sort -u)
	run bash -c "grep -rhoE 'getenv\\(\"[A-Z_]+\"' \
		'$BATS_TEST_DIRNAME/../../src' | grep -oE '[A-Z_]+' | sort -u"
	expect_equal "variables" "$known" "$output"
	run grep -rhE 'getenv\([^"]' "$BATS_TEST_DIRNAME/../../src"
	expect_equal "getenv() of a name that is made" "" "$output"
}

@test "no variable moves a path: nothing below the places that variables name is opened" {
	command -v strace > /dev/null || skip "strace is not installed"
	local trap=$BATS_TEST_TMPDIR/trap
	mkdir "$trap"
	fake_hold "$MSIX" cdev 4
	run env -C "$trap" HOME="$trap" XDG_CONFIG_HOME="$trap" \
		XDG_CACHE_HOME="$trap" XDG_RUNTIME_DIR="$trap" TMPDIR="$trap" \
		TZDIR="$trap" LOCPATH="$trap" NLSPATH="$trap" PWD="$trap" \
		SYSFS_PATH="$trap" PCIIDS="$trap/pci.ids" TERMINFO="$trap" \
		LIBSMARTCOLS_DEBUG=all LC_ALL=tr_TR.UTF-8 LANGUAGE=tr \
		"${STRACE[@]}" -o "$BATS_TEST_TMPDIR/trace" -e trace=%file \
		"$VFIO_TPH" set-st -q --owner "$MSIX" 0=4
	expect_status 0
	run grep -F "$trap" "$BATS_TEST_TMPDIR/trace"
	expect_equal "opened below it" "" "$(grep -v execve <<< "$output")"
}

@test "a locale changes nothing of what is printed" {
	tph cap "$CAP"
	local plain=$output
	hostile LC_ALL=tr_TR.UTF-8 LANG=de_DE LANGUAGE=fr -- cap "$CAP"
	expect_equal "output" "$plain" "$output"
}

@test "nothing is executed, and nothing found by a hostile PATH" {
	command -v strace > /dev/null || skip "strace is not installed"
	local name
	mkdir "$BATS_TEST_TMPDIR/bin"
	for name in sh bash lspci setpci modprobe udevadm; do
		printf '#!/bin/sh\ntouch %s\n' "$BATS_TEST_TMPDIR/ran" \
			> "$BATS_TEST_TMPDIR/bin/$name"
		chmod +x "$BATS_TEST_TMPDIR/bin/$name"
	done
	fake_hold "$MSIX" cdev 4
	printf '{ "version": 1, "devices": [ { "device": "%s", "mode": "iv" } ] }\n' \
		"$MSIX" > "$BATS_TEST_TMPDIR/p.json"
	local command
	for command in "list" "status --owner $MSIX" "cap $CAP" "get-st $CAP" \
		"enable $CAP" "set-st --owner $MSIX 0=4" "disable $CAP" \
		"save $CAP" "dump all" "apply --owner $BATS_TEST_TMPDIR/p.json" \
		"verify --owner $BATS_TEST_TMPDIR/p.json" "undo"; do
		# shellcheck disable=SC2086
		run "${STRACE[@]}" -E PATH="$BATS_TEST_TMPDIR/bin" \
			-o "$BATS_TEST_TMPDIR/trace" -e trace=execve \
			"$VFIO_TPH" $command
		expect_equal "programs executed by $command" 1 \
			"$(grep -c execve "$BATS_TEST_TMPDIR/trace")"
	done
	[[ ! -e $BATS_TEST_TMPDIR/ran ]]
}

@test "run executes the program itself, and no shell" {
	command -v strace > /dev/null || skip "strace is not installed"
	run "${STRACE[@]}" -o "$BATS_TEST_TMPDIR/trace" -e trace=execve \
		"$VFIO_TPH" run "$CAP" -- /bin/echo '$(touch x); `id`'
	expect_status 0
	expect_in '^\$\(touch x\); `id`$'
	run grep -c 'execve(.* = 0$' "$BATS_TEST_TMPDIR/trace"
	expect_equal "programs executed" 2 "$output"
}

@test "each of 0, 1 and 2 closed, alone and together: no node takes its place" {
	local which
	for which in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' \
		'<&- >&- 2>&-'; do
		run bash -c "LD_PRELOAD='$FAKE_LIBRARY' '$VFIO_TPH' \
			enable --try -v '$CAP' $which"
		[[ $status == 0 || $status == 1 ]] ||
			differs "status with $which" "0 or 1" "$status"
		expect_equal "writes to a node with $which" "" \
			"$(fake_log 'write|WRITE')"
	done
}

# The fake needs descriptors itself: this is without it. On a device, each
# call fails so in tests/faults.
@test "few descriptors: a line and a documented status" {
	local n
	tph dump all
	printf '%s\n' "$output" > "$BATS_TEST_TMPDIR/dump"
	for n in 3 4 5 6 7 8; do
		PRELOAD='' limited "-n $n" list --from "$BATS_TEST_TMPDIR/dump"
	done
	expect_status 0
}

@test "little memory: a line, a documented status, and no change in part" {
	local n
	# It reserves terabytes of addresses, and ends the program where it
	# cannot. Where memory ends there, tests/faults sees.
	! grep -q __asan_init "$VFIO_TPH" ||
		skip "AddressSanitizer does not start under ulimit -v"
	fake_hold "$MSIX" cdev 4
	for n in 2000 4000 8000 9000 10000 11000 12000 13000 14000 16000; do
		limited "-v $n" set-st --owner "$MSIX" 0-1=4,5
		((status == 0)) || expect_nothing_changed
	done
}

@test "a small stack" {
	local n
	for n in 64 96 128 256; do
		limited "-s $n" list
	done
}

@test "a working directory that is gone" {
	mkdir "$BATS_TEST_TMPDIR/gone"
	run --separate-stderr bash -c "cd '$BATS_TEST_TMPDIR/gone' &&
		rmdir '$BATS_TEST_TMPDIR/gone' &&
		LD_PRELOAD='$FAKE_LIBRARY' '$VFIO_TPH' cap '$CAP'"
	expect_status 0
}

@test "100,000 words: one line, and nothing is issued" {
	local words=()
	mapfile -t words < <(yes 0=1 | head -n 100000)
	tph set-st --try "$CAP" "${words[@]}"
	expect_status 2
	one_line_on_stderr 'index 0'
	expect_nothing_issued
}

@test "one device named 50,000 times is one device" {
	local words=()
	mapfile -t words < <(yes "$CAP" | head -n 50000)
	tph disable "${words[@]}"
	expect_status 0
	expect_stdout "$CAP: TPH is already off"
}

@test "a dump is read when nothing can be written or executed any more" {
	command -v strace > /dev/null || skip "strace is not installed"
	local dump=$BATS_TEST_TMPDIR/dump
	fake_run "$VFIO_TPH" dump all > "$dump"
	run --separate-stderr "${STRACE[@]}" -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=prctl,landlock_restrict_self,openat "$VFIO_TPH" list --from "$dump"
	expect_status 0
	grep -q 'landlock_restrict_self.* = 0' "$BATS_TEST_TMPDIR/trace" ||
		skip "the kernel has no landlock"
	sed -n '/PR_SET_NO_NEW_PRIVS/p;/landlock_restrict_self/p;/\/dump"/p' "$BATS_TEST_TMPDIR/trace" |
		sed -E 's/^[0-9]+ +//; s/\(.*//' > "$BATS_TEST_TMPDIR/order"
	expect_equal "the order" "prctl landlock_restrict_self openat" \
		"$(tr '\n' ' ' < "$BATS_TEST_TMPDIR/order" | sed 's/ $//')"
	# What the shell has opened is still read.
	run --separate-stderr "$VFIO_TPH" list --from <(cat "$dump")
	expect_status 0
}

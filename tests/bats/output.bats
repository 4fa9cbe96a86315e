# SPDX-License-Identifier: GPL-2.0-or-later
# stdout that cannot be written is a failure.
# shellcheck disable=SC2154	# stderr, stderr_lines: tph sets them
load helper.bash

# to PLACE ARGS: the program with stdout redirected; status and stderr.
to()
{
	local place=$1
	shift
	run --separate-stderr bash -c \
		"LD_PRELOAD='$FAKE_LIBRARY' '$VFIO_TPH' \"\$@\" $place" \
		bash "$@"
}

fails()
{
	local json
	for json in '' --json; do
		# shellcheck disable=SC2086
		to "$@" $json
		expect_status 1
		expect_stderr_in '^vfio-tph: (what was asked for is done, but not told: )?cannot write the output: '
		expect_equal "messages of output" 1 \
			"$(grep -c 'cannot write' <<< "$stderr")"
	done
}

@test "a full disk: status 1 and one line" {
	to '> /dev/full' cap $CAP
	expect_status 1
	one_line_on_stderr 'cannot write the output: No space left on device'
}

@test "a full disk after a change: it is said that the change is done" {
	fake_hold $MSIX cdev 4
	to '> /dev/full' set-st --owner $MSIX 0-1=4,5
	expect_status 1
	one_line_on_stderr '^vfio-tph: what was asked for is done, but not told: cannot write the output: No space'
	expect_entries $MSIX 0 0x114 0x115
}

@test "a file that may not grow: status 1 and one line, not a death by SIGXFSZ" {
	tph dump all
	printf '%s\n' "$output" > "$BATS_TEST_TMPDIR/dump"
	# A build that counts lines would write these under the limit, too.
	run --separate-stderr env GCOV_PREFIX="$BATS_TEST_TMPDIR" \
		GCOV_ERROR_FILE=/dev/null bash -c "
		ulimit -f 1
		'$VFIO_TPH' cap --from '$BATS_TEST_TMPDIR/dump' \
			all all all > '$BATS_TEST_TMPDIR/out' || exit
		'$VFIO_TPH' --json cap --from '$BATS_TEST_TMPDIR/dump' all \
			> '$BATS_TEST_TMPDIR/out'"
	expect_status 1
	one_line_on_stderr 'cannot write the output: File too large'
}

@test "a full disk, for each command, as text and as JSON" {
	fails '> /dev/full' cap $CAP
	fails '> /dev/full' get-st $CAP
	fails '> /dev/full' disable $CAP
	fails '> /dev/full' enable --try -q $CAP
	fails '> /dev/full' set-st --try -q $CAP 0=1
}

@test "a closed stdout: status 1 and one line, no descriptor of the device is written to" {
	to '>&-' cap $CAP
	expect_status 1
	one_line_on_stderr 'cannot write the output'
}

@test "a closed stdout, for each command, as text and as JSON" {
	fails '>&-' cap $CAP
	fails '>&-' get-st $CAP
	fails '>&-' disable $CAP
}

# closed ARGS: the program, with a pipe that nobody reads for its output.
closed()
{
	[[ -p $BATS_TEST_TMPDIR/pipe ]] || mkfifo "$BATS_TEST_TMPDIR/pipe"
	# A reader that opens the pipe and closes it before we write.
	run --separate-stderr bash -c "
		exec 8<>'$BATS_TEST_TMPDIR/pipe' 9>'$BATS_TEST_TMPDIR/pipe' 8>&-
		LD_PRELOAD='$FAKE_LIBRARY' exec '$VFIO_TPH' $* >&9"
}

@test "a closed pipe: who only shows something ends without a word" {
	local words
	for words in list "list --json" "cap $CAP" "status all" "get-st $CAP" "dump all" --help; do
		closed "$words"
		expect_equal "status of $words" $((128 + 13)) "$status"
		expect_stderr
	done
}

@test "a closed pipe: who changed something reports it" {
	fake_hold $CAP cdev
	closed enable --owner $CAP
	expect_status 1
	one_line_on_stderr 'what was asked for is done, but not told: cannot write the output: Broken pipe'
}

@test "a full disk where the program was to hold the device: it does not hold, status 1" {
	to '> /dev/full' enable --hold $CAP
	expect_status 1
	expect_stderr_in 'cannot write the output'
	expect_control $CAP 0x00000000
}

@test "--help and --version on a full disk" {
	to '> /dev/full' --help
	expect_status 1
	to '> /dev/full' --version
	expect_status 1
}

@test "a failure and a full disk: the status is not 0" {
	to '> /dev/full' --json enable --try $HOST
	[[ $status != 0 ]]
}

@test "closed stdin and stderr do no harm" {
	to '<&- 2>&-' cap $CAP
	expect_status 0
	expect_in "^$CAP 8086:0b25"
}

@test "a full disk is told as such, however much was to be written, and whenever it was noticed" {
	local words
	for words in "list" "list --json" "status all" "status --json all" \
		"dump all" "metrics"; do
		# shellcheck disable=SC2086
		to '> /dev/full' -q $words
		expect_status 1
		expect_stderr "vfio-tph: cannot write the output: No space left on device"
	done
}

@test "-J after a wrong option still gives one JSON object" {
	tph -qJ list --nonsense
	expect_status 2
	expect_json '.errors[0].exit' 2
	tph list --nonsense -J
	expect_status 2
	expect_json '.errors[0].exit' 2
}

@test "-o, -n, -r and -P are as in lsblk" {
	tph list -nr -o ADDRESS 01:00.0
	expect_status 0
	expect_equal stdout "0000:01:00.0" "$output"
	tph list -P -o ADDRESS 01:00.0
	expect_status 0
	expect_equal stdout 'ADDRESS="0000:01:00.0"' "$output"
	tph list -o
	expect_status 2
}

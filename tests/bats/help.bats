# SPDX-License-Identifier: GPL-2.0-or-later
# help: the manual page of a command, opened by the man of this machine.
load helper.bash

# No device is looked at, so no machine is needed.
setup()
{
	:
}

# help ARGS: as tph, on the manual as it would be installed.
help()
{
	DESTDIR=$BATS_TEST_TMPDIR cmake --install \
		"$(dirname "$VFIO_TPH")/.." --prefix /usr > /dev/null
	MANPATH=$BATS_TEST_TMPDIR/usr/share/man run --separate-stderr \
		"$VFIO_TPH" "$@"
}

@test "help opens the page of a command" {
	help help set-st
	expect_status 0
	expect_in '^VFIO-TPH-SET-ST\(8\)'
	expect_in '^ +--follow-irq$'
}

@test "help opens its own page" {
	help help help
	expect_status 0
	expect_in '^VFIO-TPH-HELP\(8\)'
}

@test "help without a command prints what --help prints" {
	local usage
	usage=$("$VFIO_TPH" --help)
	run --separate-stderr "$VFIO_TPH" help
	expect_status 0
	expect_equal "standard output" "$usage" "$output"
}

@test "help of a command that is not known is wrong usage" {
	run --separate-stderr "$VFIO_TPH" help set-tags
	expect_status 2
	one_line_on_stderr "unknown command 'set-tags'"
	expect_hint 'vfio-tph --help'
}

@test "a name that is not a command is not given to man" {
	run --separate-stderr "$VFIO_TPH" help -- --version
	expect_status 2
	one_line_on_stderr "unknown command '--version'"
}

@test "help takes one command" {
	run --separate-stderr "$VFIO_TPH" help cap list
	expect_status 2
	one_line_on_stderr "one command"
}

@test "help refuses --json" {
	run --separate-stderr "$VFIO_TPH" --json help cap
	expect_status 2
	expect_json '.errors[0].code' '"usage"'
}

@test "without man, or without the page, help prints the usage" {
	local usage
	usage=$("$VFIO_TPH" cap --help)
	run --separate-stderr env PATH=/nowhere "$VFIO_TPH" help cap
	expect_status 0
	expect_equal "standard output" "$usage" "$output"
	one_line_on_stderr 'the manual page vfio-tph-cap\(8\) is not installed'
	run --separate-stderr env MANPATH=/nowhere "$VFIO_TPH" help cap
	expect_status 0
	expect_equal "standard output" "$usage" "$output"
}

@test "--help COMMAND is COMMAND --help" {
	local usage
	usage=$("$VFIO_TPH" cap --help)
	run --separate-stderr "$VFIO_TPH" --help cap
	expect_status 0
	expect_equal "standard output" "$usage" "$output"
	run --separate-stderr "$VFIO_TPH" --help cpa
	expect_status 2
	expect_hint "did you mean 'cap'"
}

@test "COMMAND help says what to type" {
	local command
	for command in list enable set-st apply doctor undo; do
		run --separate-stderr "$VFIO_TPH" "$command" help
		expect_status 2
		expect_hint "vfio-tph $command --help shows the options, vfio-tph help $command opens"
	done
}

@test "--help: options in groups, two examples, MODE and MAP in a line" {
	run "$VFIO_TPH" set-st --help
	expect_in '^Access to the device:$'
	expect_in '^Output:$'
	expect_in '^General:$'
	expect_in '^MODE is '
	expect_in '^MAP is INDEXES=CPUS'
	local command
	for command in $("$VFIO_TPH" __complete bash ''); do
		run "$VFIO_TPH" "$command" --help
		expect_equal "examples of $command" 2 \
			"$(grep -c "^  vfio-tph $command" <<< "$output")"
	done
}

@test "options that mean nothing to a command are not listed" {
	run "$VFIO_TPH" list --help
	expect_not_in '--dry-run'
	run "$VFIO_TPH" run --help
	expect_not_in '--json'
	run "$VFIO_TPH" enable --help
	expect_in '--dry-run'
}

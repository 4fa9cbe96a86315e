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
	expect_hint 'vfio-tph help'
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

@test "where man is missing help says so, and what helps" {
	run --separate-stderr env PATH=/nowhere "$VFIO_TPH" help cap
	expect_status 1
	one_line_on_stderr 'man .*vfio-tph-cap\(8\): No such file'
	expect_hint 'vfio-tph cap --help'
}

@test "a page that is not there is told by man" {
	run --separate-stderr env MANPATH=/nowhere "$VFIO_TPH" help cap
	expect_status 16
	expect_stderr_in 'vfio-tph-cap'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/demo: what a newcomer runs first. Installing and building are tried
# in a fresh system, by scripts/check-fresh.
load helper.bash

demo()
{
	VFIO_TPH=$VFIO_TPH FAKE_BUILD=$FAKE_BUILD \
		run --separate-stderr "$TESTS/../scripts/demo" "$@"
}

setup()
{
	export VFIO_TPH FAKE_BUILD TMPDIR=$BATS_TEST_TMPDIR
}

@test "the demo does its main job, and leaves nothing behind" {
	demo
	expect_status 0
	expect_in '^This is a FAKE: '
	expect_in '^entry 3 of the ST table: 0x11b$'
	expect_in '^# Done\.'
	expect_equal "files left" "" "$(find "$TMPDIR" -name 'tmp.*')"
}

@test "what is typed in the demo's shell meets the fake machine, builtins too" {
	demo --shell <<-'END'
		vfio-tph list --raw --noheadings --output ADDRESS 01:00.0 3d:00.0
		read -r node < /sys/bus/pci/devices/0000:01:00.0/numa_node
		echo "node $node"
		vfio-tph --quiet set-st --owner 3d:00.0 0-3=4,5
		vfio-tph status --owner --raw --noheadings --output TAG 3d:00.0 | sed -n 2p
	END
	expect_status 0
	expect_in '^0000:3d:00.0$'
	expect_in '^node 0$'
	expect_in '^0x115$'
	expect_equal "files left" "" "$(find "$TMPDIR" -name 'tmp.*')"
}

@test "the demo's shell ends with the status of its last command as a failure" {
	demo --shell <<< 'vfio-tph list 99:00.0'
	expect_status 1
	expect_stderr_in '99:00.0: no such device'
}

@test "an unknown argument of the demo is refused, its usage is printed" {
	demo --bogus
	expect_status 2
	expect_stderr "demo: unknown argument '--bogus'"
	demo --help
	expect_status 0
	expect_in '^  scripts/demo --shell '
}

@test "the packages of the demo are those to build, and two more" {
	local all demo
	# As on a system that has none of them.
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 1\n' > "$BATS_TEST_TMPDIR/bin/dpkg-query"
	chmod +x "$BATS_TEST_TMPDIR/bin/dpkg-query"
	command -v apt-get > /dev/null || skip "not a Debian system"
	all=$(PATH=$BATS_TEST_TMPDIR/bin:$PATH "$TESTS/../scripts/install-deps" --list)
	demo=$(PATH=$BATS_TEST_TMPDIR/bin:$PATH "$TESTS/../scripts/install-deps" --demo --list)
	expect_equal "packages" "$all"$'\n'"python3"$'\n'"pciutils" "$demo"
}

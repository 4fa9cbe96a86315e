#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# stderr, of run --separate-stderr

load helper.bash

setup()
{
	fake_start server
	DUMP=$BATS_TEST_TMPDIR/dump
}

# elsewhere ARGS: the program on another machine, one of a single device.
elsewhere()
{
	VFIO_TPH_FAKE=$OTHER tph "$@"
}

other_machine()
{
	local mine=$VFIO_TPH_FAKE
	fake_start small
	OTHER=$VFIO_TPH_FAKE
	export VFIO_TPH_FAKE=$mine
}

hold_and_program()
{
	fake_hold 0000:3d:00.0 group 4
	fake_run "$VFIO_TPH" set-st --owner 3d:00.0 0-3=4,5,0,1
	fake_move_irq 0000:3d:00.0 2 7
}

@test "list shows the same from a dump on another machine" {
	other_machine
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	fake_run "$VFIO_TPH" dump all > "$DUMP"
	tph list --all
	expect_status 0
	local here=$output
	elsewhere list --all --from "$DUMP"
	expect_status 0
	expect_stdout "$here"
	expect_stderr
	expect_in "fake-holder"
	tph list --tree
	expect_status 0
	here=$output
	elsewhere list --tree --from "$DUMP"
	expect_status 0
	expect_stdout "$here"
	expect_stderr
}

@test "status shows the same from a dump on another machine, MSI-X table and all" {
	other_machine
	hold_and_program
	fake_run "$VFIO_TPH" dump --owner 3d:00.0 > "$DUMP"
	tph status --owner 3d:00.0
	expect_status 0
	local here=$output
	elsewhere status --from "$DUMP" 3d:00.0
	expect_status 0
	expect_stdout "$here"
	expect_stderr
	expect_in "other-node"
	tph status --owner --json 3d:00.0
	expect_status 0
	here=$output
	elsewhere status --json --from "$DUMP" 3d:00.0
	expect_status 0
	expect_stdout "$here"
	expect_stderr
}

@test "cap shows from a dump what config space tells, and asks nobody" {
	other_machine
	fake_run "$VFIO_TPH" dump 01:00.0 02:00.0 > "$DUMP"
	tph cap 01:00.0
	expect_status 0
	local here
	here=$(grep -v Kernel: <<< "$output")
	elsewhere cap --from "$DUMP" 01:00.0
	expect_status 0
	expect_stdout "$here"
	expect_stderr
}

@test "lspci reads a dump, byte by byte as the machine" {
	fake_run "$VFIO_TPH" dump all > "$DUMP"
	run -0 bash -c "LD_PRELOAD='$FAKE_LIBRARY' lspci -Dn -xxxx"
	local here=$output
	run -0 lspci -F "$DUMP" -Dn -xxxx
	expect_stdout "$here"
}

@test "the output of lspci -vvv -xxxx is a dump" {
	fake_run lspci -vvv -xxxx > "$DUMP" 2> /dev/null
	tph list --raw --output ADDRESS,DRIVER,NODE,GROUP,PORT,MODES,TABLE,COMPLETER
	expect_status 0
	local here=$output
	run -0 env -u VFIO_TPH_FAKE "$VFIO_TPH" list --from "$DUMP" --raw \
		--output ADDRESS,DRIVER,NODE,GROUP,PORT,MODES,TABLE,COMPLETER
	# lspci prints no line for a function without a node.
	expect_stdout "${here/80:02.0 vfio-pci - /80:02.0 vfio-pci ? }"
	run -0 --separate-stderr env -u VFIO_TPH_FAKE "$VFIO_TPH" status \
		--from "$DUMP" 3d:00.0
	expect_stderr_in "the dump does not have the ST table"
}

@test "a dump is read from standard input" {
	fake_run "$VFIO_TPH" dump 01:00.0 > "$DUMP"
	run -0 bash -c "cat '$DUMP' | '$VFIO_TPH' list --from - --raw --noheadings --output ADDRESS"
	expect_stdout "0000:01:00.0"
}

@test "a device of a dump is named by its bridge path, and not by a path of this machine" {
	fake_run "$VFIO_TPH" dump all > "$DUMP"
	tph list --from "$DUMP" --raw --noheadings --output ADDRESS \
		3a:00.0/00.0/03.0/00.1
	expect_status 0
	expect_stdout "0000:3d:00.1"
	expect_stderr
	tph status --from "$DUMP" /sys/bus/pci/devices/0000:01:00.0
	expect_status 3
	tph status --from "$DUMP" 99:00.0
	expect_status 3
}

@test "dump writes each function once, and the Root Port with it" {
	fake_run "$VFIO_TPH" dump 04:00.1 04:00.0 00:04.0 04:00.1 > "$DUMP"
	run -0 grep -oE '^0000:[^ ]*' "$DUMP"
	expect_stdout "0000:00:04.0
0000:04:00.1
0000:04:00.0"
}

@test "long lists of CPUs are broken into lines that libpci takes" {
	local odd
	odd=$(seq -s, 1 2 399)
	fake_start - <<- END
		node 0 cpus=$odd memory=1G
		node 1 cpus=$(seq -s, 0 2 398) memory=1G
		tags cpus=$odd v8=0x20 v16=0x320 step=0
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 driver=vfio-pci tph=ns,iv,ds,ext st=cap:4
	END
	fake_hold 0000:01:00.0 cdev
	fake_run "$VFIO_TPH" set-st --owner 01:00.0 0=3
	fake_run "$VFIO_TPH" dump --owner 01:00.0 > "$DUMP"
	run -0 awk 'length > 254' "$DUMP"
	expect_stdout ""
	tph status --from "$DUMP" --raw --noheadings --output CPUS 01:00.0
	expect_status 0
	[[ ${lines[0]} == "$odd" ]]
	lspci -F "$DUMP" > /dev/null
}

# bad PATTERN: list of $DUMP fails with one line that has it, and one hint.
bad()
{
	tph list --from "$DUMP"
	expect_status 2
	expect_stdout ""
	expect_stderr_in "$1"
	((${#stderr_lines[@]} == 2))
	[[ ${stderr_lines[1]} == "hint: a dump is what lspci -xxxx prints"* ]]
}

@test "what is no dump is refused with one line that says why" {
	bad "No such file or directory"
	: > "$DUMP"
	bad "no device in it"
	head -c 5000 /dev/urandom > "$DUMP"
	bad "no device in it"
	fake_run lspci > "$DUMP"
	bad "no bytes of config space in it"
	printf '00:00.0 x\n00: 12 zz\n' > "$DUMP"
	bad ":2: not a row of config space"
	printf '00:00.0 x\n00: 1' > "$DUMP"
	bad ":2: not a row of config space"
	printf '00:00.0 x\n00:%s\n' "$(printf ' 00%.0s' {1..17})" > "$DUMP"
	bad ":2: not a row of config space"
	printf '00:00.0 x\n00: 12\n\n0000:00:00.0 y\n00: 12\n' > "$DUMP"
	bad "0000:00:00.0 is in it twice"
}

@test "a wrong line of ours is refused with its number" {
	local wrong
	for wrong in 'entry 2048 0x1 1' 'entry 0 0x10000 1' 'entry 0 x' \
		'entry 0 0x1 1 more' 'cpus 0 1-' 'cpus 0 70000' 'mem other' \
		'owner -1 x' 'port 1.1' 'node-cpus a' 'entry 4294967296 0x1 1' \
		'entry 0 0x12345678' 'entry 0 0x1 4294967296' 'entry 0 0x1 -2' \
		'cpus 4294967296 1' 'cdev /etc/passwd' 'owner 4294967297 x' 'owner 0 x'; do
		printf '00:00.0 x\n# vfio-tph: %s\n00: 12 34\n' "$wrong" > "$DUMP"
		bad ":2: not a line of a dump"
	done
	printf '00:00.0 x\n# vfio-tph: later thing\n00: 12 34\n' > "$DUMP"
	tph status --from "$DUMP" 00:00.0
	expect_status 2
	expect_stderr_in "the dump does not have its extended config space"
}

@test "a process cannot write lines into a dump by its name" {
	local name=$BATS_TEST_TMPDIR/x$'\n'"00: ff ff"
	cp "$FAKE_BUILD/fake-holder" "$name"
	printf '#!/bin/bash\nexec %q "$@"\n' "$name" > "$BATS_TEST_TMPDIR/fake-holder"
	chmod +x "$BATS_TEST_TMPDIR/fake-holder"
	FAKE_BUILD=$BATS_TEST_TMPDIR fake_hold 0000:01:00.0 cdev
	tph dump 01:00.0
	expect_status 0
	expect_in "# vfio-tph: owner $FAKE_HOLDER x\?00: ff ff"
	fake_release
}

@test "a number that is too large for a node or a group is not known" {
	{
		printf '00:00.0 x\n\tNUMA node: 4294967296\n'
		printf '\tIOMMU group: 99999999999\n00: 12 34\n'
	} > "$DUMP"
	tph list --all --from "$DUMP" --raw \
		--noheadings --output NODE,GROUP 00:00.0
	expect_status 0
	expect_stdout "? ?"
}

@test "what is wrong with a dump is said of the file that was named, also where it can be read once only" {
	tph list --from /dev/null
	expect_status 2
	[[ ${stderr_lines[0]} == "vfio-tph: /dev/null: no device in it" ]]
	tph list --from - < /dev/null
	expect_status 2
	[[ ${stderr_lines[0]} == "vfio-tph: standard input: no device in it" ]]
	tph list --from /dev/stdin \
		< <(printf '00:00.0 x\n# vfio-tph: entry x\n')
	expect_status 2
	[[ ${stderr_lines[0]} == "vfio-tph: /dev/stdin:2: not a line of a dump" ]]
	tph list --from - < <(printf '00:00.0 x\n00: 12 zz\n')
	expect_status 2
	[[ ${stderr_lines[0]} == "vfio-tph: standard input:2: not a row of config space" ]]
}

@test "a dump of 64 bytes a function says what is missing" {
	fake_run lspci -x > "$DUMP"
	tph list --from "$DUMP"
	expect_status 2
	expect_in "0000:01:00\.0"
	expect_stderr_in "the dump has no extended config space"
	tph list --all --from "$DUMP" --raw \
		--noheadings --output ADDRESS,STATE 01:00.0
	expect_status 0
	expect_stdout "0000:01:00.0 ?"
	tph cap --from "$DUMP" 01:00.0
	expect_status 2
	expect_stderr_in "the dump does not have its extended config space"
}

@test "dump without root says that a part is missing" {
	fake_set uid 1000
	tph dump 01:00.0
	expect_status 7
	expect_stderr_in "no permission to read the extended config space of 1 functions"
}

@test "a dump and a process cannot go together" {
	fake_run "$VFIO_TPH" dump 01:00.0 > "$DUMP"
	tph status --from "$DUMP" --owner 01:00.0
	expect_status 2
	expect_stderr_in "--from and --owner cannot go together"
	tph cap --from "$DUMP" --via group 01:00.0
	expect_status 2
	expect_stderr_in "--from and --via cannot go together"
	tph dump --json 01:00.0
	expect_status 2
	expect_stderr_in "--json and dump cannot go together"
}

@test "a file of more than 2 GiB is refused before it is read" {
	truncate -s 3G "$DUMP"
	SECONDS=0
	tph list --from "$DUMP"
	expect_status 2
	expect_stderr_in "larger than 2 GiB"
	((SECONDS < 5))
}

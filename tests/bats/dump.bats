#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# stderr, of run --separate-stderr

load common

setup()
{
	fake_start server
	DUMP=$BATS_TEST_TMPDIR/dump
}

teardown()
{
	[[ -z ${FAKE_HOLDER-} ]] || fake_release
}

# elsewhere ARGS: the program on another machine, one of a single device.
elsewhere()
{
	VFIO_TPH_FAKE=$OTHER fake_run "$VFIO_TPH" "$@"
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
	tph set-st --owner 3d:00.0 0-3=4,5,0,1
	fake_move_irq 0000:3d:00.0 2 7
}

@test "list shows the same from a dump on another machine" {
	other_machine
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	tph dump all > "$DUMP"
	run -0 tph list --all
	local here=$output
	run -0 elsewhere list --all --from "$DUMP"
	same "$here"
	has "fake-holder"
	run -0 tph list --tree
	here=$output
	run -0 elsewhere list --tree --from "$DUMP"
	same "$here"
}

@test "status shows the same from a dump on another machine, MSI-X table and all" {
	other_machine
	hold_and_program
	tph dump --owner 3d:00.0 > "$DUMP"
	run -0 tph status --owner 3d:00.0
	local here=$output
	run -0 elsewhere status --from "$DUMP" 3d:00.0
	same "$here"
	has "other-node"
	run -0 tph status --owner --json 3d:00.0
	here=$output
	run -0 elsewhere status --json --from "$DUMP" 3d:00.0
	same "$here"
}

@test "cap shows from a dump what config space tells, and asks nobody" {
	other_machine
	tph dump 01:00.0 02:00.0 > "$DUMP"
	run -0 tph cap 01:00.0
	local here
	here=$(grep -v Kernel: <<< "$output")
	run -0 --separate-stderr elsewhere cap --from "$DUMP" 01:00.0
	same "$here"
	[[ -z $stderr ]]
}

@test "lspci reads a dump, byte by byte as the machine" {
	tph dump all > "$DUMP"
	run -0 bash -c "LD_PRELOAD='$FAKE_LIBRARY' lspci -Dn -xxxx"
	local here=$output
	run -0 lspci -F "$DUMP" -Dn -xxxx
	same "$here"
}

@test "the output of lspci -vvv -xxxx is a dump" {
	fake_run lspci -vvv -xxxx > "$DUMP" 2> /dev/null
	run -0 tph list --raw --output ADDRESS,DRIVER,NODE,GROUP,PORT,MODES,TABLE,COMPLETER
	local here=$output
	run -0 env -u VFIO_TPH_FAKE "$VFIO_TPH" list --from "$DUMP" --raw \
		--output ADDRESS,DRIVER,NODE,GROUP,PORT,MODES,TABLE,COMPLETER
	same "$here"
	run -0 --separate-stderr env -u VFIO_TPH_FAKE "$VFIO_TPH" status \
		--from "$DUMP" 3d:00.0
	told "the dump does not have the ST table"
}

@test "a dump is read from standard input" {
	tph dump 01:00.0 > "$DUMP"
	run -0 bash -c "cat '$DUMP' | '$VFIO_TPH' list --from - --raw --noheadings --output ADDRESS"
	same "0000:01:00.0"
}

@test "a device of a dump is named by its bridge path, and not by a path of this machine" {
	tph dump all > "$DUMP"
	run -0 tph list --from "$DUMP" --raw --noheadings --output ADDRESS \
		3a:00.0/00.0/03.0/00.1
	same "0000:3d:00.1"
	run -3 tph status --from "$DUMP" /sys/bus/pci/devices/0000:01:00.0
	run -3 tph status --from "$DUMP" 99:00.0
}

@test "dump writes each function once, and the Root Port with it" {
	tph dump 04:00.1 04:00.0 00:04.0 04:00.1 > "$DUMP"
	run -0 grep -oE '^0000:[^ ]*' "$DUMP"
	same "0000:00:04.0
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
	tph set-st --owner 01:00.0 0=3
	tph dump --owner 01:00.0 > "$DUMP"
	run -0 awk 'length > 254' "$DUMP"
	same ""
	run -0 tph status --from "$DUMP" --raw --noheadings --output CPUS 01:00.0
	[[ ${lines[0]} == "$odd" ]]
	lspci -F "$DUMP" > /dev/null
}

# bad PATTERN: list of $DUMP fails with one line that has it, and one hint.
bad()
{
	run -2 --separate-stderr tph list --from "$DUMP"
	same ""
	told "$1"
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
	bad "Malformed line"
	printf '00:00.0 x\n00: 12 34' > "$DUMP"
	bad "line too long or unterminated"
	printf '00:00.0 %0400d\n00: 12 34\n' 0 > "$DUMP"
	bad "line too long or unterminated"
	printf '00:00.0 x\n00: 12\n\n0000:00:00.0 y\n00: 12\n' > "$DUMP"
	bad "0000:00:00.0 is in it twice"
}

@test "a wrong line of ours is refused with its number" {
	local wrong
	for wrong in 'entry 2048 0x1 1' 'entry 0 0x10000 1' 'entry 0 x' \
		'entry 0 0x1 1 more' 'cpus 0 1-' 'cpus 0 70000' 'mem other' \
		'owner -1 x' 'port 1.1' 'node-cpus a'; do
		printf '00:00.0 x\n# vfio-tph: %s\n00: 12 34\n' "$wrong" > "$DUMP"
		bad ":2: not a line of a dump"
	done
	printf '00:00.0 x\n# vfio-tph: later thing\n00: 12 34\n' > "$DUMP"
	run -2 --separate-stderr tph status --from "$DUMP" 00:00.0
	told "the dump does not have its extended config space"
}

@test "what is wrong with a dump is said of the file that was named, also where it can be read once only" {
	run -2 --separate-stderr tph list --from /dev/null
	[[ ${stderr_lines[0]} == "vfio-tph: /dev/null: no device in it" ]]
	run -2 --separate-stderr tph list --from - < /dev/null
	[[ ${stderr_lines[0]} == "vfio-tph: standard input: no device in it" ]]
	run -2 --separate-stderr tph list --from /dev/stdin \
		< <(printf '00:00.0 x\n# vfio-tph: entry x\n')
	[[ ${stderr_lines[0]} == "vfio-tph: /dev/stdin:2: not a line of a dump" ]]
	run -2 --separate-stderr tph list --from - < <(printf '00:00.0 x\n00: 12 zz\n')
	[[ ${stderr_lines[0]} == "vfio-tph: standard input: libpci: dump: Malformed line" ]]
}

@test "a dump of 64 bytes a function says what is missing" {
	fake_run lspci -x > "$DUMP"
	run -2 --separate-stderr tph list --from "$DUMP"
	has "0000:01:00.0"
	told "the dump has no extended config space"
	run -0 --separate-stderr tph list --all --from "$DUMP" --raw \
		--noheadings --output ADDRESS,STATE 01:00.0
	same "0000:01:00.0 ?"
	run -2 --separate-stderr tph cap --from "$DUMP" 01:00.0
	told "the dump does not have its extended config space"
}

@test "dump without root says that a part is missing" {
	fake_set uid 1000
	run -7 --separate-stderr tph dump 01:00.0
	told "no permission to read the extended config space of 1 functions"
}

@test "a dump and a process cannot go together" {
	tph dump 01:00.0 > "$DUMP"
	run -2 --separate-stderr tph status --from "$DUMP" --owner 01:00.0
	told "--from and --owner cannot go together"
	run -2 --separate-stderr tph cap --from "$DUMP" --via group 01:00.0
	told "--from and --via cannot go together"
	run -2 --separate-stderr tph dump --json 01:00.0
	told "--json and dump cannot go together"
}

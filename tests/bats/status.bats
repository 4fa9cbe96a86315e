#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# stderr, of run --separate-stderr

load common

setup()
{
	fake_start server
}

teardown()
{
	[[ -z ${FAKE_HOLDER-} ]] || fake_release
}

# entries BDF: INDEX and TAG of its table, as the fake has it.
entries()
{
	local i
	for ((i = 0; i < $2; i++)); do
		printf '%d 0x%x\n' "$i" "$(fake_entry "$1" "$i")"
	done
}

@test "status decodes the control register" {
	run -0 tph status 01:00.0
	has "State:        off"
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	run -0 tph status 01:00.0
	has "State:        on, mode iv, extended tags"
	has "Owner:        fake-holder (pid $FAKE_HOLDER)"
	[[ $(fake_control 0000:01:00.0) == 0x00000301 ]]
}

@test "status shows a table in the capability as it stands, without opening anything" {
	fake_hold 0000:01:00.0 cdev
	tph set-st --owner 01:00.0 0-7=0-3,8-11
	fake_log_clear
	run -0 --separate-stderr tph status --noheadings --raw \
		--output INDEX,TAG 01:00.0
	same "$(entries 0000:01:00.0 16)"
	[[ $output == *"7 0x11b"* ]]
	told "--owner"
	run -0 fake_log
	same ""
}

@test "status shows a table in MSI-X through the process that holds the device" {
	fake_hold 0000:3d:00.0 group 4
	tph set-st --owner 3d:00.0 0-3=4-7
	run -0 --separate-stderr tph status --owner --noheadings --raw \
		--output INDEX,TAG 3d:00.0
	same "$(entries 0000:3d:00.0 64)"
	[[ $output == *"3 0x117"* ]]
	[[ -z $stderr ]]
}

@test "status of a table in MSI-X says what it takes to see it" {
	run -0 --separate-stderr tph status --raw 3d:00.0
	same ""
	told "none does"
	fake_hold 0000:3d:00.0 group 4
	run -0 --separate-stderr tph status --json 3d:00.0
	told "--owner"
	run -0 jq -c '.devices[0].entries, .errors' <<< "$output"
	same "null
[]"
}

@test "status tells the CPUs of a tag, those of the interrupt, and where they are apart" {
	fake_hold 0000:3d:00.0 group 4
	tph set-st --owner 3d:00.0 0-3=4,5,0,1
	fake_move_irq 0000:3d:00.0 0 4
	fake_move_irq 0000:3d:00.0 1 6
	fake_move_irq 0000:3d:00.0 2 7
	fake_move_irq 0000:3d:00.0 3 0
	run -0 tph status --owner --noheadings --raw 3d:00.0
	[[ ${lines[0]} == "0000:3d:00.0 0 0x114 4 4 -" ]]
	[[ ${lines[1]} == "0000:3d:00.0 1 0x115 5 6 -" ]]
	[[ ${lines[2]} == "0000:3d:00.0 2 0x110 0 7 other-node" ]]
	[[ ${lines[3]} == "0000:3d:00.0 3 0x111 1 0 -" ]]
	[[ ${lines[4]} == "0000:3d:00.0 4 0x0 - - -" ]]
}

@test "CPUs that share a tag are shown as a list" {
	fake_start - <<- 'END'
		node 0 cpus=0-15 memory=1G
		tags cpus=0-7 v8=0x20 v16=0x320 step=0
		tags cpus=8-15 v8=0x21 v16=0x321 step=0
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01 completer=ext
		device 0000:01:00.0 driver=vfio-pci tph=ns,iv,ds,ext st=cap:4
	END
	fake_hold 0000:01:00.0 cdev
	tph set-st --owner 01:00.0 0=3 1=12
	run -0 tph status --owner --noheadings --raw --output INDEX,TAG,CPUS 01:00.0
	same "0 0x320 0-7
1 0x321 8-15
2 0x0 -
3 0x0 -"
}

@test "tags of persistent memory are told from those of volatile memory" {
	fake_hold 0000:01:00.0 cdev
	tph set-st --owner --mem persistent 01:00.0 0-1=2,9
	run -0 --separate-stderr tph status --owner --json 01:00.0
	run -0 jq -c '.devices[0] | .mem, (.entries[0:2][] | [.tag, .cpus])' <<< "$output"
	same '"persistent"
[578,"2"]
[585,"9"]'
}

@test "status where the kernel gives no tags shows them without their CPUs" {
	fake_hold 0000:01:00.0 cdev
	tph set-st --owner 01:00.0 0=2
	fake_set getst tableless
	run -0 --separate-stderr tph status --owner --noheadings --raw \
		--output TAG,CPUS 01:00.0
	[[ ${lines[0]} == "0x112 -" ]]
	told "the CPUs of the tags are not known"
}

@test "status of a device without TPH is an error, and all leaves it out" {
	run -5 --separate-stderr tph status 3d:00.2
	told "no TPH capability"
	run -0 --separate-stderr tph status --json all
	run -0 jq -r '.devices | length' <<< "$output"
	same 9
}

@test "status all where nothing has TPH says so and succeeds, as list does" {
	local command
	fake_start - <<- 'END'
		node 0 cpus=0-1 memory=1G
		root 0000:00 numa=0
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 vendor=8086 device=10fb
	END
	for command in list status cap get-st save; do
		run -0 --separate-stderr tph "$command" all
		[[ $stderr == "vfio-tph: no function has a TPH capability" ]]
	done
	run -0 --separate-stderr tph status --json all
	run -0 jq -c '[.devices, .errors]' <<< "$output"
	same "[[],[]]"
	run -5 --separate-stderr tph status 8086:10fb
	told "none of 1 devices has a TPH capability"
	run -5 --separate-stderr tph list 8086:10fb
}

@test "status all without root says once what it cannot see, as list does" {
	fake_set uid 1000
	run -7 --separate-stderr tph status all
	same ""
	((${#stderr_lines[@]} == 2))
	told "no permission to read extended config space"
	run -7 --separate-stderr tph status --json all
	run -0 jq -c '[.devices, (.errors[] | .code, .exit)]' <<< "$output"
	same '[[],"permission",7]'
}

@test "status all of which a part can be seen shows that, and says of how many it cannot" {
	fake_fault 'open:/sys/bus/pci/devices/0000:01:00.0/config:*:EACCES'
	run -0 --separate-stderr tph status --json all
	told "no permission to read the extended config space of 1 functions"
	run -0 jq -r '.devices | length' <<< "$output"
	same 8
}

@test "status --pid of a process that does not hold the device fails" {
	run -1 --separate-stderr tph status --pid $$ 01:00.0
	told "does not have it open"
}

@test "status --owner of a device that nobody holds shows what there is" {
	run -0 --separate-stderr tph status --owner --noheadings --raw \
		--output INDEX 80:02.0
	((${#lines[@]} == 4))
	told "no process holds it"
}

@test "status without root and without the device's process is refused" {
	fake_set uid 1000
	run -7 --separate-stderr tph status 01:00.0
	told "no permission to read its extended config space"
}

@test "status --tree puts entries below their function, and that below its port" {
	run -0 --separate-stderr tph status --tree --noheadings --output INDEX 80:02.0 04:00.0
	[[ ${lines[0]} == "0000:80:02.0 off" ]]
	[[ ${lines[1]} == "|-0" ]]
	[[ ${lines[5]} == "0000:00:04.0" ]]
	[[ ${lines[6]} == "\`-0000:04:00.0 off" ]]
	[[ ${lines[7]} == "  |-0" ]]
}

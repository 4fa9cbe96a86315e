#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154	# stderr, of run --separate-stderr

load helper.bash

# entries BDF: INDEX and TAG of its table, as the fake has it.
entries()
{
	local i
	for ((i = 0; i < $2; i++)); do
		printf '%d 0x%x\n' "$i" "$(fake_entry "$1" "$i")"
	done
}

@test "status decodes the control register" {
	tph status 01:00.0
	expect_status 0
	expect_in "State:        off"
	fake_hold 0000:01:00.0 cdev
	fake_tell enable 2
	tph status 01:00.0
	expect_status 0
	expect_in "State:        on in the register, mode iv, extended tags"
	expect_in "Owner:        fake-holder \(pid $FAKE_HOLDER\)"
	[[ $(fake_control 0000:01:00.0) == 0x00000301 ]]
}

@test "status shows a table in the capability as it stands, without opening anything" {
	fake_hold 0000:01:00.0 cdev
	fake_run "$VFIO_TPH" set-st --owner 01:00.0 0-7=0-3,8-11
	fake_log_clear
	tph status --noheadings --raw \
		--output INDEX,TAG 01:00.0
	expect_status 0
	expect_stdout "$(entries 0000:01:00.0 16)"
	[[ $output == *"7 0x11b"* ]]
	expect_stderr_in "--owner"
	run -0 fake_log
	expect_stdout ""
}

@test "status shows a table in MSI-X through the process that holds the device" {
	fake_hold 0000:3d:00.0 group 4
	fake_run "$VFIO_TPH" set-st --owner 3d:00.0 0-3=4-7
	tph status --owner --noheadings --raw \
		--output INDEX,TAG 3d:00.0
	expect_status 0
	expect_stdout "$(entries 0000:3d:00.0 64)"
	[[ $output == *"3 0x117"* ]]
	expect_stderr
}

@test "status of a table in MSI-X says what it takes to see it" {
	tph status --raw 3d:00.0
	expect_status 0
	expect_stdout ""
	expect_stderr_in "none does"
	fake_hold 0000:3d:00.0 group 4
	tph status --json 3d:00.0
	expect_status 0
	expect_stderr_in "--owner"
	run -0 jq -c '.devices[0].entries, .errors' <<< "$output"
	expect_stdout "null
[]"
}

@test "status tells the CPUs of a tag, those of the interrupt, and where they are apart" {
	fake_hold 0000:3d:00.0 group 4
	fake_run "$VFIO_TPH" set-st --owner 3d:00.0 0-3=4,5,0,1
	fake_move_irq 0000:3d:00.0 0 4
	fake_move_irq 0000:3d:00.0 1 6
	fake_move_irq 0000:3d:00.0 2 7
	fake_move_irq 0000:3d:00.0 3 0
	tph status --owner --noheadings --raw 3d:00.0
	expect_status 0
	[[ ${lines[0]} == "0000:3d:00.0 0 0x114 4 4 -" ]]
	[[ ${lines[1]} == "0000:3d:00.0 1 0x115 5 6 other-cache" ]]
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
	fake_run "$VFIO_TPH" set-st --owner 01:00.0 0=3 1=12
	tph status --owner --noheadings --raw --output INDEX,TAG,CPUS 01:00.0
	expect_status 0
	expect_stdout "0 0x320 0-7
1 0x321 8-15
2 0x0 -
3 0x0 -"
	expect_stderr
}

@test "tags of persistent memory are told from those of volatile memory" {
	fake_hold 0000:01:00.0 cdev
	fake_run "$VFIO_TPH" set-st --owner --mem persistent 01:00.0 0-1=2,9
	tph status --owner --json 01:00.0
	expect_status 0
	run -0 jq -c '.devices[0] | .mem, (.entries[0:2][] | [.tag, .cpus])' <<< "$output"
	expect_stdout '"persistent"
[578,"2"]
[585,"9"]'
}

@test "status where the kernel gives no tags shows them without their CPUs" {
	fake_hold 0000:01:00.0 cdev
	fake_run "$VFIO_TPH" set-st --owner 01:00.0 0=2
	fake_set getst tableless
	tph status --owner --noheadings --raw \
		--output TAG,CPUS 01:00.0
	expect_status 0
	[[ ${lines[0]} == "0x112 -" ]]
	expect_stderr_in "the CPUs of the tags are not known"
}

@test "status of a device without TPH is an error, and all leaves it out" {
	tph status 3d:00.2
	expect_status 5
	expect_stderr_in "no TPH capability"
	tph status --json all
	expect_status 0
	run -0 jq -r '.devices | length' <<< "$output"
	expect_stdout 9
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
		tph "$command" all
		expect_status 0
		[[ $stderr == "vfio-tph: no function has a TPH capability" ]]
	done
	tph status --json all
	expect_status 0
	run -0 jq -c '[.devices, .errors]' <<< "$output"
	expect_stdout "[[],[]]"
	tph status 8086:10fb
	expect_status 5
	expect_stderr_in "none of 1 devices has a TPH capability"
	tph list 8086:10fb
	expect_status 5
}

@test "status all without root says once what it cannot see, as list does" {
	fake_set uid 1000
	tph status all
	expect_status 7
	expect_stdout ""
	((${#stderr_lines[@]} == 2))
	expect_stderr_in "no permission to read extended config space"
	tph status --json all
	expect_status 7
	run -0 jq -c '[.devices, (.errors[] | .code, .exit)]' <<< "$output"
	expect_stdout '[[],"permission",7]'
}

@test "status all of which a part can be seen shows that, and says of how many it cannot" {
	fake_fault 'open:/sys/bus/pci/devices/0000:01:00.0/config:*:EACCES'
	tph status --json all
	expect_status 0
	expect_stderr_in "no permission to read the extended config space of 1 functions"
	run -0 jq -r '.devices | length' <<< "$output"
	expect_stdout 8
}

@test "status --pid of a process that does not hold the device fails" {
	tph status --pid $$ 01:00.0
	expect_status 1
	expect_stderr_in "does not have it open"
}

@test "status --owner of a device that nobody holds shows what there is" {
	tph status --owner --noheadings --raw \
		--output INDEX 80:02.0
	expect_status 0
	((${#lines[@]} == 4))
	expect_stderr_in "no process holds it"
}

@test "status without root and without the device's process is refused" {
	fake_set uid 1000
	tph status 01:00.0
	expect_status 7
	expect_stderr_in "no permission to read its extended config space"
}

@test "status --tree puts entries below their function, and that below its port" {
	tph status --tree --noheadings --output INDEX 80:02.0 04:00.0
	expect_status 0
	[[ ${lines[0]} == "0000:80:02.0 off" ]]
	[[ ${lines[1]} == "|-0" ]]
	[[ ${lines[5]} == "0000:00:04.0" ]]
	[[ ${lines[6]} == "\`-0000:04:00.0 off" ]]
	[[ ${lines[7]} == "  |-0" ]]
}

@test "an entry and its interrupt at two L3 caches of a node are marked" {
	fake_hold $MSIX cdev 4
	fake_run "$VFIO_TPH" -q set-st --owner $MSIX 0-3=4,4,4,0 > /dev/null
	fake_move_irq $MSIX 0 13
	fake_move_irq $MSIX 1 6
	fake_move_irq $MSIX 2 0
	fake_move_irq $MSIX 3 2
	tph status --owner --raw --noheadings --output INDEX,CPUS,L3,IRQ-CPU,MARK $MSIX
	expect_in '^0 4 4-5,12-13 13 -$'
	expect_in '^1 4 4-5,12-13 6 other-cache$'
	expect_in '^2 4 4-5,12-13 0 other-node$'
	expect_in '^3 0 0-1,8-9 2 other-cache$'
	tph --json status --owner $MSIX
	expect_json '.devices[0].entries[1] | "\(.l3) \(.mark)"' \
		'"4-5,12-13 other-cache"'
	expect_json '.devices[0].entries[4] | [.l3, .mark]' '[null,null]'
}

@test "a dump keeps marks and caches" {
	fake_hold $MSIX cdev 4
	fake_run "$VFIO_TPH" -q set-st --owner $MSIX 0-1=4,0 > /dev/null
	fake_move_irq $MSIX 0 6
	fake_move_irq $MSIX 1 6
	fake_run "$VFIO_TPH" dump --owner $MSIX > "$BATS_TEST_TMPDIR/dump"
	tph status --from "$BATS_TEST_TMPDIR/dump" --raw --noheadings \
		--output INDEX,L3,MARK $MSIX
	expect_in '^0 4-5,12-13 other-cache$'
	expect_in '^1 0-1,8-9 other-node$'
}
